"""The files, the live channel and the video room of participants, over HTTP."""

from schemas import consult_content as c
from schemas import consult_sessions as p
from telesalud.consults import errors, wiring
from telesalud.consults.content import files
from telesalud.consults.routes import LIVE
from telesalud.consults.video import provider
from telesalud.consults.visit import channel
from telesalud.platform.errors import Conflict, Gone
from telesalud.platform.http.operations import Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _files(edge)
    _feed(edge)
    _video(edge)


def _files(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults/{consult_id}/files", summary="Begin an upload", body=c.NewFile,
        answer=c.Upload, status=201, idempotent=True, errors=(Conflict, *LIVE),
    )  # fmt: skip
    def start_upload(request: Request) -> c.Upload:
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
        answer=c.File, errors=(errors.UploadMissing, Gone, *LIVE),
    )  # fmt: skip
    def complete_upload(request: Request) -> c.File:
        """The file is examined next."""
        return files.complete(
            wiring.services(),
            wiring.blobs(),
            request.call,
            request.path["consult_id"],
            request.path["file_id"],
        )

    @edge.operation(
        "GET", "/consults/{consult_id}/files", summary="List the files", answer=c.Files, errors=LIVE
    )
    def list_files(request: Request) -> c.Files:
        """One's own, and those of the other side that were cleared."""
        return files.listed(wiring.services(), request.call, request.path["consult_id"])

    @edge.operation(
        "GET", "/consults/{consult_id}/files/{file_id}/download", summary="Download a file",
        answer=c.Download, errors=LIVE,
    )  # fmt: skip
    def download_file(request: Request) -> c.Download:
        """A presigned GET."""
        return files.download(
            wiring.services(),
            wiring.blobs(),
            request.call,
            request.path["consult_id"],
            request.path["file_id"],
        )


def _feed(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults/{consult_id}/channel", summary="Open the live channel", answer=p.Ticket,
        errors=LIVE,
    )  # fmt: skip
    def open_channel(request: Request) -> p.Ticket:
        """A ticket for one WebSocket connection."""
        own = wiring.settings()
        return channel.open_ticket(
            wiring.services(), request.call, own.channel_url, request.path["consult_id"]
        )

    @edge.operation(
        "GET", "/consults/{consult_id}/changes", summary="Poll what changed", query=p.AfterQuery,
        answer=p.Changes, errors=LIVE,
    )  # fmt: skip
    def poll_changes(request: Request) -> p.Changes:
        """The change feed; also a heartbeat."""
        return channel.changes(
            wiring.services(), request.call, request.path["consult_id"], request.query
        )

    @edge.operation(
        "POST", "/consults/{consult_id}/signals", summary="Send a signalling message",
        body=p.NewSignal, answer=p.SignalSent, status=201, errors=LIVE,
    )  # fmt: skip
    def send_signal(request: Request) -> p.SignalSent:
        """For pages without the live channel."""
        return channel.signal(
            wiring.services(),
            wiring.pusher(),
            request.call,
            request.path["consult_id"],
            request.body,
        )


def _video(edge: Edge) -> None:
    @edge.operation(
        "GET", "/consults/{consult_id}/video", summary="Enter the video room", answer=p.VideoRoom,
        errors=(provider.NotAdmitted, *LIVE),
    )  # fmt: skip
    def enter_room(request: Request) -> p.VideoRoom:
        """With this participant's credentials."""
        return provider.enter(
            wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
        )

    @edge.operation(
        "POST", "/consults/{consult_id}/video/fallback", summary="Go on without the video cluster",
        answer=p.VideoRoom, errors=LIVE,
    )  # fmt: skip
    def fall_back(request: Request) -> p.VideoRoom:
        """The practitioner moves the consult to the direct path; the patient's page follows."""
        return provider.fall_back(
            wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
        )
