"""The lifecycle as a state machine: whatever happens in whatever order, its promises hold.

Hypothesis plays partner, patient, practitioner, clock, crash and workflow against the use cases on
the memory store, and checks after each step what must hold always.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schemas.consult_content import Finish, NewMessage, NoteDraft
from schemas.consult_sessions import Announce, Extend
from schemas.consults import ENDED, Cancel, ConsultStatus, Reissue, Reschedule
from telesalud.consults.content import chat, finishing, notes
from telesalud.consults.repository import load
from telesalud.consults.scheduling import consults, links
from telesalud.consults.visit import limit, presence
from telesalud.platform.errors import DomainError
from telesalud.platform.work import AnsweredBefore
from tests.support.memory_store import Crash, Faults
from tests.worlds.consults.stage import ORIGIN, PARTNER, opened
from tests.worlds.world import TENANT, call

S = ConsultStatus
ALLOWED = {
    (S.SCHEDULED, S.WAITING),
    (S.SCHEDULED, S.CANCELLED),
    (S.SCHEDULED, S.NO_SHOW),
    (S.SCHEDULED, S.EXPIRED),
    (S.WAITING, S.SCHEDULED),  # by rescheduling
    (S.WAITING, S.IN_PROGRESS),
    (S.WAITING, S.CANCELLED),
    (S.WAITING, S.EXPIRED),
    (S.IN_PROGRESS, S.FINISHED),
}
ENDING = {"finished", "cancelled", "no_show", "expired"}


class Lifecycle(RuleBasedStateMachine):
    """One consult and everybody around it."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = opened()
        self.statuses = [S.SCHEDULED]
        self.texts: set[str] = set()
        self.said = 0

    def attempt(self, act: Callable[[], Any]) -> Any:
        """Do it, or be refused; a refusal is a DomainError and nothing else."""
        try:
            return act()
        except (DomainError, AnsweredBefore):
            return None

    @rule(minutes=st.sampled_from([0.1, 0.2, 0.4, 0.6, 1, 2, 5, 12]))
    def time_passes(self, minutes: float) -> None:
        self.stage.world.clock.advance(minutes=minutes)

    @rule(seat=st.sampled_from(["patient", "practitioner-1"]))
    def enter(self, seat: str) -> None:
        self.attempt(lambda: self.stage.enter(seat))

    @rule(seat=st.sampled_from(["patient", "practitioner-1"]))
    def be_there(self, seat: str) -> None:
        if seat in self.stage.calls:
            who = self.stage.calls[seat]
            self.attempt(lambda: presence.beat(self.stage.services, who, self.stage.id, "poll"))

    @rule(seat=st.sampled_from(["patient", "practitioner-1"]))
    def leave(self, seat: str) -> None:
        if seat in self.stage.calls:
            who = self.stage.calls[seat]
            self.attempt(lambda: presence.disconnected(self.stage.services, who, self.stage.id))

    @rule()
    def announce(self) -> None:
        if "patient" in self.stage.calls:
            self.attempt(
                lambda: presence.announce(
                    self.stage.services, self.stage.patient, self.stage.id, Announce()
                )
            )

    @rule()
    def admit(self) -> None:
        if "practitioner-1" in self.stage.calls:
            self.attempt(
                lambda: presence.admit(self.stage.services, self.stage.doctor, self.stage.id)
            )

    @rule(minutes=st.integers(1, 20))
    def extend(self, minutes: int) -> None:
        if "practitioner-1" in self.stage.calls:
            until = self.consult().state.closes_at + timedelta(minutes=minutes)
            self.attempt(
                lambda: limit.extend(
                    self.stage.services, self.stage.doctor, self.stage.id, Extend(until=until)
                )
            )

    @rule(base=st.integers(0, 3))
    def write_note(self, base: int) -> None:
        if "practitioner-1" not in self.stage.calls:
            return
        text = f"texto {len(self.texts)}"
        draft = NoteDraft(text=text, base_version=base)
        saved = self.attempt(
            lambda: notes.save_note(self.stage.services, self.stage.doctor, self.stage.id, draft)
        )
        if saved:
            self.texts = {text}  # an older autosave may have become part of this step

    @rule(unsaved=st.booleans(), base=st.integers(0, 3))
    def finishing(self, unsaved: bool, base: int) -> None:
        if "practitioner-1" not in self.stage.calls:
            return
        text = f"final {len(self.texts)}-{base}"
        note = NoteDraft(text=text, base_version=base) if unsaved else None
        done = self.attempt(
            lambda: finishing.finish(
                self.stage.services, self.stage.doctor, self.stage.id, Finish(note=note)
            )
        )
        if done and unsaved:
            self.texts = (self.texts if done.note_conflict else set()) | {text}

    @rule()
    def chat(self) -> None:
        if "patient" in self.stage.calls:
            new = NewMessage(
                client_id=f"01900000-0000-7000-8000-{self.said:012d}", text=f"mensaje {self.said}"
            )
            sent = self.attempt(
                lambda: chat.send(self.stage.services, self.stage.patient, self.stage.id, new)
            )
            self.said += bool(sent)

    @rule(dice=st.integers(0, 20), minutes=st.integers(1, 90))
    def partner_interferes(self, dice: int, minutes: int) -> None:
        """Seldom, so that most consults get somewhere."""
        services, asked, consult_id = self.stage.services, call(PARTNER), self.stage.id
        if dice == 18:
            reissued = Reissue(participants=("patient",))
            self.attempt(lambda: links.reissue(services, asked, ORIGIN, consult_id, reissued))
        if dice == 19:
            later = Reschedule(start=self.stage.world.clock.now + timedelta(minutes=minutes))
            moved = self.attempt(
                lambda: consults.reschedule(services, asked, ORIGIN, consult_id, later)
            )
            self.stage.created = moved or self.stage.created
        if dice == 20:
            self.attempt(lambda: consults.cancel(services, asked, consult_id, Cancel()))

    @rule(crash=st.sampled_from(["", "before", "after"]))
    def workflow_asks(self, crash: str) -> None:
        schedule = self.consult().state.schedule
        faults = Faults(before=int(crash == "before"), after=int(crash == "after"))
        self.stage.world.store.faults = faults
        try:
            limit.due(self.stage.services, TENANT, self.stage.id, schedule)
        except Crash:
            limit.due(self.stage.services, TENANT, self.stage.id, schedule)
        finally:
            self.stage.world.store.faults = Faults()

    def consult(self) -> Any:
        return load(self.stage.services, TENANT, self.stage.id).consult

    @invariant()
    def only_allowed_transitions_happen(self) -> None:
        status = self.consult().state.status
        if status is not self.statuses[-1]:
            assert (self.statuses[-1], status) in ALLOWED
            self.statuses.append(status)

    @invariant()
    def it_ends_once_and_nobody_stays(self) -> None:
        endings = [t for t in self.stage.event_types() if t in ENDING]
        state = self.consult().state
        assert len(endings) == (state.status in ENDED)
        if state.ended:
            assert not any(seat.joined_at for seat in state.seats)

    @invariant()
    def every_join_has_its_leave(self) -> None:
        present: dict[str, bool] = {}
        log = self.stage.world.store.query(f"CONSULT#{TENANT}#{self.stage.id}", "LOG#", limit=1000)
        written = [c.new for c in self.stage.world.store.changes if c.key.sk.startswith("LOG#")]
        assert len(written) == len(log.items)
        for item in written:
            assert item
            joined = item.text("what") == "joined"
            assert present.get(item.text("seat"), False) is not joined
            present[item.text("seat")] = joined
        for seat in self.consult().state.seats:
            assert present.get(seat.id, False) is (seat.joined_at is not None)

    @invariant()
    def the_feed_has_every_step(self) -> None:
        pk = f"CONSULT#{TENANT}#{self.stage.id}"
        feed = self.stage.world.store.query(pk, "CHANGE#", limit=1000).items
        assert [i.number("sequence") for i in feed] == list(range(1, self.consult().version + 1))

    @invariant()
    def no_text_and_no_message_is_lost(self) -> None:
        pk = f"CONSULT#{TENANT}#{self.stage.id}"
        assert len(self.stage.world.store.query(pk, "CHAT#", limit=1000).items) == self.said
        consult = self.consult()
        kept = {
            notes.saved_of(self.stage.services.vault, consult, item).text
            for item in self.stage.world.store.query(pk, "NOTE#", limit=1000).items
        }
        assert self.texts <= kept


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
