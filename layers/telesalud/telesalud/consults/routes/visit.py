"""What participants do in a teleconsultation, over HTTP."""

from schemas import consult_content as c
from schemas import consult_sessions as p
from telesalud.consults import errors, wiring
from telesalud.consults.content import chat, finishing, notes
from telesalud.consults.routes import GONE, LIVE
from telesalud.consults.scheduling import links
from telesalud.consults.visit import limit, presence, sessions
from telesalud.platform.errors import InvalidTransition, KeyReused, NotFound
from telesalud.platform.http.operations import Auth, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _coming(edge)
    _ending(edge)
    _writing(edge)
    _talking(edge)


def _coming(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults/links/exchange", summary="Exchange a link's secret for a session",
        body=p.Exchange, answer=p.Session, auth=Auth.PUBLIC,
        errors=(NotFound, errors.LinkRevoked, errors.LinkUsed, *GONE),
    )  # fmt: skip
    def exchange_link(request: Request) -> p.Session:
        """The same browser may repeat it; another one gets 410."""
        return links.exchange(
            wiring.services(), wiring.tokens(), request.call.request_id, request.body
        )

    @edge.operation(
        "POST", "/consults/session/renew", summary="Renew a participant's session",
        answer=p.Session, errors=LIVE,
    )  # fmt: skip
    def renew_session(request: Request) -> p.Session:
        """Before it expires, as often as needed while the consult lives."""
        return sessions.renew(wiring.services(), wiring.tokens(), request.call)

    @edge.operation(
        "POST", "/consults/{consult_id}/announce", summary="The patient is in the waiting room",
        body=p.Announce, answer=p.SessionConsult, errors=LIVE,
    )  # fmt: skip
    def announce(request: Request) -> p.SessionConsult:
        """With what the device check found."""
        return presence.announce(
            wiring.services(), request.call, request.path["consult_id"], request.body
        )

    @edge.operation(
        "POST", "/consults/{consult_id}/admit", summary="The practitioner lets the patient in",
        answer=p.SessionConsult, errors=(InvalidTransition, *LIVE),
    )  # fmt: skip
    def admit(request: Request) -> p.SessionConsult:
        """The consultation begins."""
        return presence.admit(wiring.services(), request.call, request.path["consult_id"])


def _ending(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults/{consult_id}/extend", summary="The practitioner moves the limit",
        body=p.Extend, answer=p.SessionConsult, errors=(InvalidTransition, *LIVE),
    )  # fmt: skip
    def extend(request: Request) -> p.SessionConsult:
        """Within the tenant's policy."""
        return limit.extend(
            wiring.services(), request.call, request.path["consult_id"], request.body
        )

    @edge.operation(
        "POST", "/consults/{consult_id}/finish", summary="The practitioner ends the consultation",
        body=c.Finish, answer=c.Finished, max_body=512 * 1024, errors=(InvalidTransition, *LIVE),
    )  # fmt: skip
    def finish_consult(request: Request) -> c.Finished:
        """Carries the unsaved note; repeating it has one effect."""
        return finishing.finish(
            wiring.services(), request.call, request.path["consult_id"], request.body
        )


def _writing(edge: Edge) -> None:
    @edge.operation(
        "GET", "/consults/{consult_id}/notes", summary="Read the note", answer=c.Note, errors=LIVE
    )
    def read_note(request: Request) -> c.Note:
        """The practitioner's current text."""
        return notes.read_note(wiring.services(), request.call, request.path["consult_id"])

    @edge.operation(
        "PUT", "/consults/{consult_id}/notes", summary="Save the note", body=c.NoteDraft,
        answer=c.Note, max_body=512 * 1024, errors=(errors.NoteChanged, *LIVE),
    )  # fmt: skip
    def save_note(request: Request) -> c.Note:
        """Autosave on top of `base_version`, which takes the place of If-Match."""
        return notes.save_note(
            wiring.services(), request.call, request.path["consult_id"], request.body
        )

    @edge.operation(
        "GET", "/consults/{consult_id}/notes/versions", summary="List the note's versions",
        query=p.AfterQuery, answer=c.NoteHistory, errors=LIVE,
    )  # fmt: skip
    def note_history(request: Request) -> c.NoteHistory:
        """Without their texts."""
        return notes.history(
            wiring.services(), request.call, request.path["consult_id"], request.query
        )

    @edge.operation(
        "GET", "/consults/{consult_id}/notes/versions/{version}",
        summary="Read a version of the note", answer=c.Note, errors=LIVE,
    )  # fmt: skip
    def note_version(request: Request) -> c.Note:
        """With its text."""
        path = request.path
        return notes.read_version(
            wiring.services(), request.call, path["consult_id"], path["version"]
        )


def _talking(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults/{consult_id}/chat", summary="Send a chat message", body=c.NewMessage,
        answer=c.Message, status=201, errors=(KeyReused, *LIVE),
    )  # fmt: skip
    def send_message(request: Request) -> c.Message:
        """`client_id` takes the place of an Idempotency-Key."""
        return chat.send(wiring.services(), request.call, request.path["consult_id"], request.body)

    @edge.operation(
        "GET", "/consults/{consult_id}/chat", summary="Read the chat", query=p.AfterQuery,
        answer=c.Messages, errors=LIVE,
    )  # fmt: skip
    def read_chat(request: Request) -> c.Messages:
        """Oldest first."""
        return chat.read(wiring.services(), request.call, request.path["consult_id"], request.query)
