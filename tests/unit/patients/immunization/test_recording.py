"""Recording a dose: what is asked, what the authority is told, retries and races."""

import threading
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from schemas import chart as c
from schemas.terminology import CountryProfileBody
from telesalud.patients import country
from telesalud.patients.chart import entries
from telesalud.patients.immunization import reading, recording
from telesalud.patients.surveillance import cases
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import DOCTOR, STRANGER, Ward, person
from tests.worlds.world import START, TENANT, call, user

TODAY = START.date()
BORN = TODAY - timedelta(days=200)


def nursery() -> Ward:
    """A ward in Peru whose patient is a child of 200 days."""
    ward = Ward()
    body = CountryProfileBody(country="PE", icd10=False, retention_years=20)
    country.put_profile(ward.services, call(user(Role.ADMINISTRATOR)), body, 0)
    ward.patient = register(ward.world, subject=DOCTOR, birth_date=BORN).id
    return ward


@pytest.fixture
def ward() -> Ward:
    return nursery()


def dose(code: str = "198", **changes: Any) -> c.ImmunizationBody:
    fields = {"text": "Vacuna de demostración", "codes": (f"cvx:{code}",), "given_on": TODAY}
    return c.ImmunizationBody.model_validate(fields | changes)


def record(ward: Ward, body: c.ImmunizationBody, **options: Any) -> c.Immunization:
    made = recording.record(ward.services, ward.by(**options), ward.patient, body)
    assert isinstance(made, c.Immunization)
    return made


def revise(ward: Ward, made: c.Immunization, **changes: Any) -> c.Immunization:
    kept = made.model_dump(include=set(c.Vaccination.model_fields))
    body = c.ImmunizationBody.model_validate(kept | changes)
    where = entries.Where(ward.patient, c.EntryKind.IMMUNIZATION, made.id)
    new = entries.revise(ward.services, ward.by(), where, body, made.version)
    assert isinstance(new, c.Immunization)
    return new


def asked(ward: Ward, body: c.ImmunizationBody) -> list[tuple[str, str, object]]:
    with pytest.raises(Invalid) as refused:
        record(ward, body)
    return [
        (fault.pointer, fault.code, next(iter(fault.params.values())))
        for fault in refused.value.fields
    ]


def counted(ward: Ward, series: str) -> list[str]:
    plan = reading.read_plan(ward.services, ward.by(), ward.patient)
    [found] = [one for one in plan.series if one.id == series]
    return [one.status for one in found.doses]


def test_a_dose_too_soon_is_asked_about_with_the_day_from_which_it_counts(ward: Ward) -> None:
    record(ward, dose(given_on=TODAY - timedelta(days=10)))
    counts_from = (TODAY + timedelta(days=18)).isoformat()
    assert asked(ward, dose()) == [("/given_on", "interval", counts_from)]
    record(ward, dose(confirm_objections=True))
    assert counted(ward, "pertussis")[:2] == ["done", "upcoming"]


def test_a_dose_too_young_and_one_too_near_a_live_one_are_asked_about(ward: Ward) -> None:
    first_birthday = BORN.replace(year=BORN.year + 1).isoformat()
    assert asked(ward, dose("03")) == [("/given_on", "too_young", first_birthday)]
    ward.patient = register(
        ward.world, subject=DOCTOR, birth_date=date(2024, 1, 10), confirm_not_duplicate=True
    ).id
    near = TODAY - timedelta(days=5)
    record(ward, dose("03", given_on=near))
    assert asked(ward, dose("21")) == [
        ("/given_on", "live", (near + timedelta(days=28)).isoformat())
    ]
    ward.patient = register(
        ward.world, subject=DOCTOR, birth_date=date(2024, 2, 10), confirm_not_duplicate=True
    ).id
    record(ward, dose("03"))
    record(ward, dose("21"))


def test_what_the_record_speaks_against_is_asked_about_for_doses_given_here(ward: Ward) -> None:
    medicine = c.MedicationBody(text="Metotrexato", codes=("substance:methotrexate",))
    entries.record(ward.services, ward.by(), ward.patient, medicine)
    assert asked(ward, dose("119", given_on=TODAY)) == [("/codes", "barred", "immunosuppressed")]
    record(ward, dose("119", primary_source=False))
    record(ward, dose("198"))


def test_a_serious_event_reaches_surveillance_and_leaves_it_with_its_dose(ward: Ward) -> None:
    made = record(ward, dose())
    mild = revise(ward, made, reaction=c.Reaction(text="Fiebre de 38"))
    assert (mild.notifiable_since, told(ward)) == (None, [])
    serious = c.Reaction(text="Anafilaxia de demostración", serious=True, began_on=TODAY)
    event = revise(ward, mild, reaction=serious)
    assert event.notifiable_since is not None
    [item] = told(ward)
    owner = cases.owner_of(ward.services.vault, TENANT, item)
    assert (owner.entry, owner.kind) == (made.id, "immunizations")
    again = revise(ward, event, comment="Se recuperó")
    assert again.notifiable_since == event.notifiable_since
    assert len(told(ward)) == 1
    revise(ward, again, status=c.EventStatus.ERROR)
    assert told(ward) == []


def told(ward: Ward) -> list[Any]:
    month = cases.month_partition(TENANT, START.isoformat()[:7])
    return list(ward.services.store.query(month).items)


def test_recording_survives_a_crash_between_any_two_steps() -> None:
    reaction = c.Reaction(text="Anafilaxia de demostración", serious=True)

    def act(ward: Ward) -> None:
        with suppress(AnsweredBefore):
            record(ward, dose(reaction=reaction), key="once")

    def check(ward: Ward) -> None:
        assert counted(ward, "hib")[0] == "done"
        assert len(told(ward)) == 1

    assert crash_everywhere(nursery, lambda ward: ward.world.store, act, check) > 0


def test_of_two_who_record_one_dose_at_the_same_moment_one_is_asked(ward: Ward) -> None:
    barrier, found = threading.Barrier(2), list[object]()

    def run() -> None:
        barrier.wait()
        try:
            found.append(record(ward, dose()))
        except Invalid as refused:
            found.append(refused)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(one, Invalid) for one in found) == [False, True]


def test_nobody_records_without_right_and_relation(ward: Ward) -> None:
    for who in (person(STRANGER, Role.PHYSICIAN), person(DOCTOR, Role.FRONT_DESK)):
        with pytest.raises(Forbidden):
            record(ward, dose(), caller=who)
