"""consults: teleconsultations over HTTP, their live channel, their session limit and their files.

Routes for staff and partners take an access token; routes of a consult's participants take the
session token that a link was exchanged for. Both pass the same authorizer.
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice
from pydantic import ValidationError

from schemas import consults as s
from schemas import video as v
from telesalud.consults import (
    channel,
    chat,
    errors,
    exporting,
    files,
    finish,
    limit,
    links,
    notes,
    notifications,
    presence,
    reconciliation,
    room_events,
    rooms,
    scheduling,
    sessions,
    tenants,
    video,
    wiring,
    workers,
)
from telesalud.platform.authorizer import CACHED_SECONDS, authorize
from telesalud.platform.edge import Answer, Auth, Edge, Request
from telesalud.platform.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    KeyReused,
    NotFound,
    StaleVersion,
    Unauthenticated,
)
from telesalud.platform.logs import get_logger

app = Chalice(app_name="consults")


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Access tokens of staff and partners, and session tokens of participants."""
    return authorize(request, sessions.EitherToken(wiring.tokens(), wiring.verifier()))


edge = Edge(
    app,
    wiring.services,
    authorizer=authorizer,
    front_door_sha256=wiring.settings().front_door_sha256,
)

_GONE = (errors.ConsultEnded, errors.SessionRevoked, errors.NotOpenYet)
_LIVE = (Forbidden, NotFound, *_GONE)


# --- staff and partners ------------------------------------------------------------------------


@edge.operation(
    "POST", "/consults", summary="Create a teleconsultation", body=s.NewConsult,
    answer=s.CreatedConsult, status=201, idempotent=True, errors=(Forbidden,),
)  # fmt: skip
def create_consult(request: Request) -> Answer:
    """Answers with the links, which are shown once."""
    own = wiring.settings()
    made = scheduling.schedule(wiring.services(), request.call, own.origin, request.body)
    return Answer(made, made.version, {"Location": f"/api/consults/{made.id}"})


@edge.operation(
    "GET", "/consults", summary="List teleconsultations by start", query=s.ConsultQuery,
    answer=s.ConsultPage, errors=(Forbidden,),
)  # fmt: skip
def list_consults(request: Request) -> s.ConsultPage:
    """Of the tenant, or of one practitioner."""
    return scheduling.find(wiring.services(), request.call, request.query)


@edge.operation(
    "GET", "/consults/{consult_id}", summary="Read a teleconsultation", answer=s.Consult,
    errors=(Forbidden, NotFound),
)  # fmt: skip
def get_consult(request: Request) -> Answer:
    """State, times and presence; no clinical content."""
    found = scheduling.get(wiring.services(), request.call, request.path["consult_id"])
    return Answer(found, found.version)


@edge.operation(
    "POST", "/consults/{consult_id}/reschedule", summary="Move a teleconsultation",
    body=s.Reschedule, answer=s.CreatedConsult, idempotent=True,
    errors=(Forbidden, NotFound, InvalidTransition, errors.Superseded),
)  # fmt: skip
def reschedule_consult(request: Request) -> Answer:
    """Old links stop working; the answer has the new ones."""
    moved = scheduling.reschedule(
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
    cancelled = scheduling.cancel(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )
    return Answer(cancelled, cancelled.version)


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
    answer=s.Session, errors=_LIVE,
)  # fmt: skip
def join_as_user(request: Request) -> s.Session:
    """For the logged-in practitioner whom the consult names; needs no link."""
    return sessions.join_as_user(
        wiring.services(), wiring.tokens(), request.call, request.path["consult_id"]
    )


@edge.operation(
    "GET", "/consults/{consult_id}/export", summary="Export an ended teleconsultation",
    answer=s.Export, errors=(Forbidden, NotFound, Conflict),
)  # fmt: skip
def export_consult(request: Request) -> s.Export:
    """Connection times, note, chat and files."""
    return exporting.export(
        wiring.services(), wiring.blobs(), request.call, request.path["consult_id"]
    )


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


