"""Logging in: what is proved, what is refused, what is never told."""

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from schemas import identity as contract
from telesalud.identity import account, authentication, repository, sessions, users
from telesalud.identity.attempts import ACCOUNT, SOURCE_FAILURES, SOURCE_SPAN
from telesalud.identity.errors import (
    EnrolmentRequired,
    LogInRefused,
    PasswordChangeRequired,
    SecondFactorRequired,
)
from telesalud.identity.passwords import Hasher, check_new
from telesalud.identity.stored import Device
from telesalud.platform.access import Role
from telesalud.platform.errors import Conflict, Invalid, TooMany
from telesalud.platform.tokens import TokenVerifier
from tests.support.crashes import crash_everywhere
from tests.worlds.identity.clinic import (
    ANYBODY,
    DEVICE,
    OTHER_PASSWORD,
    PASSWORD,
    Clinic,
    Person,
)
from tests.worlds.identity.clinic import SOURCE as ADDRESS
from tests.worlds.tokens import Jwks, our_issuer
from tests.worlds.world import TENANT, call


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


@pytest.fixture
def nurse(clinic: Clinic) -> Person:
    return clinic.hire("enfermera.uno", Role.NURSE)


def attempt(
    clinic: Clinic, person: Person, device: Device = DEVICE, **changes: str | None
) -> type[Exception] | None:
    """The class of the refusal, None for a session."""
    try:
        if device is DEVICE:
            clinic.log_in(person, **changes)
        else:
            sessions.log_in(clinic.services, ANYBODY, person.log_in(**changes), device)
    except (LogInRefused, SecondFactorRequired, TooMany, PasswordChangeRequired) as error:
        return type(error)
    return None


def test_a_session_proves_the_user_with_his_roles(clinic: Clinic, nurse: Person) -> None:
    issued = clinic.log_in(nurse)
    verifier = TokenVerifier([our_issuer()], Jwks([clinic.signer]), clinic.world.clock)
    caller = verifier.caller(issued.access_token)
    assert (caller.tenant, caller.subject, caller.roles) == (
        TENANT,
        nurse.id,
        frozenset({Role.NURSE}),
    )
    assert caller.session == issued.session.id
    assert clinic.world.audited()[-1] == ("identity.log_in", nurse.id, "done")


@pytest.mark.parametrize("name", ["ENFERMERA.UNO", " enfermera.uno ", "enfermera\uff0euno"])
def test_a_user_name_is_found_however_it_is_typed(clinic: Clinic, nurse: Person, name: str) -> None:
    assert attempt(clinic, nurse, user_name=name) is None


@pytest.mark.parametrize(
    "change",
    [
        {"password": OTHER_PASSWORD},
        {"password": PASSWORD + " "},
        {"user_name": "nobody.here"},
        {"tenant": "another-hospital"},
    ],
)
def test_whatever_is_wrong_the_refusal_is_the_same(
    clinic: Clinic, nurse: Person, change: dict[str, Any]
) -> None:
    with pytest.raises(LogInRefused) as caught:
        clinic.log_in(nurse, **change)
    assert caught.value.detail == LogInRefused.title
    assert dict(caught.value.extra) == {}


def work_of(clinic: Clinic, person: Person, **changes: str | None) -> tuple[int, int, int]:
    """(argon2 runs, reads, writes) of a refused attempt in a warm process."""
    services = clinic.services
    command = person.log_in(**changes)
    results = []
    for _ in range(2):
        trips = clinic.world.store.trips
        before = clinic.hasher.calls, trips.reads, trips.writes
        with pytest.raises(LogInRefused):
            sessions.log_in(services, ANYBODY, command, DEVICE)
        after = clinic.hasher.calls, trips.reads, trips.writes
        results.append(tuple(b - a for a, b in zip(before, after, strict=True)))
    runs, reads, writes = results[1]
    return runs, reads, writes


