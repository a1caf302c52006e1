"""A patient's plan is read from their chart, with what speaks against vaccines in it."""

from datetime import date
from typing import Any

import pytest

from schemas import chart as c
from schemas.care import RelationKind
from schemas.encounters import Sensitivity
from schemas.immunization import ImmunizationPlan, PlannedSeries
from schemas.measuring import CircumstancesBody, Pregnancy
from schemas.terminology import CountryProfileBody
from telesalud.patients import country
from telesalud.patients.chart import entries
from telesalud.patients.immunization import reading
from telesalud.patients.measurements import circumstances
from telesalud.patients.people.relations import TREATED_FOR, granted
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, STRANGER, Ward, person
from tests.worlds.world import START, TENANT, call, user

TODAY = START.date()


@pytest.fixture
def ward() -> Ward:
    ward = Ward()
    body = CountryProfileBody(country="PE", icd10=False, retention_years=20)
    administrator = call(user(Role.ADMINISTRATOR))
    country.put_profile(ward.services, administrator, body, 0)
    ward.patient = register(
        ward.world, subject=DOCTOR, birth_date=TODAY.replace(year=TODAY.year - 2)
    ).id
    return ward


def give(ward: Ward, code: str, **fields: Any) -> c.Immunization:
    body = {"text": "Vacuna de demostración", "codes": (code,), "given_on": TODAY}
    made = entries.record(
        ward.services, ward.by(), ward.patient, c.ImmunizationBody.model_validate(body | fields)
    )
    assert isinstance(made, c.Immunization)
    return made


def read(ward: Ward, subject: str = DOCTOR) -> ImmunizationPlan:
    return reading.read_plan(ward.services, ward.by(person(subject, Role.PHYSICIAN)), ward.patient)


def series(plan: ImmunizationPlan, name: str) -> PlannedSeries:
    return next(one for one in plan.series if one.id == name)


def test_a_dose_that_is_recorded_is_done_in_the_plan(ward: Ward) -> None:
    before = read(ward)
    assert before.schedule is not None
    assert before.schedule.country == "PE"
    made = give(ward, "cvx:03")
    after = read(ward)
    dose = series(after, "measles").doses[0]
    assert (dose.status, dose.entry, dose.given_on) == ("done", made.id, TODAY.isoformat())
    assert after.late < before.late


def test_reading_a_plan_leaves_an_entry_in_the_trail(ward: Ward) -> None:
    read(ward)
    assert ward.world.audited()[-1] == ("patients.read_immunization_plan", ward.patient, "done")


def test_who_does_not_treat_the_patient_sees_no_plan(ward: Ward) -> None:
    with pytest.raises(Forbidden):
        read(ward, STRANGER)


def test_without_a_country_nothing_is_claimed() -> None:
    ward = Ward()
    plan = read(ward)
    assert (plan.schedule, plan.series, plan.not_checked) == (None, (), ("no_schedule",))


def test_a_vaccination_without_a_code_is_said_not_to_count(ward: Ward) -> None:
    made = give(ward, "cvx:999")
    assert read(ward).uncounted == (made.id,)


def test_a_pregnancy_bars_live_vaccines_and_asks_for_others(ward: Ward) -> None:
    ward.patient = register(ward.world, subject=DOCTOR, birth_date=date(1995, 1, 1)).id
    due = date.fromordinal(TODAY.toordinal() + 100)
    pregnancy = Pregnancy(
        id="01900000-0000-7000-8000-00000000000a", due_on=due, dated_by="ultrasound"
    )
    body = CircumstancesBody(pregnancies=(pregnancy,))
    circumstances.put(ward.services, ward.by(), ward.patient, body, 0)
    plan = read(ward)
    assert series(plan, "tdap-pregnancy").doses[0].status == "due"
    fever = series(plan, "yellow_fever")
    assert [one.reason for one in fever.objections] == ["pregnant"]
    assert fever.doses[0].status == "barred"


def test_an_allergy_and_a_serious_reaction_speak_against_the_next_dose(ward: Ward) -> None:
    allergy = c.AllergyBody(text="Gelatina", codes=("group:gelatin",))
    entries.record(ward.services, ward.by(), ward.patient, allergy)
    reaction = c.Reaction(text="Convulsión de demostración", serious=True)
    give(ward, "cvx:198", reaction=reaction)
    plan = read(ward)
    assert [one.text for one in series(plan, "measles").objections] == ["Gelatina"]
    assert [one.reason for one in series(plan, "hib").objections] == ["reaction"]


def test_what_may_not_be_seen_still_protects_and_is_not_told(ward: Ward) -> None:
    hidden = c.ProblemBody(
        text="Diagnóstico reservado de demostración",
        diagnoses=(c.DiagnosisGiven(code="1C62.Z"),),
        sensitivity=(Sensitivity.HIV,),
    )
    entries.record(ward.services, ward.by(), ward.patient, hidden)
    until = ward.world.clock() + TREATED_FOR
    team = granted(TENANT, ward.patient, COLLEAGUE, RelationKind.TEAM, until)
    ward.services.store.transact([team])
    [objection] = series(read(ward, COLLEAGUE), "measles").objections
    assert (objection.reason, objection.entry, objection.text) == ("withheld", None, "")


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"given_on": date.fromordinal(TODAY.toordinal() + 2)}, "/given_on", "in-future"),
        ({"given_on": "1990"}, "/given_on", "before-birth"),
        ({"expires_on": date(2000, 1, 1)}, "/expires_on", "expired"),
        ({"reason": "no desea"}, "/reason", "was-given"),
        (
            {"status": c.EventStatus.NOT_DONE, "reaction": c.Reaction(text="x")},
            "/reaction",
            "not-given",
        ),
        (
            {"reaction": c.Reaction(text="x", began_on=date(2000, 1, 1))},
            "/reaction/began_on",
            "before-dose",
        ),
    ],
)
def test_a_dose_that_cannot_be_is_refused(
    ward: Ward, fields: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give(ward, "cvx:03", **fields)
    assert [(fault.pointer, fault.code) for fault in refused.value.fields] == [(pointer, code)]


def test_the_same_dose_again_is_asked_about_and_kept_when_confirmed(ward: Ward) -> None:
    first = give(ward, "cvx:18")
    with pytest.raises(Invalid) as asked:
        give(ward, "cvx:18")
    [fault] = asked.value.fields
    assert (fault.code, fault.params["entry"]) == ("duplicate", first.id)
    assert give(ward, "cvx:18", confirm_not_duplicate=True).id != first.id
    month = f"{TODAY:%Y-%m}"
    with pytest.raises(Invalid):
        give(ward, "cvx:18", given_on=month)


def test_a_dose_known_by_its_month_only_stays_so(ward: Ward) -> None:
    month = f"{TODAY:%Y-%m}"
    made = give(ward, "cvx:03", given_on=month, primary_source=False)
    assert made.given_on == month
    assert series(read(ward), "measles").doses[0].given_on == month


def test_nothing_is_planned_for_the_dead() -> None:
    ward = Ward()
    body = CountryProfileBody(country="BR", icd10=False, retention_years=20)
    country.put_profile(ward.services, call(user(Role.ADMINISTRATOR)), body, 0)
    ward.patient = register(
        ward.world, subject=DOCTOR, deceased_on=TODAY, confirm_not_duplicate=True
    ).id
    plan = read(ward)
    assert (plan.series, plan.not_checked) == ((), ("deceased",))
