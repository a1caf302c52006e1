"""Rooms of the video cluster: who may enter, until when, and that none outlives its consult."""

import hashlib
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from schemas.consult_content import Finish
from schemas.consult_sessions import Announce, Extend
from schemas.consults import Cancel, Reissue, Reschedule
from schemas.video import AdmissionAnswer, AdmissionRequest
from telesalud.consults import repository
from telesalud.consults.content import finishing
from telesalud.consults.errors import ConsultEnded
from telesalud.consults.scheduling import consults, links
from telesalud.consults.video import provider, reconciliation, rooms
from telesalud.consults.video.jitsi import VideoKeys
from telesalud.consults.visit import limit, presence
from telesalud.platform.errors import Forbidden, NotFound, Unavailable
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import ORIGIN, PARTNER, opened, running, store_of
from tests.worlds.consults.video_stage import SHARD, SIGNED, RsaSigner, VideoStage, enter, room_of
from tests.worlds.world import START, call


def ask(at: VideoStage, room: str, shard: str = SHARD) -> AdmissionAnswer:
    asked = AdmissionRequest(
        request_id="r-1", room=room, asked_at=at.stage.world.clock(), shard=shard
    )
    return rooms.admission(at.stage.services, at.cluster, room, asked, SIGNED)


def settle(at: VideoStage) -> None:
    reconciliation.settle(at.stage.services, at.cluster, PARTNER.tenant, at.stage.id)


def test_a_replaced_link_is_told_to_the_room_that_its_token_opened() -> None:
    at = VideoStage()
    enter(at, at.stage.patient)
    at.cluster.alive[room_of(at)] = None
    links.reissue(
        at.stage.services, call(PARTNER), ORIGIN, at.stage.id, Reissue(participants=("patient",))
    )
    assert at.stage.event_types()[-1] == "seat_revoked"
    settle(at)
    assert at.cluster.generations[room_of(at)] == {"patient": 2}
    assert ask(at, room_of(at)).generations == {"patient": 2}


def test_without_a_video_room_nobody_has_to_be_told() -> None:
    stage = running()
    links.reissue(
        stage.services, call(PARTNER), ORIGIN, stage.id, Reissue(participants=("patient",))
    )
    assert "seat_revoked" not in stage.event_types()


def test_a_token_is_for_one_seat_of_one_room_within_the_window_and_names_nobody() -> None:
    at = VideoStage()
    claims = enter(at, at.stage.doctor)
    assert claims["room"] == room_of(at)
    assert claims["nbf"] == int((START + timedelta(minutes=20)).timestamp())
    assert claims["exp"] == int((START + timedelta(minutes=60)).timestamp())
    assert (claims["iss"], claims["aud"]) == ("telesalud", "telesalud-video")
    assert claims["context"] == {
        "user": {"id": "practitioner-1", "moderator": True, "generation": 1},
        "features": {"recording": False, "livestreaming": False, "transcription": False},
    }
    patient = enter(at, at.stage.patient)
    assert patient["context"]["user"] == {"id": "patient", "moderator": False, "generation": 1}  # type: ignore[index]  # claims are untyped
    for private in ("Paciente", "Profesional", "DOC-0001", "user-1"):
        assert private not in repr((claims, patient))


def test_the_room_is_random_unrelated_to_the_links_and_new_after_a_reschedule() -> None:
    at = VideoStage(opened())
    enter(at, at.stage.doctor)
    first = room_of(at)
    assert len(bytes.fromhex(first)) == 16
    assert first not in repr(at.stage.created)
    at.cluster.alive[first] = None
    moved = Reschedule(start=START + timedelta(hours=2))
    consults.reschedule(at.stage.services, call(PARTNER), ORIGIN, at.stage.id, moved)
    assert room_of(at) != first
    assert (ask(at, first).allow, ask(at, first).reason) == (False, "rescheduled")
    settle(at)
    assert at.cluster.alive == {}


def test_every_published_key_proves_tokens_and_only_the_first_signs() -> None:
    new, old = RsaSigner("video-2"), RsaSigner("video-1")
    keys = VideoKeys([new, old])
    for signer in (new, old):
        file = f"{hashlib.sha256(signer.kid.encode()).hexdigest()}.pem"
        key = load_pem_public_key(keys.published(file).encode())
        assert key == signer.key.public_key()
    assert jwt.get_unverified_header(keys.sign({"room": "x"}))["kid"] == "video-2"
    with pytest.raises(NotFound):
        keys.published("video-1.pem")


def test_admission_says_until_when_and_for_how_many() -> None:
    at = VideoStage()
    enter(at, at.stage.doctor)
    answer = ask(at, room_of(at))
    assert answer.allow
    assert (answer.ends_at, answer.max_occupants) == (START + timedelta(minutes=60), 2)
    assert (answer.warn_seconds, answer.language) == (300, "es")