def test_refusing_costs_the_same_work_whether_or_not_the_name_exists(
    clinic: Clinic, nurse: Person
) -> None:
    disabled = clinic.hire("enfermera.dos", Role.NURSE)
    update = contract.UserUpdate(
        display_name="Persona Demostración", roles=("nurse",), active=False, language="es"
    )
    admin = call(clinic.administrator.caller)
    users.update(clinic.services, admin, disabled.id, 1, update)
    enrolled = clinic.hire("enfermera.tres", Role.NURSE)
    clinic.enrol(enrolled)
    known = work_of(clinic, nurse, password=OTHER_PASSWORD)
    assert known == work_of(clinic, nurse, user_name="nobody.here")
    assert known == work_of(clinic, disabled)
    assert known == work_of(clinic, enrolled, second_factor="000000")
    assert known == (1, 3, 2)


def test_an_unknown_institution_costs_a_password_verification_too(
    clinic: Clinic, nurse: Person
) -> None:
    assert work_of(clinic, nurse, tenant="another-hospital")[0] == 1
    assert not any(change.key.pk.startswith("KEY#another") for change in clinic.world.store.changes)


def test_a_decoy_hash_has_the_shape_of_a_real_one(clinic: Clinic) -> None:
    hasher = Hasher(memory_kib=8, passes=1, lanes=1)
    assert [len(part) for part in hasher.decoy.split("$")] == [
        len(part) for part in hasher.hash("x").split("$")
    ]
    assert not hasher.verify("", "x")


NEW_PLACE = Device(user_agent="", source="203.0.113.99")
"""From where nobody has logged in yet."""


def guess(clinic: Clinic, person: Person, device: Device = NEW_PLACE) -> None:
    """As many failures as an address may have, each on another name."""
    for number in range(SOURCE_FAILURES):
        attempt(clinic, person, device, user_name=f"nobody.{number}")


