"""A check of the trail finds what was done to it, however often its workers die on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.trail_checks import TrailCheck, TrailCheckStatus
from schemas.trail_checks import TrailFaultKind as FaultKind
from telesalud.platform.access import Caller, Role
from telesalud.platform.aws import lambdas
from telesalud.platform.aws.backend import AwsBackend
from telesalud.platform.errors import Forbidden
from telesalud.platform.events import Event
from telesalud.platform.memory.files import MemoryArchive
from telesalud.platform.ports.archive import Archive
from telesalud.platform.settings import Settings
from telesalud.platform.store import Store
from telesalud.platform.trail import asking, walking, working
from telesalud.platform.trail.chain import marker_key, seal
from telesalud.platform.trail.checks import MOST_FAULTS, STALLED_AFTER, Checking, Checks, Job, Phase
from telesalud.platform.trail.digests import prefix_of, write_digests
from telesalud.platform.trail.verifying import DIGEST_WITHIN
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash, MemoryStore
from tests.worlds.trails import (
    TAMPERINGS,
    Trail,
    at,
    cut_back,
    entry_of_link,
)
from tests.worlds.world import TENANT, call, partner, user

AUDITOR = user(Role.AUDITOR, subject="auditor-1")
CONTEXT = "consults"


@dataclass(slots=True)
class Office(Trail):
    """A trail with an auditor who asks for checks of it."""

    archive: MemoryArchive = field(default_factory=MemoryArchive)
    seconds: float = 0.0
    """How long each look at the worker's own clock says that a step took."""
    elapsed: float = 0.0

    def ask(self, caller: Caller = AUDITOR, key: str = "") -> TrailCheck:
        return asking.ask(Checks(CONTEXT, self.services), call(caller, key=key))

    def latest(self) -> TrailCheck:
        found = asking.latest(Checks(CONTEXT, self.services), call(AUDITOR)).check
        assert found is not None
        return found

    def announced(self) -> list[Event]:
        wanted = f"{CONTEXT}.audit_check_requested"
        return [event for event in self.events() if event.type == wanted]

    def checking(self) -> Checking:
        return Checking(CONTEXT, self.services, self.archive, self._monotonic)

    def work(self) -> None:
        """Do what has been announced, and what that announces."""
        done = 0
        while len(self.announced()) > done:
            working.on_event(self.checking(), self.announced()[done])
            done += 1

    def checked(self) -> TrailCheck:
        self.ask()
        self.work()
        return self.latest()

    def digest(self) -> None:
        write_digests(self.store, self.archive, self.clock, CONTEXT)

    def _monotonic(self) -> float:
        self.elapsed += self.seconds
        return self.elapsed


def office(count: int = 7, links: int = 3) -> Office:
    made = Office()
    made.sealed(count, links)
    return made


def kinds(check: TrailCheck) -> set[FaultKind]:
    return {fault.kind for fault in check.faults}


def test_a_sound_trail_is_told_with_its_counts_and_what_is_anchored() -> None:
    place = office()
    place.digest()
    place.clock.advance(hours=1)
    asked = place.ask()
    assert (asked.status, asked.percent) == (TrailCheckStatus.RUNNING, 0)
    place.work()
    found = place.latest()
    assert (found.status, found.percent, found.faults) == (TrailCheckStatus.DONE, 100, ())
    assert (found.links, found.entries, found.digests) == (3, 21, 1)
    assert found.anchored_link == 3
    assert found.sealed_until is not None
    assert found.anchored_until is not None
    assert found.anchored_until >= found.sealed_until


def test_only_an_auditor_checks_or_reads_a_check() -> None:
    place = office()
    others = [Role.ADMINISTRATOR, Role.PHYSICIAN, Role.NURSE, Role.FRONT_DESK]
    callers = [*(user(role) for role in others), user(), partner("patients.read")]
    for caller in callers:
        with pytest.raises(Forbidden):
            place.ask(caller)
        with pytest.raises(Forbidden):
            asking.latest(Checks(CONTEXT, place.services), call(caller))
    assert place.announced() == []


def test_nobody_sees_the_check_of_another_institution() -> None:
    place = office()
    place.ask()
    theirs = call(user(Role.AUDITOR, tenant="clinic-demo"))
    assert asking.latest(Checks(CONTEXT, place.services), theirs).check is None