# --- notifications -----------------------------------------------------------------------------


@edge.operation(
    "POST", "/consults/notification-targets", summary="Register a notification target",
    body=s.NewTarget, answer=s.TargetSecret, status=201, idempotent=True,
    errors=(Forbidden, Invalid),
)  # fmt: skip
def register_target(request: Request) -> Answer:
    """Its signing secret is shown once."""
    made = notifications.register_target(
        wiring.services(), request.call, request.body, local=wiring.settings().is_local
    )
    return Answer(made, made.target.version)


@edge.operation(
    "GET", "/consults/notification-targets", summary="List the notification targets",
    answer=s.Targets, errors=(Forbidden,),
)  # fmt: skip
def list_targets(request: Request) -> s.Targets:
    """Without secrets."""
    return notifications.list_targets(wiring.services(), request.call)


@edge.operation(
    "PUT", "/consults/notification-targets/{target_id}", summary="Stop or resume a target",
    body=s.TargetState, answer=s.Target, versioned=True,
    errors=(Forbidden, NotFound, StaleVersion),
)  # fmt: skip
def switch_target(request: Request) -> Answer:
    """A stopped target's notifications fail at once."""
    target = notifications.switch_target(
        wiring.services(),
        request.call,
        request.path["target_id"],
        request.body,
        request.if_match,
    )
    return Answer(target, target.version)


@edge.operation(
    "POST", "/consults/notification-targets/{target_id}/secret", summary="Rotate a secret",
    answer=s.TargetSecret, status=201, idempotent=True, errors=(Forbidden, NotFound),
)  # fmt: skip
def rotate_secret(request: Request) -> Answer:
    """The old one signs beside the new one for 24 hours."""
    made = notifications.rotate_secret(wiring.services(), request.call, request.path["target_id"])
    return Answer(made, made.target.version)


@edge.operation(
    "GET", "/consults/notifications", summary="Read the delivery log",
    query=s.NotificationQuery, answer=s.Notifications, errors=(Forbidden,),
)  # fmt: skip
def list_notifications(request: Request) -> s.Notifications:
    """Of one target, newest first."""
    return notifications.log(wiring.services(), request.call, request.query)


@edge.operation(
    "POST", "/consults/notifications/replay", summary="Deliver notifications again",
    body=s.Replay, answer=s.Replayed, status=202, errors=(Forbidden, NotFound),
)  # fmt: skip
def replay_notifications(request: Request) -> s.Replayed:
    """By ids, or by time range and status."""
    return notifications.replay(wiring.services(), request.call, request.body)


# --- links and sessions ------------------------------------------------------------------------


@edge.operation(
    "POST", "/consults/links/exchange", summary="Exchange a link's secret for a session",
    body=s.Exchange, answer=s.Session, auth=Auth.PUBLIC,
    errors=(NotFound, errors.LinkRevoked, errors.LinkUsed, *_GONE),
)  # fmt: skip
def exchange_link(request: Request) -> s.Session:
    """The same browser may repeat it; another one gets 410."""
    return links.exchange(wiring.services(), wiring.tokens(), request.call.request_id, request.body)


@edge.operation(
    "POST", "/consults/session/renew", summary="Renew a participant's session",
    answer=s.Session, errors=_LIVE,
)  # fmt: skip
def renew_session(request: Request) -> s.Session:
    """Before it expires, as often as needed while the consult lives."""
    return sessions.renew(wiring.services(), wiring.tokens(), request.call)


# --- participants ------------------------------------------------------------------------------


