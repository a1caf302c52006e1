"""What the video cluster asks and tells: `jitsi_cluster/contract.md`."""

from schemas import bridges as b
from schemas import video as v
from telesalud.consults import wiring
from telesalud.consults.scheduling import bookings
from telesalud.consults.video import room_events, rooms
from telesalud.consults.video.cluster import Signed
from telesalud.platform.errors import Forbidden, Invalid, NotFound, Unauthenticated
from telesalud.platform.http.operations import Answer, Auth, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _rooms(edge)
    _load(edge)


def _load(edge: Edge) -> None:
    @edge.operation(
        "GET", "/consults/agenda-load", summary="Read how many teleconsultations are booked when",
        query=b.AgendaQuery, answer=b.AgendaLoad, errors=(Forbidden, Invalid),
    )  # fmt: skip
    def read_agenda_load(request: Request) -> b.AgendaLoad:
        """Counts of all tenants together, for the scaler of the video cluster."""
        operator = wiring.settings().load_tenant
        return bookings.load(wiring.services(), request.call, operator, request.query)


def _rooms(edge: Edge) -> None:
    @edge.operation(
        "GET", "/consults/video/keys/{file}", summary="Read a key of video tokens", answer=None,
        auth=Auth.PUBLIC, errors=(NotFound,),
    )  # fmt: skip
    def video_key(request: Request) -> Answer:
        """PEM at the ASAP path: the SHA-256 of the key id in hex, and `.pem`."""
        pem = wiring.video_keys().published(request.path["file"])
        headers = {
            "Content-Type": "application/x-pem-file",
            "Cache-Control": "public, max-age=3600",
        }
        return Answer(None, headers=headers, text=pem)

    @edge.operation(
        "POST", "/consults/video/rooms/{room}/admission", summary="Ask whether a room may exist",
        body=v.AdmissionRequest, answer=v.AdmissionAnswer, auth=Auth.PUBLIC, max_body=4096,
        errors=(Unauthenticated, NotFound, Invalid),
    )  # fmt: skip
    def admit_room(request: Request) -> v.AdmissionAnswer:
        """Signed by the video server."""
        return rooms.admission(
            wiring.services(),
            wiring.cluster(),
            request.path["room"],
            request.body,
            Signed(request.headers, request.raw_body),
        )

    @edge.operation(
        "POST", "/consults/video/events", summary="Deliver lifecycle events of rooms",
        body=v.LifecycleBatch, answer=None, status=204, auth=Auth.PUBLIC,
        errors=(Unauthenticated, Invalid),
    )  # fmt: skip
    def take_room_events(request: Request) -> None:
        """Signed by the video server; repeating a batch has no further effect."""
        sent = Signed(request.headers, request.raw_body)
        room_events.receive(wiring.services(), wiring.cluster(), request.body, sent)