def test_the_check_itself_is_on_the_trail() -> None:
    place = office()
    place.checked()
    assert place.audited()[-2:] == [
        ("consults.check_trail", TENANT, "done"),
        ("consults.trail_checked", TENANT, "done"),
    ]
    place.store.remove_behind_back(entry_of_link(place.store, 2, 3).key)
    place.checked()
    assert place.audited()[-1] == ("consults.trail_checked", TENANT, "failed")


@pytest.mark.parametrize(("tamper", "expected"), TAMPERINGS)
def test_tampering_shows(tamper: Callable[[MemoryStore], None], expected: FaultKind) -> None:
    place = office()
    tamper(place.store)
    found = place.checked()
    assert expected in kinds(found)
    assert found.fault_count == len(found.faults)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_single_item_can_be_changed_unnoticed(data: st.DataObject) -> None:
    place = office(3, 2)
    place.digest()
    keys = [i.key for prefix in ("AUDIT#", "CHAIN#") for i in place.store.sweep(prefix)]
    item = at(place.store, data.draw(st.sampled_from(keys)))
    name = data.draw(st.sampled_from(sorted(item.attributes)))
    if data.draw(st.booleans()):
        place.store.remove_behind_back(item.key)
    else:
        text = data.draw(st.text(max_size=5).filter(lambda t: t != item.attributes[name]))
        changed = {**item.attributes, name: text}
        place.store.put_behind_back(replace(item, attributes=changed))
    assert place.checked().fault_count > 0


def test_a_chain_cut_back_consistently_shows_against_its_digests() -> None:
    place = office()
    place.digest()
    cut_back(place.store)
    assert kinds(place.checked()) == {FaultKind.TRUNCATED}


def test_a_chain_written_anew_shows_against_its_digests() -> None:
    old = office(3, 1)
    old.digest()
    anew = Office(clock=old.clock, archive=old.archive)
    anew.sealed(4, 1)
    assert kinds(anew.checked()) == {FaultKind.ALTERED}


def test_an_archive_that_stopped_shows() -> None:
    place = office()
    place.digest()
    place.clock.advance(seconds=DIGEST_WITHIN.total_seconds() + 1)
    assert place.checked().fault_count == 0
    place.sealed(1, 1)
    place.clock.advance(seconds=DIGEST_WITHIN.total_seconds() + 1)
    found = place.checked()
    assert (kinds(found), found.faults[0].place) == ({FaultKind.UNARCHIVED}, "link 4")


def test_a_digest_that_cannot_be_read_shows() -> None:
    place = office()
    place.archive.write(prefix_of(CONTEXT, TENANT) + "2026-11-20.json", b"{}")
    place.digest()
    found = place.checked()
    assert (kinds(found), found.digests, found.anchored_link) == ({FaultKind.ALTERED}, 2, 3)


def test_links_sealed_while_the_check_reads_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    place = office()
    real = walking.step

    def step(store: Store, archive: Archive, table: str, tenant: str, job: Job) -> tuple[Job, bool]:
        if job.phase is Phase.LINKS:
            seal(place.store, place.clock, TENANT, place.write(3))
            place.digest()
        return real(store, archive, table, tenant, job)

    monkeypatch.setattr(working, "step", step)
    found = place.checked()
    assert (found.status, found.fault_count, found.links) == (TrailCheckStatus.DONE, 0, 3)
    assert found.anchored_link == 4


def test_a_trail_longer_than_a_step_is_read_whole_in_several_turns() -> None:
    place = office(2, 45)
    for day in range(60):
        place.digest()
        place.clock.advance(days=1)
        if day % 20 == 0:
            place.sealed(1, 1)
    place.seconds = working.TURN
    asked = place.ask()
    working.on_event(place.checking(), place.announced()[0])
    first = place.latest()
    assert (first.status, first.version) == (TrailCheckStatus.RUNNING, asked.version + 2)
    place.work()
    found = place.latest()
    assert (found.links, found.entries, found.digests) == (48, 93, 60)
    assert (found.fault_count, found.anchored_link) == (0, 48)
    assert len(place.announced()) > 4


