"""Refresh tokens: rotation, lost answers, races, reuse."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from schemas import identity as contract
from telesalud.identity import refreshing, sessions, users
from telesalud.identity.errors import GrantRefused
from telesalud.identity.policy import REFRESH_GRACE
from telesalud.platform.access import Role
from telesalud.platform.tokens import TokenVerifier
from tests.support.crashes import crash_everywhere
from tests.worlds.identity.clinic import ANYBODY, Clinic, Person
from tests.worlds.tokens import Jwks, our_issuer
from tests.worlds.world import call

GRACE_SECONDS = REFRESH_GRACE.total_seconds()


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


@pytest.fixture
def nurse(clinic: Clinic) -> Person:
    return clinic.hire("enfermera.uno", Role.NURSE)


def refresh(clinic: Clinic, token: str) -> str:
    return refreshing.refresh(clinic.services, ANYBODY, token).refresh_token


def refused(clinic: Clinic, token: str) -> bool:
    try:
        refresh(clinic, token)
    except GrantRefused:
        return True
    return False


def test_each_refresh_gives_another_token_and_a_valid_access_token(
    clinic: Clinic, nurse: Person
) -> None:
    issued = clinic.log_in(nurse)
    seen = {issued.refresh_token}
    for _ in range(5):
        clinic.world.clock.advance(minutes=9)
        issued = refreshing.refresh(clinic.services, ANYBODY, issued.refresh_token)
        verifier = TokenVerifier([our_issuer()], Jwks([clinic.signer]), clinic.world.clock)
        assert verifier.caller(issued.access_token).session == issued.session.id
        seen.add(issued.refresh_token)
    assert len(seen) == 6
    assert all(len(token) >= 43 for token in seen)


def test_a_client_whose_answer_got_lost_gets_the_same_successor(
    clinic: Clinic, nurse: Person
) -> None:
    first = clinic.log_in(nurse).refresh_token
    second = refresh(clinic, first)
    clinic.world.clock.advance(seconds=GRACE_SECONDS - 1)
    assert refresh(clinic, first) == second
    assert not refused(clinic, second)


def test_a_used_token_after_the_grace_revokes_the_family_and_is_audited(
    clinic: Clinic, nurse: Person
) -> None:
    first = clinic.log_in(nurse).refresh_token
    third = refresh(clinic, refresh(clinic, first))
    clinic.world.clock.advance(seconds=GRACE_SECONDS)
    assert refused(clinic, first)
    assert refused(clinic, third)
    assert clinic.world.audited()[-1] == ("identity.refresh", nurse.id, "denied")
    assert sessions.listed(clinic.services, call(nurse.caller)).items == ()


def test_tabs_that_race_end_up_with_the_newest_token(clinic: Clinic, nurse: Person) -> None:
    first = clinic.log_in(nurse).refresh_token
    newest = first
    for _ in range(4):
        newest = refresh(clinic, newest)
        clinic.world.clock.advance(seconds=5)
    assert refresh(clinic, first) == newest
    assert not refused(clinic, newest)
    assert ("identity.refresh", nurse.id, "denied") not in clinic.world.audited()


def test_a_laptop_that_slept_before_it_read_the_answer_goes_on(
    clinic: Clinic, nurse: Person
) -> None:
    first = clinic.log_in(nurse).refresh_token
    second = refresh(clinic, first)
    clinic.world.clock.advance(minutes=50)
    assert refresh(clinic, first) == second
    third = refresh(clinic, second)
    clinic.world.clock.advance(minutes=50)
    assert refresh(clinic, second) == third
    assert ("identity.refresh", nurse.id, "denied") not in clinic.world.audited()


def test_a_laptop_that_slept_too_long_signs_in_again_without_an_alarm(
    clinic: Clinic, nurse: Person
) -> None:
    first = clinic.log_in(nurse).refresh_token
    refresh(clinic, first)
    clinic.world.clock.advance(hours=2)
    assert refused(clinic, first)
    assert ("identity.refresh", nurse.id, "denied") not in clinic.world.audited()


def test_who_stole_a_token_is_found_out_when_its_owner_refreshes(
    clinic: Clinic, nurse: Person
) -> None:
    """The thief has the token whose answer got lost, and uses its successor before the owner."""
    first = clinic.log_in(nurse).refresh_token
    owners = refresh(clinic, first)
    clinic.world.clock.advance(minutes=5)
    assert refresh(clinic, first) == owners
    thiefs = refresh(clinic, owners)
    clinic.world.clock.advance(minutes=5)
    refresh(clinic, thiefs)
    assert refused(clinic, owners)
    assert refused(clinic, thiefs)
    assert clinic.world.audited()[-1][0] == "identity.refresh"


def test_reuse_ends_only_the_family_it_belongs_to(clinic: Clinic, nurse: Person) -> None:
    stolen, other = clinic.log_in(nurse).refresh_token, clinic.log_in(nurse).refresh_token
    refresh(clinic, refresh(clinic, stolen))
    clinic.world.clock.advance(minutes=1)
    assert refused(clinic, stolen)
    assert not refused(clinic, other)


def test_two_refreshes_at_once_get_the_same_successor(clinic: Clinic, nurse: Person) -> None:
    token = clinic.log_in(nurse).refresh_token
    rivals: list[str] = []

    def rival(_: object) -> None:
        clinic.world.store.before_transact = None
        rivals.append(refresh(clinic, token))

    clinic.world.store.before_transact = rival
    mine = refresh(clinic, token)
    assert rivals == [mine]
    assert not refused(clinic, mine)


def test_a_refresh_that_dies_anywhere_is_simply_repeated() -> None:
    tokens: dict[int, str] = {}

    def make() -> Clinic:
        clinic = Clinic()
        tokens[id(clinic)] = clinic.log_in(clinic.hire("uno.uno", Role.NURSE)).refresh_token
        return clinic

    def act(clinic: Clinic) -> None:
        refresh(clinic, tokens[id(clinic)])

    def check(clinic: Clinic) -> None:
        assert not refused(clinic, refresh(clinic, tokens[id(clinic)]))

    assert crash_everywhere(make, lambda clinic: clinic.world.store, act, check) == 2


def disable(clinic: Clinic, person: Person) -> None:
    update = contract.UserUpdate(
        display_name="Persona Demostración", roles=("nurse",), active=False, language="es"
    )
    users.update(clinic.services, call(clinic.administrator.caller), person.id, 1, update)


def reset(clinic: Clinic, person: Person) -> None:
    admin = call(clinic.administrator.caller)
    users.reset(clinic.services, admin, person.id, contract.ResetUser())


def revoke(clinic: Clinic, person: Person) -> None:
    for view in sessions.listed(clinic.services, call(person.caller)).items:
        sessions.revoke(clinic.services, call(person.caller), view.id)


@pytest.mark.parametrize("event", [disable, reset, revoke])
def test_a_session_ends_with_its_user(
    clinic: Clinic, nurse: Person, event: Callable[[Clinic, Person], None]
) -> None:
    token = clinic.log_in(nurse).refresh_token
    event(clinic, nurse)
    assert refused(clinic, token)


def test_enabling_a_user_again_does_not_bring_his_sessions_back(
    clinic: Clinic, nurse: Person
) -> None:
    token = clinic.log_in(nurse).refresh_token
    disable(clinic, nurse)
    update = contract.UserUpdate(
        display_name="Persona Demostración", roles=("nurse",), active=True, language="es"
    )
    users.update(clinic.services, call(clinic.administrator.caller), nurse.id, 2, update)
    assert refused(clinic, token)


def test_a_session_ends_when_idle_and_at_the_end_of_the_shift(
    clinic: Clinic, nurse: Person
) -> None:
    idle, busy = clinic.log_in(nurse).refresh_token, clinic.log_in(nurse).refresh_token
    for _ in range(13):
        clinic.world.clock.advance(minutes=55)
        busy = refresh(clinic, busy)
    assert refused(clinic, idle)
    clinic.world.clock.advance(minutes=5)
    assert refused(clinic, busy)


def test_changed_roles_are_in_the_next_access_token(clinic: Clinic, nurse: Person) -> None:
    token = clinic.log_in(nurse).refresh_token
    update = contract.UserUpdate(
        display_name="Persona Demostración", roles=("auditor",), active=True, language="es"
    )
    users.update(clinic.services, call(clinic.administrator.caller), nurse.id, 1, update)
    issued = refreshing.refresh(clinic.services, ANYBODY, token)
    verifier = TokenVerifier([our_issuer()], Jwks([clinic.signer]), clinic.world.clock)
    assert verifier.caller(issued.access_token).roles == {Role.AUDITOR}


@pytest.mark.parametrize("token", ["", "unknown", "x" * 200, "\u00e9"])
def test_an_unknown_token_is_refused_and_ends_nothing(
    clinic: Clinic, nurse: Person, token: str
) -> None:
    mine = clinic.log_in(nurse).refresh_token
    assert refused(clinic, token)
    refreshing.end(clinic.services, ANYBODY, token)
    assert not refused(clinic, mine)


def test_logging_out_twice_is_no_error_and_audited_once(clinic: Clinic, nurse: Person) -> None:
    token = clinic.log_in(nurse).refresh_token
    for _ in range(2):
        refreshing.end(clinic.services, ANYBODY, token)
    assert refused(clinic, token)
    assert clinic.world.audited().count(("identity.log_out", nurse.id, "done")) == 1


class Family(RuleBasedStateMachine):
    """Against a model: each session is alive or dead; a token is current, just used, or old."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.clinic = Clinic()
        self.nurse = self.clinic.hire("enfermera.uno", Role.NURSE)
        self.current: dict[int, str] = {}
        """Of each session that should be alive: the token that was given out last."""
        self.used: dict[str, tuple[str, float]] = {}
        """Token to its successor and the moment of its use."""
        self.used_at: dict[int, float] = {}
        self.began: dict[int, float] = {}
        self.number = 0

    @property
    def now(self) -> float:
        return self.clinic.world.clock().timestamp()

    def dead(self, session: int) -> bool:
        idle = self.now >= self.used_at[session] + 3600
        return session not in self.current or idle or self.now >= self.began[session] + 12 * 3600

    @rule(target=tokens)
    def log_in(self) -> tuple[int, str]:
        token = self.clinic.log_in(self.nurse).refresh_token
        self.number += 1
        self.current[self.number] = token
        self.began[self.number] = self.used_at[self.number] = self.now
        return self.number, token

    @rule(target=tokens, held=tokens)
    def present(self, held: tuple[int, str]) -> tuple[int, str]:
        session, token = held
        if self.dead(session):
            assert refused(self.clinic, token)
            return held
        if token == self.current[session]:
            successor = refresh(self.clinic, token)
            assert successor not in self.used
            self.used[token] = successor, self.now
            self.current[session], self.used_at[session] = successor, self.now
            return session, successor
        successor, used_at = self.used[token]
        if successor == self.current[session] or self.now < used_at + GRACE_SECONDS:
            assert refresh(self.clinic, token) == self.current[session]
            return session, self.current[session]
        assert refused(self.clinic, token)
        del self.current[session]
        return held

    @rule(held=consumes(tokens))
    def log_out(self, held: tuple[int, str]) -> None:
        session, token = held
        refreshing.end(self.clinic.services, ANYBODY, token)
        self.current.pop(session, None)

    @rule(seconds=st.sampled_from([1, 29, 30, 31, 600, 3599, 3600, 20_000]))
    def wait(self, seconds: int) -> None:
        self.clinic.world.clock.advance(seconds=seconds)

    @invariant()
    def the_list_shows_the_living(self) -> None:
        if self.number:
            listed = sessions.listed(self.clinic.services, call(self.nurse.caller)).items
            assert len(listed) == sum(not self.dead(number) for number in self.began)


Family.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestFamily = Family.TestCase
