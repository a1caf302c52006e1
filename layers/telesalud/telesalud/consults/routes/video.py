"""The video room for participants and staff, and what the video cluster asks and tells.

The cluster's three operations are described in `jitsi_cluster/contract.md`.
"""

from schemas.consult_sessions import VideoPresence, VideoRoom
from schemas.video import AdmissionAnswer, AdmissionRequest, LifecycleBatch
from telesalud.consults import errors, wiring
from telesalud.consults.routes import LIVE
from telesalud.consults.video import provider, room_events, rooms
from telesalud.consults.video.cluster import Signed
from telesalud.platform.errors import Forbidden, Invalid, NotFound, Unauthenticated
from telesalud.platform.http.operations import Answer, Auth, Group, Request

group = Group("/consults")


@group.get("/{consult_id}/video", answer=VideoRoom, errors=(errors.NotAdmitted, *LIVE))
def enter_room(request: Request) -> VideoRoom:
    """Enter the video room.

    With this participant's credentials.
    """
    return provider.enter(
        wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
    )


@group.post("/{consult_id}/video/fallback", answer=VideoRoom, errors=LIVE)
def fall_back(request: Request) -> VideoRoom:
    """Go on without the video cluster.

    The practitioner moves the consult to the direct path; the patient's page follows.
    """
    return provider.fall_back(
        wiring.services(), wiring.video_provider(), request.call, request.path["consult_id"]
    )


@group.get("/{consult_id}/video/presence", answer=VideoPresence, errors=(Forbidden, NotFound))
def video_presence(request: Request) -> VideoPresence:
    """Read who is in the video room.

    As the video server reported it.
    """
    return room_events.presence(wiring.services(), request.call, request.path["consult_id"])


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
    body=AdmissionRequest,
    answer=AdmissionAnswer,
    auth=Auth.PUBLIC,
    max_body=4096,
    errors=(Unauthenticated, NotFound, Invalid),
)
def admit_room(request: Request) -> AdmissionAnswer:
    """Ask whether a room may exist.

    Signed by the video server.
    """
    return rooms.admission(
        wiring.services(),
        wiring.cluster(),
        request.path["room"],
        request.body,
        Signed(request.headers, request.raw_body),
    )


@group.post(
    "/video/events",
    body=LifecycleBatch,
    status=204,
    auth=Auth.PUBLIC,
    errors=(Unauthenticated, Invalid),
)
def take_room_events(request: Request) -> None:
    """Deliver lifecycle events of rooms.

    Signed by the video server; repeating a batch has no further effect.
    """
    sent = Signed(request.headers, request.raw_body)
    room_events.receive(wiring.services(), wiring.cluster(), request.body, sent)
