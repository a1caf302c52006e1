"""Creation, links, window, waiting room, limit and finish."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from schemas.consult_content import Finish, NoteDraft
from schemas.consult_sessions import Announce, Exchange, Extend
from schemas.consults import (
    Cancel,
    ConsultQuery,
    ConsultStatus,
    DeviceCheck,
    EndCause,
    Reissue,
    Reschedule,
)
from telesalud.consults.content import notes
from telesalud.consults.errors import (
    ConsultEnded,
    LinkRevoked,
    LinkUsed,
    NotOpenYet,
    SessionRevoked,
    Superseded,
)
from telesalud.consults.scheduling import consults, links
from telesalud.consults.visit import finish, limit, presence, sessions
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid, InvalidTransition, NotFound
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import (
    DEVICE,
    ORIGIN,
    PARTNER,
    Stage,
    new_consult,
    opened,
    running,
    store_of,
)
from tests.worlds.world import START, call, partner, user


def status_of(stage: Stage) -> ConsultStatus:
    return consults.get(stage.services, call(PARTNER), stage.id).status


def test_a_consult_opens_ten_minutes_before_and_closes_after_plan_and_grace() -> None:
    created = Stage().create()
    assert created.opens_at == START + timedelta(minutes=20)
    assert created.closes_at == START + timedelta(minutes=60)
    assert created.status is ConsultStatus.SCHEDULED


def test_nothing_that_names_a_person_and_no_secret_is_stored_in_clear() -> None:
    stage = opened()
    everything = repr([change.new for change in stage.world.store.changes])
    for private in (
        "Paciente",
        "Profesional",
        "DOC-0001",
        "appointment-1",
        stage.secret("patient"),
    ):
        assert private not in everything


def test_creating_again_with_the_same_key_gives_the_first_links() -> None:
    stage = Stage()
    first = stage.create()
    with pytest.raises(AnsweredBefore) as again:
        stage.create()
    assert again.value.answer.body == first.model_dump_json()
    assert stage.event_types() == ["consult_created"]


@pytest.mark.parametrize(
    "changes",
    [
        {"start": START - timedelta(minutes=30)},
        {"start": START + timedelta(days=351)},
        {"notification_target": "01900000-0000-7000-8000-000000000009"},
    ],
)
def test_a_consult_that_is_over_too_far_or_notifies_nobody_known_is_refused(
    changes: dict[str, Any],
) -> None:
    stage = Stage()
    with pytest.raises(Invalid):
        stage.create(**changes)
    assert stage.world.events() == []


def test_creating_needs_the_right() -> None:
    stage = Stage()
    for caller in (partner("consults.read"), user(Role.NURSE), user(Role.PHARMACIST)):
        with pytest.raises(Forbidden):
            consults.schedule(stage.services, call(caller), ORIGIN, new_consult())


def test_another_tenant_finds_nothing() -> None:
    stage = running()
    stranger = call(partner("consults.read", "consults.write", tenant="other-hospital"))
    with pytest.raises(NotFound):
        consults.get(stage.services, stranger, stage.id)
    with pytest.raises(NotFound):
        consults.cancel(stage.services, stranger, stage.id, Cancel())
    with pytest.raises(NotFound):
        links.reissue(
            stage.services, stranger, ORIGIN, stage.id, Reissue(participants=("patient",))
        )


def test_the_agenda_lists_by_start_for_tenant_and_practitioner() -> None:
    stage = Stage()
    stage.create()
    query = ConsultQuery(start_from=START, start_until=START + timedelta(days=1))
    mine = query.model_copy(update={"practitioner": "user-1"})
    other = query.model_copy(update={"practitioner": "user-2"})
    asked = call(PARTNER)
    assert [c.id for c in consults.find(stage.services, asked, query).items] == [stage.id]
    assert [c.id for c in consults.find(stage.services, asked, mine).items] == [stage.id]
    assert consults.find(stage.services, asked, other).items == ()
    later = Reschedule(start=START + timedelta(days=3))
    consults.reschedule(stage.services, asked, ORIGIN, stage.id, later)
    assert consults.find(stage.services, asked, query).items == ()


def test_early_arrival_is_told_when_and_keeps_the_link() -> None:
    stage = Stage()
    stage.create()
    with pytest.raises(NotOpenYet) as early:
        stage.enter("patient")
    assert early.value.extra["opens_at"] == "2026-11-21T12:20:00.000Z"
    stage.world.clock.advance(minutes=20)
    assert stage.enter("patient")


def test_late_arrival_is_told_that_it_closed() -> None:
    stage = Stage()
    stage.create()
    stage.world.clock.advance(minutes=60)
    with pytest.raises(ConsultEnded) as late:
        stage.enter("patient")
    assert late.value.extra["closed_at"] == "2026-11-21T13:00:00.000Z"


def test_a_link_works_again_on_its_device_and_nowhere_else() -> None:
    stage = opened()
    stage.enter("patient")
    with pytest.raises(LinkUsed):
        links.exchange(
            stage.services,
            stage.tokens,
            "r",
            Exchange(secret=stage.secret("patient"), device="x" * 22),
        )


def test_an_unknown_secret_is_not_found() -> None:
    with pytest.raises(NotFound):
        links.exchange(
            Stage().services, Stage().tokens, "r", Exchange(secret="s" * 43, device="x" * 22)
        )


def test_two_devices_racing_for_a_link_have_one_winner() -> None:
    stage = Stage()
    stage.create()
    stage.world.clock.advance(minutes=25)
    rival = Exchange(secret=stage.secret("patient"), device="x" * 22)

    def rival_first(_: object) -> None:
        stage.world.store.before_transact = None
        links.exchange(stage.services, stage.tokens, "r", rival)

    stage.world.store.before_transact = rival_first
    with pytest.raises(LinkUsed):
        stage.enter("patient")


def test_reissued_links_end_the_old_link_and_session_of_that_side_only() -> None:
    stage = opened()
    old = stage.secret("patient")
    answer = links.reissue(
        stage.services, call(PARTNER), ORIGIN, stage.id, Reissue(participants=("patient",))
    )
    assert answer.patient_link
    assert answer.practitioner_links == ()
    with pytest.raises(LinkRevoked):
        links.exchange(
            stage.services, stage.tokens, "r", Exchange(secret=old, device=DEVICE["patient"])
        )
    with pytest.raises(SessionRevoked):
        presence.beat(stage.services, stage.patient, stage.id, "poll")
    assert presence.beat(stage.services, stage.doctor, stage.id, "poll")
    new = answer.patient_link.partition("#")[2]
    assert (
        links.exchange(
            stage.services, stage.tokens, "r", Exchange(secret=new, device="n" * 22)
        ).participant
        == "patient"
    )


def test_rescheduling_revokes_everybody_and_starts_over() -> None:
    stage = opened()
    presence.announce(stage.services, stage.patient, stage.id, Announce())
    moved = consults.reschedule(
        stage.services,
        call(PARTNER),
        ORIGIN,
        stage.id,
        Reschedule(start=START + timedelta(minutes=40)),
    )
    assert moved.status is ConsultStatus.SCHEDULED
    for seat in ("patient", "practitioner-1"):
        with pytest.raises(LinkRevoked):
            stage.enter(seat)
        with pytest.raises(SessionRevoked):
            presence.beat(stage.services, stage.calls[seat], stage.id, "poll")
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    assert not limit.due(stage.services, "hospital-demo", stage.id, 2).done


def test_an_older_change_of_the_caller_is_refused() -> None:
    stage = Stage()
    stage.create(external_sequence=3)
    newer = Reschedule(start=START + timedelta(hours=2), external_sequence=5)
    consults.reschedule(stage.services, call(PARTNER), ORIGIN, stage.id, newer)
    with pytest.raises(Superseded):
        consults.cancel(stage.services, call(PARTNER), stage.id, Cancel(external_sequence=4))
    assert status_of(stage) is ConsultStatus.SCHEDULED


def test_cancelling_twice_has_one_effect_and_ends_the_links() -> None:
    stage = opened()
    first = consults.cancel(stage.services, call(PARTNER), stage.id, Cancel(reason="Feriado"))
    assert consults.cancel(stage.services, call(PARTNER), stage.id, Cancel()) == first
    assert stage.event_types().count("cancelled") == 1
    with pytest.raises(ConsultEnded):
        stage.enter("patient")


@pytest.mark.parametrize("act", ["reschedule", "cancel", "admit", "announce", "finish"])
def test_a_transition_that_the_state_does_not_allow_names_both_states(act: str) -> None:
    stage = running()
    later = Reschedule(start=START + timedelta(hours=2))
    acts: dict[str, Callable[[], object]] = {
        "reschedule": lambda: consults.reschedule(
            stage.services, call(PARTNER), ORIGIN, stage.id, later
        ),
        "cancel": lambda: consults.cancel(stage.services, call(PARTNER), stage.id, Cancel()),
    }
    if act in acts:
        with pytest.raises(InvalidTransition) as refused:
            acts[act]()
        assert refused.value.extra["current"] == "in_progress"
        return
    stage = opened()
    acts = {
        "admit": lambda: presence.admit(stage.services, stage.doctor, stage.id),
        "finish": lambda: finish.finish(stage.services, stage.doctor, stage.id, Finish()),
    }
    if act == "announce":
        with pytest.raises(Forbidden):
            presence.announce(stage.services, stage.doctor, stage.id, Announce())
        return
    with pytest.raises(InvalidTransition) as refused:
        acts[act]()
    assert refused.value.extra["current"] == "scheduled"


def test_the_waiting_room_leads_to_the_consultation() -> None:
    stage = opened()
    check = DeviceCheck(camera=True, microphone=True, speaker=False)
    waiting = presence.announce(stage.services, stage.patient, stage.id, Announce(device=check))
    assert waiting.status is ConsultStatus.WAITING
    assert waiting.device == check
    assert consults.get(stage.services, call(PARTNER), stage.id).device == check
    presence.announce(stage.services, stage.patient, stage.id, Announce(device=check))
    with pytest.raises(Forbidden):
        presence.admit(stage.services, stage.patient, stage.id)
    started = presence.admit(stage.services, stage.doctor, stage.id)
    assert started.status is ConsultStatus.IN_PROGRESS
    presence.admit(stage.services, stage.doctor, stage.id)
    assert stage.event_types().count("patient_waiting") == 1
    assert stage.event_types().count("started") == 1


@pytest.mark.parametrize("first", ["patient", "practitioner-1"])
def test_presence_of_both_is_recorded_in_any_order_of_arrival(first: str) -> None:
    stage = opened()
    second = {"patient": "practitioner-1", "practitioner-1": "patient"}[first]
    presence.beat(stage.services, stage.calls[first], stage.id, "channel")
    arrived = stage.world.clock.advance(seconds=20)
    presence.beat(stage.services, stage.calls[second], stage.id, "poll")
    seen = {
        p.participant: p for p in consults.get(stage.services, call(PARTNER), stage.id).participants
    }
    assert seen[first].present
    assert seen[first].present_since == arrived - timedelta(seconds=20)
    assert seen[second].present_since == arrived
    assert sorted(stage.event_types()[1:]) == ["patient_joined", "practitioner_joined"]


def test_a_side_that_stops_beating_left_at_its_last_beat() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    last = stage.world.clock.advance(seconds=20)
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    for _ in range(4):
        stage.world.clock.advance(seconds=10)
        presence.beat(stage.services, stage.doctor, stage.id, "poll")
    view = consults.get(stage.services, call(PARTNER), stage.id)
    assert [p.present for p in view.participants] == [False, True]
    left = [
        change.new
        for change in stage.world.store.changes
        if change.new and change.new.attributes.get("what") == "left"
    ]
    assert [(item.text("cause"), item.text("at")[:19]) for item in left] == [
        ("lease_expired", last.isoformat()[:19])
    ]


def test_beats_close_together_cost_no_write() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    before = stage.world.store.trips.writes
    stage.world.clock.advance(seconds=2)
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    assert stage.world.store.trips.writes == before


def test_the_limit_opens_warns_and_ends() -> None:
    stage = Stage()
    stage.create()
    first = limit.due(stage.services, "hospital-demo", stage.id, 1)
    assert first.next_at == "2026-11-21T12:20:00Z"
    stage.world.clock.advance(minutes=20)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T12:55:00Z"
    for seat in ("patient", "practitioner-1"):
        stage.enter(seat)
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    presence.announce(stage.services, stage.patient, stage.id, Announce())
    presence.admit(stage.services, stage.doctor, stage.id)
    stage.world.clock.advance(minutes=35)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T13:00:00Z"
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T13:00:00Z"
    stage.world.clock.advance(minutes=5)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    view = consults.get(stage.services, call(PARTNER), stage.id)
    assert (view.status, view.end_cause) == (ConsultStatus.FINISHED, EndCause.LIMIT)
    assert not any(p.present for p in view.participants)
    for once in ("opened", "limit_warned", "finished"):
        assert stage.event_types().count(once) == 1


@pytest.mark.parametrize(
    ("came", "status"),
    [
        ((), ConsultStatus.EXPIRED),
        (("practitioner-1",), ConsultStatus.NO_SHOW),
        (("patient",), ConsultStatus.EXPIRED),
    ],
)
def test_an_unstarted_consult_ends_as_no_show_or_expired(
    came: tuple[str, ...], status: ConsultStatus
) -> None:
    stage = opened()
    for seat in came:
        presence.beat(stage.services, stage.calls[seat], stage.id, "poll")
        if seat == "patient":
            presence.announce(stage.services, stage.patient, stage.id, Announce())
    stage.world.clock.advance(minutes=40)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).done
    assert status_of(stage) is status


def test_sessions_stop_at_the_limit_even_when_the_workflow_is_late() -> None:
    stage = running()
    stage.world.clock.advance(minutes=40)
    for seat in ("patient", "practitioner-1"):
        with pytest.raises(ConsultEnded):
            presence.beat(stage.services, stage.calls[seat], stage.id, "poll")
    with pytest.raises(ConsultEnded):
        sessions.renew(stage.services, stage.tokens, stage.patient)


def test_an_extension_moves_the_limit_within_policy_once() -> None:
    stage = running()
    closes = START + timedelta(minutes=60)
    asked = Extend(until=closes + timedelta(minutes=30))
    assert limit.extend(stage.services, stage.doctor, stage.id, asked).closes_at == asked.until
    assert limit.extend(stage.services, stage.doctor, stage.id, asked).extendable_minutes == 0
    with pytest.raises(Invalid):
        limit.extend(
            stage.services, stage.doctor, stage.id, Extend(until=closes + timedelta(minutes=31))
        )
    with pytest.raises(Forbidden):
        limit.extend(stage.services, stage.patient, stage.id, asked)
    stage.world.clock.advance(minutes=35)
    assert limit.due(stage.services, "hospital-demo", stage.id, 1).next_at == "2026-11-21T13:25:00Z"


def test_an_extension_may_be_asked_to_the_millisecond_that_browsers_know() -> None:
    stage = running()
    closes = START + timedelta(minutes=60)
    asked = Extend(until=closes + timedelta(minutes=10, microseconds=-400))
    assert limit.extend(
        stage.services, stage.doctor, stage.id, asked
    ).closes_at == closes + timedelta(minutes=10)
    with pytest.raises(Invalid):
        limit.extend(
            stage.services,
            stage.doctor,
            stage.id,
            Extend(until=closes + timedelta(minutes=10, milliseconds=1)),
        )


def test_finishing_saves_what_is_unsaved_in_the_same_step() -> None:
    stage = running()
    notes.save_note(stage.services, stage.doctor, stage.id, NoteDraft(text="uno", base_version=0))
    done = finish.finish(
        stage.services,
        stage.doctor,
        stage.id,
        Finish(note=NoteDraft(text="uno dos", base_version=1)),
    )
    assert (done.status, done.note_version) == (ConsultStatus.FINISHED, 2)
    note = notes.read_note(stage.services, stage.doctor, stage.id)
    assert (note.text, note.after_end) == ("uno dos", False)


def test_two_finishes_have_one_effect_and_both_texts_are_kept() -> None:
    stage = running()
    one = Finish(note=NoteDraft(text="de la primera pestaña", base_version=0))
    two = Finish(note=NoteDraft(text="de la segunda pestaña", base_version=0))
    first = finish.finish(stage.services, stage.doctor, stage.id, one)
    again = finish.finish(stage.services, stage.doctor, stage.id, one)
    second = finish.finish(stage.services, stage.doctor, stage.id, two)
    third = finish.finish(stage.services, stage.doctor, stage.id, two)
    assert again == first
    assert second.ended_at == first.ended_at
    assert second.note_conflict
    assert third.note_version == second.note_version
    assert notes.read_note(stage.services, stage.doctor, stage.id).text == "de la primera pestaña"
    kept = notes.read_version(stage.services, stage.doctor, stage.id, "2")
    assert (kept.text, kept.after_end) == ("de la segunda pestaña", True)
    assert stage.event_types().count("finished") == 1


def test_a_finish_that_loses_against_the_limit_loses_no_text() -> None:
    stage = running()

    def limit_first(_: object) -> None:
        stage.world.store.before_transact = None
        stage.world.clock.advance(minutes=40)
        limit.due(stage.services, "hospital-demo", stage.id, 1)

    stage.world.store.before_transact = limit_first
    asked = Finish(note=NoteDraft(text="texto sin guardar", base_version=0))
    done = finish.finish(stage.services, stage.doctor, stage.id, asked)
    assert done.end_cause is EndCause.LIMIT
    note = notes.read_note(stage.services, stage.doctor, stage.id)
    assert (note.text, note.after_end) == ("texto sin guardar", True)
    assert stage.event_types().count("finished") == 1
    assert stage.event_types().count("notes_amended") == 1


def test_long_after_the_end_nothing_is_taken_any_more() -> None:
    stage = running()
    finish.finish(stage.services, stage.doctor, stage.id, Finish())
    stage.world.clock.advance(minutes=31)
    asked = Finish(note=NoteDraft(text="demasiado tarde", base_version=0))
    with pytest.raises(ConsultEnded):
        finish.finish(stage.services, stage.doctor, stage.id, asked)


def test_creation_survives_a_crash_at_any_step() -> None:
    def create(stage: Stage) -> None:
        try:
            stage.create()
        except AnsweredBefore:
            return

    def check(stage: Stage) -> None:
        assert stage.event_types() == ["consult_created"]

    assert crash_everywhere(Stage, store_of, create, check) >= 4


@pytest.mark.parametrize("act", ["announce", "admit", "finish", "limit", "cancel", "reschedule"])
def test_every_transition_survives_a_crash_at_any_step(act: str) -> None:
    later = Reschedule(start=START + timedelta(hours=1))
    note = Finish(note=NoteDraft(text="nota", base_version=0))

    def do(stage: Stage) -> None:
        keyed = call(PARTNER, key="some-key-1")
        acts: dict[str, Callable[[], object]] = {
            "announce": lambda: presence.announce(
                stage.services, stage.patient, stage.id, Announce()
            ),
            "admit": lambda: presence.admit(stage.services, stage.doctor, stage.id),
            "finish": lambda: finish.finish(stage.services, stage.doctor, stage.id, note),
            "limit": lambda: limit.due(stage.services, "hospital-demo", stage.id, 1),
            "cancel": lambda: consults.cancel(stage.services, keyed, stage.id, Cancel()),
            "reschedule": lambda: consults.reschedule(
                stage.services, keyed, ORIGIN, stage.id, later
            ),
        }
        try:
            acts[act]()
        except AnsweredBefore:
            return

    def make() -> Stage:
        if act == "admit":
            stage = opened()
            presence.announce(stage.services, stage.patient, stage.id, Announce())
            return stage
        if act == "finish":
            return running()
        if act == "limit":
            stage = running()
            stage.world.clock.advance(minutes=40)
            return stage
        return opened()

    event = {
        "announce": "patient_waiting",
        "admit": "started",
        "finish": "finished",
        "limit": "finished",
        "cancel": "cancelled",
        "reschedule": "rescheduled",
    }[act]

    def check(stage: Stage) -> None:
        assert stage.event_types().count(event) == 1

    assert crash_everywhere(make, store_of, do, check) >= 2


def test_a_disconnect_that_is_told_late_counts_from_the_last_beat() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "channel")
    last = stage.world.clock.now
    stage.world.clock.advance(minutes=3)
    presence.disconnected(stage.services, stage.patient, stage.id)
    written = [c.new for c in stage.world.store.changes if c.new]
    [left] = [item for item in written if item.attributes.get("what") == "left"]
    assert left.text("at")[:19] == last.isoformat()[:19]