class TestLockout:
    def test_delays_grow_exponentially_and_end_at_a_cap(self) -> None:
        delays = [ACCOUNT.delay(n).total_seconds() for n in range(1, 99)]
        assert delays[:9] == [0, 0, 0, 0, 15, 30, 60, 120, 240]
        assert delays[-1] == 3600
        assert ACCOUNT.delay(100) == timedelta(days=30)

    @pytest.mark.parametrize("name", ["enfermera.uno", "nobody.here"])
    def test_after_five_failures_known_and_unknown_names_must_wait(
        self, clinic: Clinic, nurse: Person, name: str
    ) -> None:
        for _ in range(5):
            assert attempt(clinic, nurse, user_name=name, password="wrong") is LogInRefused
        with pytest.raises(TooMany) as caught:
            clinic.log_in(nurse, user_name=name)
        assert caught.value.retry_after == 16

    def test_waiting_and_the_right_password_clear_the_count(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        for _ in range(5):
            attempt(clinic, nurse, password="wrong")
        clinic.world.clock.advance(seconds=16)
        assert attempt(clinic, nurse) is None
        for _ in range(4):
            assert attempt(clinic, nurse, password="wrong") is LogInRefused
        assert attempt(clinic, nurse) is None

    def test_guesses_sent_at_once_are_each_counted_first(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        """A guess that read the count before another one wrote it does not get to guess."""
        rivals = iter([True])

        def rival(_: object) -> None:
            if next(rivals, False):
                assert attempt(clinic, nurse, password="wrong") is LogInRefused

        clinic.world.store.before_transact = rival
        calls = clinic.hasher.calls
        with pytest.raises(TooMany):
            clinic.log_in(nurse)
        assert clinic.hasher.calls == calls + 1  # the rival's

    def test_an_attacker_who_knows_the_password_cannot_clear_the_count_of_codes(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        clinic.enrol(nurse)
        for _ in range(5):
            wrong = "000000" if clinic.code(nurse) != "000000" else "000001"
            assert attempt(clinic, nurse, second_factor=wrong) is LogInRefused
            seen = attempt(clinic, nurse, second_factor=None)
            assert seen in (SecondFactorRequired, TooMany)
        assert attempt(clinic, nurse) is TooMany

    def test_one_source_cannot_try_many_names_for_ever(self, clinic: Clinic, nurse: Person) -> None:
        guess(clinic, nurse)
        calls = clinic.hasher.calls
        assert attempt(clinic, nurse, NEW_PLACE) is TooMany
        assert clinic.hasher.calls == calls + 1, "as long as for an account that may go on"
        elsewhere = Device(user_agent="", source="198.51.100.9")
        sessions.log_in(clinic.services, ANYBODY, nurse.log_in(), elsewhere)

    def test_a_hospital_works_while_somebody_in_it_guesses(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        """Who has logged in from its address before; the guessing of their passwords goes on to
        cost them as anywhere."""
        assert attempt(clinic, nurse, NEW_PLACE) is None
        guess(clinic, nurse)
        assert attempt(clinic, nurse, NEW_PLACE, user_name="nobody.at.all") is TooMany
        for _ in range(60):
            assert attempt(clinic, nurse, NEW_PLACE) is None
        for _ in range(5):
            refused = attempt(clinic, nurse, NEW_PLACE, password="wrong")
            assert refused is TooMany, "and nobody learns who was here before"
        assert attempt(clinic, nurse, NEW_PLACE) is TooMany

    def test_a_one_time_code_is_taken_at_an_address_that_is_guessed_at(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        """Nobody guesses 100 bits: the code gets in, and its owner has then been there."""
        guess(clinic, nurse)
        admin = call(clinic.administrator.caller)
        code = users.reset(clinic.services, admin, nurse.id, contract.ResetUser()).code
        given = {"tenant": TENANT, "user_name": nurse.user_name, "new_password": OTHER_PASSWORD}
        wrong = contract.RedeemCode(code="0" * len(code), **given)
        right = contract.RedeemCode(code=code, **given)
        with pytest.raises(TooMany):
            account.redeem_code(clinic.services, ANYBODY, wrong, NEW_PLACE.source)
        account.redeem_code(clinic.services, ANYBODY, right, NEW_PLACE.source)
        assert attempt(clinic, nurse, NEW_PLACE, password=OTHER_PASSWORD) is None

    def test_a_guessed_at_address_is_forgiven_by_and_by(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        """A rate, not a count: whoever waits as told gets in, and a day's slips are no attack."""
        guess(clinic, nurse)
        with pytest.raises(TooMany) as caught:
            sessions.log_in(clinic.services, ANYBODY, nurse.log_in(), NEW_PLACE)
        clinic.world.clock.advance(seconds=caught.value.retry_after)
        assert attempt(clinic, nurse, NEW_PLACE, user_name="nobody.at.all") is LogInRefused
        clinic.world.clock.advance(seconds=2 * SOURCE_SPAN.total_seconds())
        for number in range(300):
            assert attempt(clinic, nurse, NEW_PLACE, user_name=f"slip.{number}") is LogInRefused
            clinic.world.clock.advance(minutes=1)
        assert attempt(clinic, nurse, NEW_PLACE) is None

    def test_people_who_log_in_do_not_use_up_their_hospitals_address(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        for _ in range(SOURCE_FAILURES + 10):
            assert attempt(clinic, nurse) is None

    def test_an_administrators_reset_lifts_the_lockout(self, clinic: Clinic, nurse: Person) -> None:
        for _ in range(5):
            attempt(clinic, nurse, password="wrong")
        admin = call(clinic.administrator.caller)
        code = users.reset(clinic.services, admin, nurse.id, contract.ResetUser())
        clinic.redeem(nurse.user_name, code.code, OTHER_PASSWORD)
        assert attempt(clinic, nurse, password=OTHER_PASSWORD) is None


class TestExpiry:
    def test_an_expired_password_opens_no_session_but_can_be_changed(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        clinic.world.clock.advance(days=181)
        with pytest.raises(PasswordChangeRequired):
            clinic.log_in(nurse)
        change(clinic, nurse, OTHER_PASSWORD)
        assert attempt(clinic, nurse, password=OTHER_PASSWORD) is None

    def test_being_sent_to_change_the_password_is_no_failed_attempt(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        clinic.world.clock.advance(days=181)
        for _ in range(20):
            assert attempt(clinic, nurse) is PasswordChangeRequired

    def test_an_institution_may_let_passwords_live(self) -> None:
        clinic = Clinic(password_days=0)
        nurse = clinic.hire("enfermera.uno", Role.NURSE)
        clinic.world.clock.advance(days=4000)
        assert attempt(clinic, nurse) is None


def change(clinic: Clinic, person: Person, new: str, **changes: str | None) -> None:
    given = {"tenant": TENANT, "user_name": person.user_name, "password": person.password}
    command = contract.ChangePassword.model_validate({**given, "new_password": new, **changes})
    account.change_password(clinic.services, ANYBODY, command, ADDRESS)


class TestNewPasswords:
    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("Corta-77", "too_short"),
            ("hospital-demo-1", "too_easy"),
            ("enfermera.uno.2026", "too_easy"),
            ("Persona Demostración", "too_easy"),
            ("bienvenido2026", "too_easy"),
            ("contraseña12345", "too_easy"),
            ("qwertyuiop123", "too_easy"),
            ("aaaaaaaaaaaaaaaaaaaa", "too_easy"),
            (PASSWORD, "used_before"),
        ],
    )
    def test_a_weak_or_used_password_is_refused_with_the_reason(
        self, clinic: Clinic, nurse: Person, password: str, code: str
    ) -> None:
        with pytest.raises(Invalid) as caught:
            change(clinic, nurse, password)
        assert [(f.pointer, f.code) for f in caught.value.fields] == [("/new_password", code)]
        assert attempt(clinic, nurse) is None

    @pytest.mark.parametrize(
        "password",
        [
            OTHER_PASSWORD,
            "ñandú volcán tetera 9",
            "四川飯店の静かな朝ごはん",
            "el barco azul cruza la niebla mientras el farero guarda su tetera y su violín",
        ],
    )
    def test_strong_passwords_of_any_script_and_length_are_taken(
        self, clinic: Clinic, nurse: Person, password: str
    ) -> None:
        change(clinic, nurse, password)
        assert attempt(clinic, nurse, password=password) is None

    @pytest.mark.parametrize(
        "password",
        [
            "4@8({[<369&0$5+7%2/!|1" * 6,
            "".join(chr(33 + n * 37 % 94) for n in range(128)),
            "1990-12-31" * 12,
            "aA1!" * 32,
            "ﷺ" * 128,
            "qwertyuiop" * 12,
        ],
    )
    def test_any_password_is_judged_in_a_moment(self, password: str) -> None:
        began = time.process_time()
        with suppress(Invalid):
            check_new(password, Hasher(8, 1, 1), (), ("enfermera.uno", "Persona Demostración"))
        assert time.process_time() - began < 1.5

    def test_an_easy_beginning_does_not_spoil_a_good_end(self) -> None:
        hasher = Hasher(8, 1, 1)
        check_new("contraseña contraseña " + "barco azul, tetera y violín", hasher, (), ())
        with pytest.raises(Invalid):
            check_new("contraseña" * 10, hasher, (), ())

    def test_the_last_five_passwords_may_not_come_back(self, clinic: Clinic, nurse: Person) -> None:
        earlier = nurse.password
        for number in range(5):
            new = f"{number}-Lluvia-Norte-Barco-{number}"
            change(clinic, nurse, new, password=earlier)
            earlier = new
        change(clinic, nurse, PASSWORD, password=earlier)
        assert attempt(clinic, nurse) is None

    def test_changing_the_password_ends_every_session(self, clinic: Clinic, nurse: Person) -> None:
        clinic.log_in(nurse)
        change(clinic, nurse, OTHER_PASSWORD)
        assert sessions.listed(clinic.services, call(nurse.caller)).items == ()

    def test_a_composed_and_a_decomposed_letter_are_the_same_password(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        change(clinic, nurse, "Lluvia-Nandu\u0301-31-Barco")
        assert attempt(clinic, nurse, password="Lluvia-Nand\u00fa-31-Barco") is None

    def test_a_hash_with_outdated_parameters_is_renewed_at_log_in(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        before = stored(clinic, nurse)
        clinic.hasher = Hasher(memory_kib=16, passes=1, lanes=1)
        assert attempt(clinic, nurse) is None
        assert "m=8," in before
        assert "m=16," in stored(clinic, nurse)
        assert attempt(clinic, nurse) is None


def stored(clinic: Clinic, person: Person) -> str:
    """The hash of the person's password."""
    _, credentials = repository.load_account(clinic.services.core, TENANT, person.id)
    return credentials.secrets.password


class TestSecondFactor:
    def test_an_enrolled_user_needs_a_code(self, clinic: Clinic, nurse: Person) -> None:
        clinic.enrol(nurse)
        assert attempt(clinic, nurse, second_factor=None) is SecondFactorRequired
        assert attempt(clinic, nurse) is None

    @pytest.mark.parametrize(
        ("steps", "accepted"), [(-2, False), (-1, True), (1, True), (2, False)]
    )
    def test_a_code_is_good_for_one_step_around_now(
        self, clinic: Clinic, nurse: Person, steps: int, accepted: bool
    ) -> None:
        clinic.enrol(nurse)
        clinic.world.clock.advance(minutes=5)
        code = clinic.code(nurse, steps)
        assert (attempt(clinic, nurse, second_factor=code) is None) is accepted

    def test_a_code_works_once(self, clinic: Clinic, nurse: Person) -> None:
        clinic.enrol(nurse)
        code = clinic.code(nurse)
        assert attempt(clinic, nurse, second_factor=code) is None
        assert attempt(clinic, nurse, second_factor=code) is LogInRefused

    def test_the_code_that_confirmed_the_enrolment_is_used_up(
        self, clinic: Clinic, nurse: Person
    ) -> None:
        clinic.enrol(nurse)
        assert attempt(clinic, nurse, second_factor=clinic.code(nurse, -1)) is LogInRefused

    def test_of_two_uses_at_once_only_one_succeeds(self, clinic: Clinic, nurse: Person) -> None:
        clinic.enrol(nurse)
        code = clinic.code(nurse)
        racing = iter([False, True])  # not at the counting, but at the session's transaction
        rivals: list[type[Exception] | None] = []

        def rival(_: object) -> None:
            if next(racing, False):
                clinic.world.store.before_transact = None
                rivals.append(attempt(clinic, nurse, second_factor=code))

        clinic.world.store.before_transact = rival
        with pytest.raises(Conflict):
            clinic.log_in(nurse, second_factor=code)
        assert rivals == [None]
        assert len(sessions.listed(clinic.services, call(nurse.caller)).items) == 1

    def test_a_recovery_code_replaces_the_app_once(self, clinic: Clinic, nurse: Person) -> None:
        clinic.enrol(nurse)
        code = nurse.recovery[3]
        assert attempt(clinic, nurse, second_factor=code.lower()) is None
        assert attempt(clinic, nurse, second_factor=code) is LogInRefused
        assert sessions.me(clinic.services, call(nurse.caller)).recovery_codes_left == 9

    def test_a_new_app_needs_a_code_of_the_old_one(self, clinic: Clinic, nurse: Person) -> None:
        clinic.enrol(nurse)
        alone = contract.Credentials(
            tenant=TENANT, user_name=nurse.user_name, password=nurse.password
        )
        with pytest.raises(SecondFactorRequired):
            account.start_enrolment(clinic.services, ANYBODY, alone, ADDRESS)
        both = alone.model_copy(update={"second_factor": clinic.code(nurse)})
        account.start_enrolment(clinic.services, ANYBODY, both, ADDRESS)
        clinic.world.clock.advance(minutes=1)
        assert attempt(clinic, nurse) is None  # the old app works until the new one is confirmed

    def test_an_unconfirmed_enrolment_expires(self, clinic: Clinic, nurse: Person) -> None:
        proof_ = contract.Credentials(
            tenant=TENANT, user_name=nurse.user_name, password=nurse.password
        )
        enrolment = account.start_enrolment(clinic.services, ANYBODY, proof_, ADDRESS)
        nurse.secret = enrolment.secret
        clinic.world.clock.advance(minutes=15)
        command = contract.ConfirmEnrolment(
            tenant=TENANT,
            user_name=nurse.user_name,
            password=nurse.password,
            code=clinic.code(nurse),
        )
        with pytest.raises(Conflict):
            account.confirm_enrolment(clinic.services, ANYBODY, command, ADDRESS)

    def test_a_wrong_confirmation_enrols_nothing(self, clinic: Clinic, nurse: Person) -> None:
        proof_ = contract.Credentials(
            tenant=TENANT, user_name=nurse.user_name, password=nurse.password
        )
        account.start_enrolment(clinic.services, ANYBODY, proof_, ADDRESS)
        command = contract.ConfirmEnrolment(
            tenant=TENANT, user_name=nurse.user_name, password=nurse.password, code="000000"
        )
        with pytest.raises(LogInRefused):
            account.confirm_enrolment(clinic.services, ANYBODY, command, ADDRESS)
        assert attempt(clinic, nurse) is None

    def test_a_role_that_needs_an_app_opens_no_session_without(self) -> None:
        clinic = Clinic(second_factor_roles=("administrator",))
        with pytest.raises(EnrolmentRequired):
            clinic.log_in(clinic.administrator)
        clinic.enrol(clinic.administrator)
        assert attempt(clinic, clinic.administrator) is None

    def test_the_uri_is_what_authenticator_apps_read(self, clinic: Clinic, nurse: Person) -> None:
        proof_ = contract.Credentials(
            tenant=TENANT, user_name=nurse.user_name, password=nurse.password
        )
        enrolment = account.start_enrolment(clinic.services, ANYBODY, proof_, ADDRESS)
        assert enrolment.uri.startswith("otpauth://totp/Telesalud:enfermera.uno%40hospital-demo?")
        assert f"secret={enrolment.secret}" in enrolment.uri


def test_nothing_about_a_person_is_stored_in_clear(clinic: Clinic, nurse: Person) -> None:
    clinic.enrol(nurse)
    clinic.log_in(nurse)
    attempt(clinic, nurse, user_name="another.name", password="wrong")
    written = repr([change.new for change in clinic.world.store.changes]).lower()
    for secret in ("enfermera", "admin.demo", "persona", "203.0.113", "test browser", "another.na"):
        assert secret not in written
    for secret in (nurse.secret, nurse.recovery[0], PASSWORD, "$argon2id$"):
        assert secret.lower() not in written


def test_a_log_in_that_dies_anywhere_leaves_nothing_or_a_whole_session() -> None:
    people: dict[int, Person] = {}

    def make() -> Clinic:
        clinic = Clinic()
        people[id(clinic)] = clinic.hire("enfermera.uno", Role.NURSE)
        return clinic

    def act(clinic: Clinic) -> None:
        clinic.log_in(people[id(clinic)])

    def check(clinic: Clinic) -> None:
        person = people[id(clinic)]
        listed = sessions.listed(clinic.services, call(person.caller)).items
        audited = [entry for entry in clinic.world.audited() if entry[0] == "identity.log_in"]
        assert len(listed) == len(audited) >= 1
        assert attempt(clinic, person) is None

    assert crash_everywhere(make, lambda clinic: clinic.world.store, act, check) == 4


def test_refusals_are_audited_under_the_user_or_as_unknown(clinic: Clinic, nurse: Person) -> None:
    attempt(clinic, nurse, password="wrong")
    attempt(clinic, nurse, user_name="nobody.here")
    assert clinic.world.audited()[-2:] == [
        ("identity.log_in", nurse.id, "denied"),
        ("identity.log_in", authentication.UNKNOWN, "denied"),
    ]
