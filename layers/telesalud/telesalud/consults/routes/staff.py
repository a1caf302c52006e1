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
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _booking(edge)
    _attending(edge)
    _policy(edge)


def _booking(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults", summary="Create a teleconsultation", body=s.NewConsult,
        answer=s.CreatedConsult, status=201, idempotent=True, errors=(Forbidden,),
    )  # fmt: skip
    def create_consult(request: Request) -> Answer:
        """Answers with the links, which are shown once."""
        own = wiring.settings()
        made = consults.schedule(wiring.services(), request.call, own.origin, request.body)
        return Answer(made, made.version, {"Location": f"/api/consults/{made.id}"})

    @edge.operation(
        "GET", "/consults", summary="List teleconsultations by start", query=s.ConsultQuery,
        answer=s.ConsultPage, errors=(Forbidden,),
    )  # fmt: skip
    def list_consults(request: Request) -> s.ConsultPage:
        """Of the tenant, or of one practitioner."""
        return consults.find(wiring.services(), request.call, request.query)

    @edge.operation(
        "GET", "/consults/{consult_id}", summary="Read a teleconsultation", answer=s.Consult,
        errors=(Forbidden, NotFound),
    )  # fmt: skip
    def get_consult(request: Request) -> Answer:
        """State, times and presence; no clinical content."""
        found = consults.get(wiring.services(), request.call, request.path["consult_id"])
        return Answer(found, found.version)

    @edge.operation(
        "POST", "/consults/{consult_id}/reschedule", summary="Move a teleconsultation",
        body=s.Reschedule, answer=s.CreatedConsult, idempotent=True,
        errors=(Forbidden, NotFound, InvalidTransition, errors.Superseded),
    )  # fmt: skip
    def reschedule_consult(request: Request) -> Answer:
        """Old links stop working; the answer has the new ones."""
        moved = consults.reschedule(
            wiring.services(),
            request.call,
            wiring.settings().origin,
            request.path["consult_id"],
            request.body,
        )
        return Answer(moved, moved.version)

    @edge.operation(
        "POST", "/consults/{consult_id}/cancel", summary="Cancel a teleconsultation", body=s.Cancel,
        answer=s.Consult, idempotent=True,
        errors=(Forbidden, NotFound, InvalidTransition, errors.Superseded),
    )  # fmt: skip
    def cancel_consult(request: Request) -> Answer:
        """Links stop working."""
        cancelled = consults.cancel(
            wiring.services(), request.call, request.path["consult_id"], request.body
        )
        return Answer(cancelled, cancelled.version)


def _attending(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults/{consult_id}/links", summary="Replace participants' links",
        body=s.Reissue, answer=s.Links, status=201, idempotent=True,
        errors=(Forbidden, NotFound, errors.ConsultEnded),
    )  # fmt: skip
    def reissue_links(request: Request) -> Answer:
        """The named participants' old links and sessions stop working."""
        issued = links.reissue(
            wiring.services(),
            request.call,
            wiring.settings().origin,
            request.path["consult_id"],
            request.body,
        )
        return Answer(issued, issued.version)

    @edge.operation(
        "POST", "/consults/{consult_id}/session", summary="Join as the named practitioner",
        answer=p.Session, errors=LIVE,
    )  # fmt: skip
    def join_as_user(request: Request) -> p.Session:
        """For the logged-in practitioner whom the consult names; needs no link."""
        return sessions.join_as_user(
            wiring.services(), wiring.tokens(), request.call, request.path["consult_id"]
        )

    @edge.operation(
        "GET", "/consults/{consult_id}/export", summary="Export an ended teleconsultation",
        answer=c.Export, errors=(Forbidden, NotFound, Conflict),
    )  # fmt: skip
    def export_consult(request: Request) -> c.Export:
        """Connection times, note, chat and files."""
        return exporting.export(
            wiring.services(), wiring.blobs(), request.call, request.path["consult_id"]
        )

    @edge.operation(
        "GET", "/consults/{consult_id}/video/presence", summary="Read who is in the video room",
        answer=p.VideoPresence, errors=(Forbidden, NotFound),
    )  # fmt: skip
    def video_presence(request: Request) -> p.VideoPresence:
        """As the video server reported it."""
        return room_events.presence(wiring.services(), request.call, request.path["consult_id"])


def _policy(edge: Edge) -> None:
    @edge.operation(
        "GET", "/consults/settings", summary="Read the tenant's policy", answer=s.ConsultSettings,
        errors=(Forbidden,),
    )  # fmt: skip
    def get_settings(request: Request) -> Answer:
        """Limits and notification hosts; without ETag before the first change."""
        found, version = tenants.read_settings(wiring.services(), request.call)
        return Answer(found, version)

    @edge.operation(
        "PUT", "/consults/settings", summary="Change the tenant's policy", body=s.ConsultSettings,
        answer=s.ConsultSettings, versioned=True, errors=(Forbidden, StaleVersion),
    )  # fmt: skip
    def put_settings(request: Request) -> Answer:
        """Send If-Match "0" for the first time."""
        changed, version = tenants.change_settings(
            wiring.services(), request.call, request.body, request.if_match
        )
        return Answer(changed, version)