def test_a_crash_between_any_two_steps_counts_nothing_twice() -> None:
    def begin() -> Office:
        place = office(2, 25)
        place.digest()
        place.ask()
        return place

    def check(place: Office) -> None:
        found = place.latest()
        assert (found.status, found.fault_count) == (TrailCheckStatus.DONE, 0)
        assert (found.links, found.entries, found.digests) == (25, 50, 1)
        ends = [action for action, _, _ in place.audited() if action.endswith("trail_checked")]
        assert len(ends) == 1

    crashes = crash_everywhere(begin, lambda place: place.store, Office.work, check)
    assert crashes >= 5


def test_who_asks_while_a_check_is_under_way_gets_that_one() -> None:
    place = office()
    first = place.ask()
    second = place.ask(user(Role.AUDITOR, subject="auditor-2"), key="second-key")
    assert second.id == first.id
    assert len(place.announced()) == 1
    with pytest.raises(AnsweredBefore) as answered:
        place.ask(user(Role.AUDITOR, subject="auditor-2"), key="second-key")
    assert first.id in answered.value.answer.body


def test_a_check_whose_worker_died_goes_on_when_it_is_asked_for_again() -> None:
    place = office(2, 30)
    first = place.ask()
    place.store.faults.before = 4
    with pytest.raises(Crash):
        place.work()
    stuck = place.latest()
    assert 0 < stuck.links < 30
    place.clock.advance(seconds=STALLED_AFTER.total_seconds() + 1)
    again = place.ask()
    assert (again.id, again.links) == (first.id, stuck.links)
    working.on_event(place.checking(), place.announced()[-1])
    found = place.latest()
    assert (found.status, found.links, found.entries) == (TrailCheckStatus.DONE, 30, 60)


def test_the_worker_of_an_earlier_turn_does_nothing() -> None:
    place = office()
    asked = place.ask()
    working.go_on(place.checking(), TENANT, asked.id, 2)
    working.go_on(place.checking(), TENANT, "another", 1)
    assert place.latest() == asked


def test_a_check_that_always_breaks_off_fails_and_another_may_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = office()
    first = place.ask()

    def broken(*_: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(working, "step", broken)
        for _ in range(working.MOST_ATTEMPTS):
            with pytest.raises(TimeoutError):
                working.on_event(place.checking(), place.announced()[0])
        working.on_event(place.checking(), place.announced()[0])
    assert place.latest().status is TrailCheckStatus.FAILED
    assert place.audited()[-1] == ("consults.trail_checked", TENANT, "failed")
    again = place.ask()
    assert again.id != first.id
    working.on_event(place.checking(), place.announced()[-1])
    assert place.latest().status is TrailCheckStatus.DONE


def test_of_many_faults_the_first_are_told_and_all_are_counted() -> None:
    place = office(30, 1)
    for item in [*place.store.sweep("AUDIT#")]:
        place.store.remove_behind_back(item.key)
    found = place.checked()
    assert (len(found.faults), found.fault_count) == (MOST_FAULTS, 30)


def test_an_institution_without_any_trail_is_sound() -> None:
    place = Office()
    found = place.checked()
    assert (found.fault_count, found.links, found.sealed_until) == (0, 0, None)


def test_a_lost_mark_shows() -> None:
    place = office()
    entry = entry_of_link(place.store, 2, 3).key
    place.store.remove_behind_back(marker_key(entry))
    assert kinds(place.checked()) == {FaultKind.ALTERED}


def test_the_function_that_seals_checks_when_the_bus_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "STAGE": "test",
        "CONTEXT": CONTEXT,
        "TABLE": CONTEXT,
        "DATA_KEY": "k",
        "ORIGIN": "http://localhost",
        "DIGESTS_BUCKET": "digests",
    }.items():
        monkeypatch.setenv(f"TELESALUD_{name}", value)
    place = office()
    place.ask()
    [event] = place.announced()
    envelope = {"detail-type": event.type, "detail": event.model_dump(mode="json")}
    monkeypatch.setattr(AwsBackend, "archive", lambda *_: place.archive)
    lambdas.seal_audit(envelope, Settings.load(), place.services)
    assert place.latest().status is TrailCheckStatus.DONE
    assert place.archive.kept == {}


def test_what_was_never_written_is_not_invented() -> None:
    """The audit entries of other tenants are not part of the check."""
    place = office()
    theirs = place.write(2, tenant="clinic-demo")
    seal(place.store, place.clock, "clinic-demo", theirs)
    place.store.remove_behind_back(theirs[0].key)
    found = place.checked()
    assert (found.entries, found.fault_count) == (21, 0)
