"""What participants do in a teleconsultation, over HTTP."""

from schemas import consult_content as c
from schemas import consult_sessions as p
from telesalud.consults import errors, wiring
from telesalud.consults.content import chat, notes
from telesalud.consults.routes import GONE, LIVE
from telesalud.consults.scheduling import links
from telesalud.consults.visit import finish, limit, presence, sessions
from telesalud.platform.errors import InvalidTransition, KeyReused, NotFound
from telesalud.platform.http.operations import Auth, Group, Request

group = Group("/consults")


@group.post(
    "/links/exchange",
    body=p.Exchange,
    answer=p.Session,
    auth=Auth.PUBLIC,
    errors=(NotFound, errors.LinkRevoked, errors.LinkUsed, *GONE),
)
def exchange_link(request: Request) -> p.Session:
    """Exchange a link's secret for a session.

    The same browser may repeat it; another one gets 410.
    """
    return links.exchange(wiring.services(), wiring.tokens(), request.call.request_id, request.body)


@group.post("/session/renew", answer=p.Session, errors=LIVE)
def renew_session(request: Request) -> p.Session:
    """Renew a participant's session.

    Before it expires, as often as needed while the consult lives.
    """
    return sessions.renew(wiring.services(), wiring.tokens(), request.call)


@group.post("/{consult_id}/announce", body=p.Announce, answer=p.SessionConsult, errors=LIVE)
def announce(request: Request) -> p.SessionConsult:
    """The patient is in the waiting room.

    With what the device check found.
    """
    return presence.announce(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


@group.post("/{consult_id}/admit", answer=p.SessionConsult, errors=(InvalidTransition, *LIVE))
def admit(request: Request) -> p.SessionConsult:
    """The practitioner lets the patient in.

    The consultation begins.
    """
    return presence.admit(wiring.services(), request.call, request.path["consult_id"])


@group.post(
    "/{consult_id}/extend",
    body=p.Extend,
    answer=p.SessionConsult,
    errors=(InvalidTransition, *LIVE),
)
def extend(request: Request) -> p.SessionConsult:
    """The practitioner moves the limit.

    Within the tenant's policy.
    """
    return limit.extend(wiring.services(), request.call, request.path["consult_id"], request.body)


@group.post(
    "/{consult_id}/finish",
    body=c.Finish,
    answer=c.Finished,
    max_body=512 * 1024,
    errors=(InvalidTransition, *LIVE),
)
def finish_consult(request: Request) -> c.Finished:
    """The practitioner ends the consultation.

    Carries the unsaved note; repeating it has one effect.
    """
    return finish.finish(wiring.services(), request.call, request.path["consult_id"], request.body)


@group.get("/{consult_id}/notes", answer=c.Note, errors=LIVE)
def read_note(request: Request) -> c.Note:
    """Read the note.

    The practitioner's current text.
    """
    return notes.read_note(wiring.services(), request.call, request.path["consult_id"])


@group.put(
    "/{consult_id}/notes",
    body=c.NoteDraft,
    answer=c.Note,
    max_body=512 * 1024,
    errors=(errors.NoteChanged, *LIVE),
)
def save_note(request: Request) -> c.Note:
    """Save the note.

    Autosave on top of `base_version`, which takes the place of If-Match.
    """
    return notes.save_note(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


@group.get("/{consult_id}/notes/versions", query=p.AfterQuery, answer=c.NoteHistory, errors=LIVE)
def note_history(request: Request) -> c.NoteHistory:
    """List the note's versions.

    Without their texts.
    """
    return notes.history(wiring.services(), request.call, request.path["consult_id"], request.query)


@group.get("/{consult_id}/notes/versions/{version}", answer=c.Note, errors=LIVE)
def note_version(request: Request) -> c.Note:
    """Read a version of the note.

    With its text.
    """
    path = request.path
    return notes.read_version(wiring.services(), request.call, path["consult_id"], path["version"])


@group.post(
    "/{consult_id}/chat", body=c.NewMessage, answer=c.Message, status=201, errors=(KeyReused, *LIVE)
)
def send_message(request: Request) -> c.Message:
    """Send a chat message.

    `client_id` takes the place of an Idempotency-Key.
    """
    return chat.send(wiring.services(), request.call, request.path["consult_id"], request.body)


@group.get("/{consult_id}/chat", query=p.AfterQuery, answer=c.Messages, errors=LIVE)
def read_chat(request: Request) -> c.Messages:
    """Read the chat.

    Oldest first.
    """
    return chat.read(wiring.services(), request.call, request.path["consult_id"], request.query)