def test_a_room_is_refused_when_unknown_elsewhere_moved_early_or_over() -> None:
    at = VideoStage()
    with pytest.raises(NotFound):
        ask(at, room_of(at))  # nobody was given a token yet
    enter(at, at.stage.doctor)
    room = room_of(at)
    assert ask(at, room, "green").reason == "moved"
    with pytest.raises(NotFound):
        ask(at, "0" * 32)
    before = at.stage.world.clock.now
    at.stage.world.clock.now = START
    assert ask(at, room).reason == "early"
    at.stage.world.clock.now = START + timedelta(minutes=60)
    assert ask(at, room).reason == "ended"
    at.stage.world.clock.now = before
    finishing.finish(at.stage.services, at.stage.doctor, at.stage.id, Finish())
    assert ask(at, room).reason == "ended"
    with pytest.raises(ConsultEnded):
        enter(at, at.stage.doctor)


def test_the_choice_of_the_first_who_enters_holds_for_the_other() -> None:
    at = VideoStage()
    at.cluster.well = False
    first = provider.enter(at.stage.services, at.video, at.stage.doctor, at.stage.id)
    at.cluster.well = True
    second = provider.enter(at.stage.services, at.video, at.stage.patient, at.stage.id)
    assert (first.provider, second.provider) == ("direct", "direct")
    healthy = VideoStage()
    enter(healthy, healthy.stage.doctor)
    healthy.cluster.well = False
    enter(healthy, healthy.stage.patient)


def test_entering_leaves_all_of_the_rooms_items_or_none() -> None:
    def complete(at: VideoStage) -> None:
        room = room_of(at)
        assert ask(at, room).allow
        assert [i.key.sk for i in rooms.rooms_of(at.stage.services, PARTNER.tenant, at.stage.id)]
        assert at.stage.services.store.get(rooms.open_key(room))

    crashes = crash_everywhere(
        VideoStage, lambda at: store_of(at.stage), lambda at: enter(at, at.stage.doctor), complete
    )
    assert crashes == 2


def test_an_extension_reaches_the_room_and_every_end_ends_it() -> None:
    at = VideoStage()
    enter(at, at.stage.doctor)
    room = room_of(at)
    at.cluster.alive[room] = None
    later = START + timedelta(minutes=75)
    limit.extend(at.stage.services, at.stage.doctor, at.stage.id, Extend(until=later))
    settle(at)
    assert at.cluster.alive == {room: later}
    assert ask(at, room).ends_at == later
    at.stage.world.clock.now = later
    limit.due(at.stage.services, PARTNER.tenant, at.stage.id, 1)
    settle(at)
    settle(at)
    assert at.cluster.alive == {}


def test_a_cancelled_consult_leaves_no_room() -> None:
    at = VideoStage(opened())
    enter(at, at.stage.doctor)
    at.cluster.alive[room_of(at)] = None
    presence.announce(at.stage.services, at.stage.patient, at.stage.id, Announce())
    consults.cancel(at.stage.services, call(PARTNER), at.stage.id, Cancel())
    settle(at)
    assert at.cluster.alive == {}


def test_ending_a_room_is_repeated_until_the_server_answers() -> None:
    at = VideoStage()
    enter(at, at.stage.doctor)
    room = room_of(at)
    at.cluster.alive[room] = None
    finishing.finish(at.stage.services, at.stage.doctor, at.stage.id, Finish())
    at.cluster.down = True
    for _ in range(2):
        with pytest.raises(Unavailable):
            settle(at)
    at.cluster.down = False
    settle(at)
    assert at.cluster.alive == {}


def test_the_practitioner_falls_back_to_direct_and_the_failed_room_ends() -> None:
    at = VideoStage()
    enter(at, at.stage.doctor)
    room = room_of(at)
    at.cluster.alive[room] = None
    with pytest.raises(Forbidden):
        provider.fall_back(at.stage.services, at.video, at.stage.patient, at.stage.id)
    for _ in range(2):
        moved = provider.fall_back(at.stage.services, at.video, at.stage.doctor, at.stage.id)
        assert moved.provider == "direct"
    assert at.stage.event_types().count("video_fallback") == 1
    patient = provider.enter(at.stage.services, at.video, at.stage.patient, at.stage.id)
    assert patient.provider == "direct"
    settle(at)
    assert at.cluster.alive == {}
    assert ask(at, room).reason == "moved"
    state = repository.state_of(at.stage.services, PARTNER.tenant, at.stage.id)
    assert state.status == "in_progress"


def test_falling_back_announces_itself_wherever_the_process_dies() -> None:
    def entered() -> VideoStage:
        at = VideoStage()
        enter(at, at.stage.doctor)
        return at

    def check(at: VideoStage) -> None:
        assert at.stage.event_types().count("video_fallback") == 1

    crashes = crash_everywhere(
        entered,
        lambda at: store_of(at.stage),
        lambda at: provider.fall_back(at.stage.services, at.video, at.stage.doctor, at.stage.id),
        check,
    )
    assert crashes == 2
