"""What the video cluster asks and tells: `jitsi_cluster/contract.md`."""

from schemas import bridges as b
from schemas import video as v
from telesalud.consults import wiring
from telesalud.consults.scheduling import bookings
from telesalud.consults.video import room_events, rooms
from telesalud.platform.errors import Forbidden, Invalid, NotFound, Unauthenticated
from telesalud.platform.http.operations import Answer, Auth, Group, Request

group = Group("/consults")


@group.get("/agenda-load", query=b.AgendaQuery, answer=b.AgendaLoad, errors=(Forbidden, Invalid))
def read_agenda_load(request: Request) -> b.AgendaLoad:
    """Read how many teleconsultations are booked when.

    Counts of all tenants together, for the scaler of the video cluster.
    """
    operator = wiring.settings().load_tenant
    return bookings.load(wiring.services(), request.call, operator, request.query)


@group.get("/video/keys/{file}", auth=Auth.PUBLIC, errors=(NotFound,))
def video_key(request: Request) -> Answer:
    """Read a key of video tokens.

    PEM at the ASAP path: the SHA-256 of the key id in hex, and `.pem`.
    """
    pem = wiring.video_keys().published(request.path["file"])
    headers = {
        "Content-Type": "application/x-pem-file",
        "Cache-Control": "public, max-age=3600",
    }
    return Answer(None, headers=headers, text=pem)


@group.post(
    "/video/rooms/{room}/admission",
    body=v.AdmissionRequest,
    answer=v.AdmissionAnswer,
    auth=Auth.PUBLIC,
    max_body=4096,
    errors=(Unauthenticated, NotFound, Invalid),
)
def admit_room(request: Request) -> v.AdmissionAnswer:
    """Ask whether a room may exist.

    Signed by the video server.
    """
    asked: v.AdmissionRequest = request.body
    wiring.cluster().authenticate(asked.shard, request.headers, request.raw_body)
    if asked.room != request.path["room"]:
        raise Invalid("the path names another room than the body")
    return rooms.admission(wiring.services(), asked)


@group.post(
    "/video/events",
    body=v.LifecycleBatch,
    status=204,
    auth=Auth.PUBLIC,
    errors=(Unauthenticated, Invalid),
)
def take_room_events(request: Request) -> None:
    """Deliver lifecycle events of rooms.

    Signed by the video server; repeating a batch has no further effect.
    """
    batch: v.LifecycleBatch = request.body
    wiring.cluster().authenticate(batch.shard, request.headers, request.raw_body)
    room_events.receive(wiring.services(), batch)
