"""What became of appointments, for dashboards."""

from schemas.activity import AgendaActivity, AgendaActivityQuery
from telesalud.appointments import wiring
from telesalud.appointments.activity.reading import activity
from telesalud.platform.errors import Forbidden
from telesalud.platform.http.operations import Group, Request

group = Group("/appointments")


@group.get("/activity", query=AgendaActivityQuery, answer=AgendaActivity, errors=(Forbidden,))
def read_activity(request: Request) -> AgendaActivity:
    """What became of appointments, by week, site and category.

    Sums without names: one's own, or the institution's.
    """
    return activity(wiring.services(), request.call, request.query)
