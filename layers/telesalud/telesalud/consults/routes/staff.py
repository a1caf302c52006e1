"""Teleconsultations for staff and partners, over HTTP."""

from schemas import consult_content as c
from schemas import consult_sessions as p
from schemas import consults as s
from telesalud.consults import errors, tenants, wiring
from telesalud.consults.content import exporting
from telesalud.consults.routes import LIVE
from telesalud.consults.scheduling import consults, links
from telesalud.consults.video import room_events
from telesalud.consults.visit import sessions
from telesalud.platform.errors import Conflict, Forbidden, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/consults")


@group.post(
    body=s.NewConsult, answer=s.CreatedConsult, status=201, idempotent=True, errors=(Forbidden,)
)
def create_consult(request: Request) -> Answer:
    """Create a teleconsultation.

    Answers with the links, which are shown once.
    """
    own = wiring.settings()
    made = consults.schedule(wiring.services(), request.call, own.origin, request.body)
    return Answer(made, made.version, {"Location": f"/api/consults/{made.id}"})


@group.get(query=s.ConsultQuery, answer=s.ConsultPage, errors=(Forbidden,))
def list_consults(request: Request) -> s.ConsultPage:
    """List teleconsultations by start.

    Of the tenant, or of one practitioner.
    """
    return consults.find(wiring.services(), request.call, request.query)


@group.get("/{consult_id}", answer=s.Consult, errors=(Forbidden, NotFound))
def get_consult(request: Request) -> Answer:
    """Read a teleconsultation.

    State, times and presence; no clinical content.
    """
    found = consults.get(wiring.services(), request.call, request.path["consult_id"])
    return Answer(found, found.version)


@group.post(
    "/{consult_id}/reschedule",
    body=s.Reschedule,
    answer=s.CreatedConsult,
    idempotent=True,
    errors=(Forbidden, NotFound, InvalidTransition, errors.Superseded),
)
def reschedule_consult(request: Request) -> Answer:
    """Move a teleconsultation.

    Old links stop working; the answer has the new ones.
    """
    moved = consults.reschedule(
        wiring.services(),
        request.call,
        wiring.settings().origin,
        request.path["consult_id"],
        request.body,
    )
    return Answer(moved, moved.version)


@group.post(
    "/{consult_id}/cancel",
    body=s.Cancel,
    answer=s.Consult,
    idempotent=True,
    errors=(Forbidden, NotFound, InvalidTransition, errors.Superseded),
)
def cancel_consult(request: Request) -> Answer:
    """Cancel a teleconsultation.

    Links stop working.
    """
    cancelled = consults.cancel(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )
    return Answer(cancelled, cancelled.version)


@group.post(
    "/{consult_id}/links",
    body=s.Reissue,
    answer=s.Links,
    status=201,
    idempotent=True,
    errors=(Forbidden, NotFound, errors.ConsultEnded),
)
def reissue_links(request: Request) -> Answer:
    """Replace participants' links.

    The named participants' old links and sessions stop working.
    """
    issued = links.reissue(
        wiring.services(),
        request.call,
        wiring.settings().origin,
        request.path["consult_id"],
        request.body,
    )
    return Answer(issued, issued.version)


@group.post("/{consult_id}/session", answer=p.Session, errors=LIVE)
def join_as_user(request: Request) -> p.Session:
    """Join as the named practitioner.

    For the logged-in practitioner whom the consult names; needs no link.
    """
    return sessions.join_as_user(
        wiring.services(), wiring.tokens(), request.call, request.path["consult_id"]
    )


@group.get("/{consult_id}/export", answer=c.Export, errors=(Forbidden, NotFound, Conflict))
def export_consult(request: Request) -> c.Export:
    """Export an ended teleconsultation.

    Connection times, note, chat and files.
    """
    return exporting.export(
        wiring.services(), wiring.blobs(), request.call, request.path["consult_id"]
    )


@group.get("/{consult_id}/video/presence", answer=p.VideoPresence, errors=(Forbidden, NotFound))
def video_presence(request: Request) -> p.VideoPresence:
    """Read who is in the video room.

    As the video server reported it.
    """
    return room_events.presence(wiring.services(), request.call, request.path["consult_id"])


@group.get("/settings", answer=s.ConsultSettings, errors=(Forbidden,))
def get_settings(request: Request) -> Answer:
    """Read the tenant's policy.

    Limits and notification hosts; without ETag before the first change.
    """
    found, version = tenants.read_settings(wiring.services(), request.call)
    return Answer(found, version)


@group.put(
    "/settings",
    body=s.ConsultSettings,
    answer=s.ConsultSettings,
    versioned=True,
    errors=(Forbidden, StaleVersion),
)
def put_settings(request: Request) -> Answer:
    """Change the tenant's policy.

    Send If-Match "0" for the first time.
    """
    changed, version = tenants.change_settings(
        wiring.services(), request.call, request.body, request.if_match
    )
    return Answer(changed, version)
