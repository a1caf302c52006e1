"""Numbers over records, for dashboards."""

from schemas.activity import ActivityQuery, RecordActivity
from telesalud.patients import activity, wiring
from telesalud.platform.errors import Forbidden
from telesalud.platform.http.operations import Group, Request

group = Group("/patients")


@group.get("/activity", query=ActivityQuery, answer=RecordActivity, errors=(Forbidden,))
def read_record_activity(request: Request) -> RecordActivity:
    """Notifiable diagnoses by week, and how many notes are unsigned.

    Numbers without names.
    """
    return activity.activity(wiring.services(), request.call, request.query)
