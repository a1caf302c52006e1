"""The files, the live channel and the video room of participants, over HTTP."""

from schemas import consult_content as c
from schemas import consult_sessions as p
from telesalud.consults import errors, wiring
from telesalud.consults.content import files
from telesalud.consults.routes import LIVE
from telesalud.consults.video import provider
from telesalud.consults.visit import channel
from telesalud.platform.errors import Conflict, Gone
from telesalud.platform.http.operations import Group, Request

group = Group("/consults")


@group.post(
    "/{consult_id}/files",
    body=c.NewFile,
    answer=c.Upload,
    status=201,
    idempotent=True,
    errors=(Conflict, *LIVE),
)
def start_upload(request: Request) -> c.Upload:
    """Begin an upload.

    Answers with a presigned POST to the quarantine.
    """
    return files.start(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.body,
    )


@group.post(
    "/{consult_id}/files/{file_id}/complete",
    answer=c.File,
    errors=(errors.UploadMissing, Gone, *LIVE),
)
def complete_upload(request: Request) -> c.File:
    """End an upload.

    The file is examined next.
    """
    return files.complete(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.path["file_id"],
    )


@group.get("/{consult_id}/files", answer=c.Files, errors=LIVE)
def list_files(request: Request) -> c.Files:
    """List the files.

    One's own, and those of the other side that were cleared.
    """
    return files.listed(wiring.services(), request.call, request.path["consult_id"])


@group.get("/{consult_id}/files/{file_id}/download", answer=c.Download, errors=LIVE)
def download_file(request: Request) -> c.Download:
    """Download a file.

    A presigned GET.
    """
    return files.download(
        wiring.services(),
        wiring.blobs(),
        request.call,
        request.path["consult_id"],
        request.path["file_id"],
    )


@group.post("/{consult_id}/channel", answer=p.Ticket, errors=LIVE)
def open_channel(request: Request) -> p.Ticket:
    """Open the live channel.

    A ticket for one WebSocket connection.
    """
    own = wiring.settings()
    return channel.open_ticket(
        wiring.services(), request.call, own.channel_url, request.path["consult_id"]
    )


@group.get("/{consult_id}/changes", query=p.AfterQuery, answer=p.Changes, errors=LIVE)
def poll_changes(request: Request) -> p.Changes:
    """Poll what changed.

    The change feed; also a heartbeat.
    """
    return channel.changes(
        wiring.services(), request.call, request.path["consult_id"], request.query
    )


@group.post("/{consult_id}/signals", body=p.NewSignal, answer=p.SignalSent, status=201, errors=LIVE)
def send_signal(request: Request) -> p.SignalSent:
    """Send a signalling message.

    For pages without the live channel.
    """
    return channel.signal(
        wiring.services(),
        wiring.pusher(),
        request.call,
        request.path["consult_id"],
        request.body,
    )


@group.get("/{consult_id}/video", answer=p.VideoRoom, errors=(provider.NotAdmitted, *LIVE))
def enter_room(request: Request) -> p.VideoRoom:
    """Enter the video room.

    With this participant's credentials.
    """
    return provider.enter(
        wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
    )


@group.post("/{consult_id}/video/fallback", answer=p.VideoRoom, errors=LIVE)
def fall_back(request: Request) -> p.VideoRoom:
    """Go on without the video cluster.

    The practitioner moves the consult to the direct path; the patient's page follows.
    """
    return provider.fall_back(
        wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
    )