@edge.operation(
    "POST", "/consults/{consult_id}/announce", summary="The patient is in the waiting room",
    body=s.Announce, answer=s.SessionConsult, errors=_LIVE,
)  # fmt: skip
def announce(request: Request) -> s.SessionConsult:
    """With what the device check found."""
    return presence.announce(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


@edge.operation(
    "POST", "/consults/{consult_id}/admit", summary="The practitioner lets the patient in",
    answer=s.SessionConsult, errors=(InvalidTransition, *_LIVE),
)  # fmt: skip
def admit(request: Request) -> s.SessionConsult:
    """The consultation begins."""
    return presence.admit(wiring.services(), request.call, request.path["consult_id"])


@edge.operation(
    "POST", "/consults/{consult_id}/extend", summary="The practitioner moves the limit",
    body=s.Extend, answer=s.SessionConsult, errors=(InvalidTransition, *_LIVE),
)  # fmt: skip
def extend(request: Request) -> s.SessionConsult:
    """Within the tenant's policy."""
    return limit.extend(wiring.services(), request.call, request.path["consult_id"], request.body)


@edge.operation(
    "POST", "/consults/{consult_id}/finish", summary="The practitioner ends the consultation",
    body=s.Finish, answer=s.Finished, max_body=512 * 1024, errors=(InvalidTransition, *_LIVE),
)  # fmt: skip
def finish_consult(request: Request) -> s.Finished:
    """Carries the unsaved note; repeating it has one effect."""
    return finish.finish(wiring.services(), request.call, request.path["consult_id"], request.body)


@edge.operation(
    "GET", "/consults/{consult_id}/notes", summary="Read the note", answer=s.Note, errors=_LIVE
)
def read_note(request: Request) -> s.Note:
    """The practitioner's current text."""
    return notes.read_note(wiring.services(), request.call, request.path["consult_id"])


@edge.operation(
    "PUT", "/consults/{consult_id}/notes", summary="Save the note", body=s.NoteDraft,
    answer=s.Note, max_body=512 * 1024, errors=(errors.NoteChanged, *_LIVE),
)  # fmt: skip
def save_note(request: Request) -> s.Note:
    """Autosave on top of `base_version`, which takes the place of If-Match."""
    return notes.save_note(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )


@edge.operation(
    "GET", "/consults/{consult_id}/notes/versions", summary="List the note's versions",
    query=s.AfterQuery, answer=s.NoteHistory, errors=_LIVE,
)  # fmt: skip
def note_history(request: Request) -> s.NoteHistory:
    """Without their texts."""
    return notes.history(wiring.services(), request.call, request.path["consult_id"], request.query)


@edge.operation(
    "GET", "/consults/{consult_id}/notes/versions/{version}", summary="Read a version of the note",
    answer=s.Note, errors=_LIVE,
)  # fmt: skip
def note_version(request: Request) -> s.Note:
    """With its text."""
    path = request.path
    return notes.read_version(wiring.services(), request.call, path["consult_id"], path["version"])


@edge.operation(
    "POST", "/consults/{consult_id}/chat", summary="Send a chat message", body=s.NewMessage,
    answer=s.Message, status=201, errors=(KeyReused, *_LIVE),
)  # fmt: skip
def send_message(request: Request) -> s.Message:
    """`client_id` takes the place of an Idempotency-Key."""
    return chat.send(wiring.services(), request.call, request.path["consult_id"], request.body)


@edge.operation(
    "GET", "/consults/{consult_id}/chat", summary="Read the chat", query=s.AfterQuery,
    answer=s.Messages, errors=_LIVE,
)  # fmt: skip
def read_chat(request: Request) -> s.Messages:
    """Oldest first."""
    return chat.read(wiring.services(), request.call, request.path["consult_id"], request.query)


@edge.operation(
    "POST", "/consults/{consult_id}/files", summary="Begin an upload", body=s.NewFile,
    answer=s.Upload, status=201, idempotent=True, errors=(Conflict, *_LIVE),
)  # fmt: skip
def start_upload(request: Request) -> s.Upload:
    """Answers with a presigned POST to the quarantine."""
    return files.start(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.body,
    )


@edge.operation(
    "POST", "/consults/{consult_id}/files/{file_id}/complete", summary="End an upload",
    answer=s.File, errors=(errors.UploadMissing, Gone, *_LIVE),
)  # fmt: skip
def complete_upload(request: Request) -> s.File:
    """The file is examined next."""
    return files.complete(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.path["file_id"],
    )


@edge.operation(
    "GET", "/consults/{consult_id}/files", summary="List the files", answer=s.Files, errors=_LIVE
)
def list_files(request: Request) -> s.Files:
    """One's own, and those of the other side that were cleared."""
    return files.listed(wiring.services(), request.call, request.path["consult_id"])


@edge.operation(
    "GET", "/consults/{consult_id}/files/{file_id}/download", summary="Download a file",
    answer=s.Download, errors=_LIVE,
)  # fmt: skip
def download_file(request: Request) -> s.Download:
    """A presigned GET."""
    return files.download(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.path["file_id"],
    )


@edge.operation(
    "POST", "/consults/{consult_id}/channel", summary="Open the live channel", answer=s.Ticket,
    errors=_LIVE,
)  # fmt: skip
def open_channel(request: Request) -> s.Ticket:
    """A ticket for one WebSocket connection."""
    own = wiring.settings()
    return channel.open_ticket(
        wiring.services(), request.call, own.channel_url, request.path["consult_id"]
    )


@edge.operation(
    "GET", "/consults/{consult_id}/changes", summary="Poll what changed", query=s.AfterQuery,
    answer=s.Changes, errors=_LIVE,
)  # fmt: skip
def poll_changes(request: Request) -> s.Changes:
    """The change feed; also a heartbeat."""
    return channel.changes(
        wiring.services(), request.call, request.path["consult_id"], request.query
    )


@edge.operation(
    "POST", "/consults/{consult_id}/signals", summary="Send a signalling message",
    body=s.NewSignal, answer=s.SignalSent, status=201, errors=_LIVE,
)  # fmt: skip
def send_signal(request: Request) -> s.SignalSent:
    """For pages without the live channel."""
    return channel.signal(
        wiring.services(),
        wiring.pusher(),
        request.call,
        request.path["consult_id"],
        request.body,
    )


@edge.operation(
    "GET", "/consults/{consult_id}/video", summary="Enter the video room", answer=s.VideoRoom,
    errors=(video.NotAdmitted, *_LIVE),
)  # fmt: skip
def enter_room(request: Request) -> s.VideoRoom:
    """With this participant's credentials."""
    return video.enter(
        wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
    )


@edge.operation(
    "POST", "/consults/{consult_id}/video/fallback", summary="Go on without the video cluster",
    answer=s.VideoRoom, errors=_LIVE,
)  # fmt: skip
def fall_back(request: Request) -> s.VideoRoom:
    """The practitioner moves the consult to the direct path; the patient's page follows."""
    return video.fall_back(
        wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
    )


@edge.operation(
    "GET", "/consults/{consult_id}/video/presence", summary="Read who is in the video room",
    answer=s.VideoPresence, errors=(Forbidden, NotFound),
)  # fmt: skip
def video_presence(request: Request) -> s.VideoPresence:
    """As the video server reported it."""
    return room_events.presence(wiring.services(), request.call, request.path["consult_id"])


# --- the video cluster: jitsi_cluster/contract.md ------------------------------------------------


@edge.operation(
    "GET", "/consults/video/keys/{file}", summary="Read a key of video tokens", answer=None,
    auth=Auth.PUBLIC, errors=(NotFound,),
)  # fmt: skip
def video_key(request: Request) -> Answer:
    """PEM at the ASAP path: the SHA-256 of the key id in hex, and `.pem`."""
    pem = wiring.video_keys().published(request.path["file"])
    headers = {"Content-Type": "application/x-pem-file", "Cache-Control": "public, max-age=3600"}
    return Answer(None, headers=headers, text=pem)


@edge.operation(
    "POST", "/consults/video/rooms/{room}/admission", summary="Ask whether a room may exist",
    body=v.AdmissionRequest, answer=v.AdmissionAnswer, auth=Auth.PUBLIC, max_body=4096,
    errors=(Unauthenticated, NotFound, Invalid),
)  # fmt: skip
def admit_room(request: Request) -> v.AdmissionAnswer:
    """Signed by the video server."""
    asked: v.AdmissionRequest = request.body
    wiring.cluster().authenticate(asked.shard, request.headers, request.raw_body)
    if asked.room != request.path["room"]:
        raise Invalid("the path names another room than the body")
    return rooms.admission(wiring.services(), asked)


@edge.operation(
    "POST", "/consults/video/events", summary="Deliver lifecycle events of rooms",
    body=v.LifecycleBatch, answer=None, status=204, auth=Auth.PUBLIC,
    errors=(Unauthenticated, Invalid),
)  # fmt: skip
def take_room_events(request: Request) -> None:
    """Signed by the video server; repeating a batch has no further effect."""
    batch: v.LifecycleBatch = request.body
    wiring.cluster().authenticate(batch.shard, request.headers, request.raw_body)
    room_events.receive(wiring.services(), batch)


# --- the live channel's WebSocket API ------------------------------------------------------------


@app.lambda_function(name="ws_connect")
def ws_connect(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """`$connect`: uses up the ticket in the query string; anything but 200 refuses."""
    context = event["requestContext"]
    ticket = (event.get("queryStringParameters") or {}).get("ticket", "")
    try:
        channel.connect(
            wiring.services(), context["connectionId"], ticket, context.get("requestId", "")
        )
    except DomainError as refused:
        get_logger().info("channel refused", reason=refused.slug)
        return {"statusCode": refused.status}
    return {"statusCode": 200}


@app.lambda_function(name="ws_disconnect")
def ws_disconnect(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """`$disconnect`: API Gateway calls it at least for every orderly close."""
    context = event["requestContext"]
    channel.closed(wiring.services(), context["connectionId"], context.get("requestId", ""))
    return {"statusCode": 200}


@app.lambda_function(name="ws_message")
def ws_message(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """`$default`: a ping or a signalling message; refusals are told to the sender."""
    context, pusher = event["requestContext"], wiring.pusher()
    connection_id = context["connectionId"]
    try:
        answer = channel.receive(
            wiring.services(),
            pusher,
            connection_id,
            event.get("body") or "",
            context.get("requestId", ""),
        )
    except DomainError as refused:
        answer = {"type": "error", "problem": refused.slug, **refused.extra}
    except ValidationError:
        answer = {"type": "error", "problem": "invalid"}
    pusher.post(connection_id, channel.encoded(answer))
    return {"statusCode": 200}


# --- workers -------------------------------------------------------------------------------------


@app.lambda_function(name="limit")
def limit_due(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The session limit's workflow asks what is due."""
    due = limit.due(wiring.services(), event["tenant"], event["consult_id"], int(event["schedule"]))
    return {"done": due.done, "next_at": due.next_at}


@app.lambda_function(name="reconcile_rooms")
def reconcile_rooms(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Every minute: open video rooms are compared with their consults and with their server."""
    return {"visited": reconciliation.sweep(wiring.services(), wiring.cluster())}


@app.lambda_function(name="relay")
def relay(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The table's stream: events go to the bus, changes to the open channels."""
    return workers.relay(event["Records"])


@app.lambda_function(name="seal_audit")
def seal_audit(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The table's stream: audit entries go into the tenant's hash chain, archived once a day."""
    return workers.seal_audit(event)


@app.lambda_function(name="deliver")
def deliver(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The queue of notifications: signs and sends them, and tries again for 24 hours."""
    return workers.deliver(event)


@app.lambda_function(name="on_events")
def on_events(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The queue of our own events: session limits start, files are examined, rooms end."""
    return workers.on_events(event)
