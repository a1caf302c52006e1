"""What is under surveillance."""

from schemas import surveillance as s
from telesalud.patients import wiring
from telesalud.patients.surveillance import rules
from telesalud.platform.errors import Invalid, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients/surveillance")


@group.get(answer=s.Surveillance)
def read_surveillance(request: Request) -> Answer:
    """Which diagnoses the institution must tell the health authority of."""
    found = rules.read(wiring.services(), request.call)
    return Answer(found, found.version)


@group.put(
    body=s.SurveillanceBody, answer=s.Surveillance, versioned=True, errors=(Invalid, StaleVersion)
)
def put_surveillance(request: Request) -> Answer:
    """Change what differs from the country's list; If-Match "0" the first time."""
    changed = rules.put(wiring.services(), request.call, request.body, request.if_match)
    return Answer(changed, changed.version)
