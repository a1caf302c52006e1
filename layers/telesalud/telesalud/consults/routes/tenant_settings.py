"""A tenant's policy for teleconsultations."""

from schemas.consults import ConsultSettings
from telesalud.consults import tenant_settings, wiring
from telesalud.platform.errors import Forbidden, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/consults")


@group.get("/settings", answer=ConsultSettings, errors=(Forbidden,))
def get_settings(request: Request) -> Answer:
    """Read the tenant's policy.

    Limits and notification hosts; without ETag before the first change.
    """
    settings, version = tenant_settings.read_settings(wiring.services(), request.call)
    return Answer(settings, version)


@group.put(
    "/settings",
    body=ConsultSettings,
    answer=ConsultSettings,
    versioned=True,
    errors=(Forbidden, StaleVersion),
)
def put_settings(request: Request) -> Answer:
    """Change the tenant's policy.

    Send If-Match "0" for the first time.
    """
    changed, version = tenant_settings.change_settings(
        wiring.services(), request.call, request.body, request.if_match
    )
    return Answer(changed, version)
