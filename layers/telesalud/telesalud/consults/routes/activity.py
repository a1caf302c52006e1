"""How teleconsultations went, and what goes on now, for dashboards."""

from schemas.activity import ActivityQuery, ConsultActivity, DeliveryActivity, LiveConsults
from telesalud.consults import wiring
from telesalud.consults.activity import reading
from telesalud.platform.errors import Forbidden
from telesalud.platform.http.operations import Group, Request

group = Group("/consults")


@group.get("/activity", query=ActivityQuery, answer=ConsultActivity, errors=(Forbidden,))
def read_consult_activity(request: Request) -> ConsultActivity:
    """How teleconsultations went, by week.

    Numbers without names.
    """
    return reading.activity(wiring.services(), request.call, request.query)


@group.get("/live", answer=LiveConsults, errors=(Forbidden,))
def read_live_consults(request: Request) -> LiveConsults:
    """The teleconsultations that go on now.

    Without names.
    """
    return reading.now(wiring.services(), request.call)


@group.get("/activity/deliveries", answer=DeliveryActivity, errors=(Forbidden,))
def read_delivery_activity(request: Request) -> DeliveryActivity:
    """How many notifications arrived in the last two weeks, by target and day."""
    return reading.deliveries(wiring.services(), request.call)
