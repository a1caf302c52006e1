"""What is known of a person and of a place reaches every measurement, and is kept in versions."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.agendas import SiteFact
from schemas.measuring import (
    CircumstancesBody,
    Gestation,
    MeasuringRulesBody,
    OwnRange,
    Pregnancy,
)
from schemas.patients import Sex
from schemas.vitals import Given, VitalsBody, VitalsSet
from telesalud.patients.measurements import circumstances, recording, rules
from telesalud.patients.measurements.sites import follow_site
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid, NotFound, StaleVersion
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import DOCTOR, Ward, doctor, person
from tests.worlds.world import START, TENANT

TODAY = START.date()
SITE = "01900000-0000-7000-a000-000000000001"
ONE = "01900000-0000-7000-a000-000000000002"
UNITS = {"systolic": "mm[Hg]", "diastolic": "mm[Hg]", "oxygen_saturation": "%", "weight": "kg"}


def pregnancy(weeks: int, **changes: Any) -> Pregnancy:
    due = TODAY + timedelta(days=280 - weeks * 7)
    fields: dict[str, Any] = {"id": ONE, "due_on": due, "dated_by": "ultrasound"}
    return Pregnancy(**(fields | changes))


def keep(ward: Ward, version: int = 0, **body: Any) -> None:
    circumstances.put(ward.services, ward.by(), ward.patient, CircumstancesBody(**body), version)


def measure(ward: Ward, more: dict[str, Any] | None = None, **values: str) -> VitalsSet:
    given = {n: Given(value=Decimal(v), unit=UNITS[n]) for n, v in values.items()}
    fields: dict[str, Any] = {"measured_at": START, "values": given} | (more or {})
    return recording.record(ward.services, ward.by(), ward.patient, VitalsBody(**fields))


def test_a_recorded_pregnancy_makes_severe_hypertension_critical() -> None:
    ward = Ward()
    assert measure(ward, systolic="165", diastolic="108").findings[0].interpretation == "H"
    keep(ward, pregnancies=(pregnancy(31),))
    made = measure(ward, systolic="165", diastolic="108")
    assert (made.findings[0].interpretation, made.findings[0].grade) == ("HH", "pregnancy-severe")
    assert made.gestation_days == 31 * 7


def test_today_is_counted_in_weeks_and_days() -> None:
    ward = Ward()
    keep(ward, pregnancies=(pregnancy(20),))
    found = circumstances.read(ward.services, ward.by(), ward.patient)
    assert found.current is not None
    assert (found.current.weeks, found.current.days, found.version) == (20, 0, 1)


def test_six_weeks_after_a_birth_its_ranges_apply_and_then_no_more() -> None:
    for days, grade in ((40, "pregnancy-severe"), (43, "grade-2")):
        ward = Ward()
        ended = TODAY - timedelta(days=days)
        keep(ward, pregnancies=(pregnancy(42, ended_on=ended, outcome="birth"),))
        assert measure(ward, systolic="165", diastolic="100").findings[0].grade == grade


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_on": TODAY + timedelta(days=290)}, "due_on"),
        ({"due_on": date(1950, 1, 1), "ended_on": TODAY, "outcome": "birth"}, "due_on"),
        ({"due_on": TODAY - timedelta(days=60)}, "ended_on"),
        ({"ended_on": TODAY + timedelta(days=9), "outcome": "birth"}, "ended_on"),
        ({"dated_by": "menstruation", "menstruation_on": TODAY - timedelta(days=20)}, "due_on"),
    ],
)
def test_days_of_a_pregnancy_that_do_not_fit_each_other_are_refused(
    changes: dict[str, Any], field: str
) -> None:
    ward = Ward()
    with pytest.raises(Invalid) as refused:
        keep(ward, pregnancies=(pregnancy(20, **changes),))
    assert f"/pregnancies/0/{field}" in {fault.pointer for fault in refused.value.fields}


def test_only_one_pregnancy_goes_on_at_a_time() -> None:
    other = pregnancy(22, id=SITE)
    with pytest.raises(ValueError, match="only one pregnancy"):
        CircumstancesBody(pregnancies=(pregnancy(20), other))


def test_two_who_write_at_once_do_not_overwrite_each_other() -> None:
    ward = Ward()
    keep(ward, oxygen_scale=2)
    for version in (0, 2):
        with pytest.raises(StaleVersion):
            keep(ward, version=version, oxygen_scale=1)
    keep(ward, version=1, oxygen_scale=1)
    assert circumstances.read(ward.services, ward.by(), ward.patient).version == 2


def test_a_preterm_birth_corrects_growth() -> None:
    ward = Ward()
    born = TODAY - timedelta(days=90)
    ward.patient = register(ward.world, subject=DOCTOR, birth_date=born, sex=Sex.MALE).id
    keep(ward, gestation_at_birth=Gestation(weeks=30))
    [growth] = measure(ward, weight="3.9").growth
    assert (growth.age_days, growth.standard) == (20, "who")
    assert abs(growth.z_score) < 1.5


def test_the_altitude_of_the_site_decides_and_the_newest_word_of_it_counts() -> None:
    ward = Ward()
    fact = SiteFact(site_id=SITE, zone="America/Lima", altitude_m=3827)
    follow_site(ward.services, TENANT, fact, 2)
    follow_site(ward.services, TENANT, SiteFact(site_id=SITE, zone="UTC", altitude_m=5), 1)
    follow_site(ward.services, TENANT, fact, 2)
    made = measure(ward, {"site": SITE}, oxygen_saturation="88")
    assert (made.findings[0].interpretation, made.altitude_m, made.site) == ("N", 3827, SITE)
    assert measure(ward, oxygen_saturation="88").findings[0].interpretation == "LL"


def test_the_altitude_is_that_of_the_encounters_site() -> None:
    ward = Ward()
    follow_site(ward.services, TENANT, SiteFact(site_id=SITE, zone="UTC", altitude_m=3827), 1)
    encounter = ward.begin(site=SITE).id
    made = measure(ward, {"encounter": encounter}, oxygen_saturation="88")
    assert (made.altitude_m, made.site) == (3827, SITE)


def test_an_altitude_that_was_given_comes_first_and_the_institutions_last() -> None:
    ward = Ward()
    administrator = ward.by(person(DOCTOR, Role.ADMINISTRATOR))
    rules.put(ward.services, administrator, MeasuringRulesBody(altitude_m=2750), 0)
    assert measure(ward, oxygen_saturation="91").altitude_m == 2750
    follow_site(ward.services, TENANT, SiteFact(site_id=SITE, zone="UTC", altitude_m=3827), 1)
    assert measure(ward, {"site": SITE}, oxygen_saturation="91").altitude_m == 3827
    home = {"site": SITE, "altitude_m": 4100}
    assert measure(ward, home, oxygen_saturation="91").altitude_m == 4100


def test_the_day_is_the_sites() -> None:
    ward = Ward()
    follow_site(ward.services, TENANT, SiteFact(site_id=SITE, zone="Pacific/Kiritimati"), 1)
    born = TODAY - timedelta(days=90)
    ward.patient = register(ward.world, subject=DOCTOR, birth_date=born, sex=Sex.MALE).id
    assert measure(ward, {"site": SITE}, weight="6").growth[0].age_days == 91
    assert measure(ward, weight="6").growth[0].age_days == 90


def test_an_institutions_ranges_reach_its_measurements_with_their_source() -> None:
    ward = Ward()
    own = OwnRange(vital="oxygen_saturation", low=Decimal(80), source="Norma Demostración")
    administrator = ward.by(person(DOCTOR, Role.ADMINISTRATOR))
    kept = rules.put(ward.services, administrator, MeasuringRulesBody(ranges=(own,)), 0)
    assert kept.version == 1
    [finding] = measure(ward, oxygen_saturation="82").findings
    assert (finding.interpretation, finding.source) == ("N", "Norma Demostración")
    with pytest.raises(StaleVersion):
        rules.put(ward.services, administrator, MeasuringRulesBody(), 0)


def test_clinicians_do_not_change_the_institutions_ranges() -> None:
    ward = Ward()
    with pytest.raises(Forbidden):
        rules.put(ward.services, ward.by(), MeasuringRulesBody(), 0)


def test_limits_that_nobody_reaches_and_limits_out_of_order_are_refused() -> None:
    ward = Ward()
    own = OwnRange(vital="pulse", high=Decimal(900), source="Error")
    administrator = ward.by(person(DOCTOR, Role.ADMINISTRATOR))
    with pytest.raises(Invalid):
        rules.put(ward.services, administrator, MeasuringRulesBody(ranges=(own,)), 0)
    with pytest.raises(ValueError, match="limits rise"):
        OwnRange(vital="pulse", low=Decimal(90), high=Decimal(60), source="Error")


def test_circumstances_of_another_institution_do_not_exist() -> None:
    ward = Ward()
    stranger = ward.by(doctor("clinic-two"))
    with pytest.raises(NotFound):
        circumstances.read(ward.services, stranger, ward.patient)
    with pytest.raises(NotFound):
        circumstances.put(ward.services, stranger, ward.patient, CircumstancesBody(), 0)


def test_a_pressure_that_could_not_be_taken_is_kept_with_its_reason() -> None:
    ward = Ward()
    body = VitalsBody.model_validate_json(
        '{"measured_at": "2026-11-21T11:00:00Z", "not_measured": {"systolic": "undetectable"}}'
    )
    made = recording.record(ward.services, ward.by(), ward.patient, body)
    assert [(one.vital, one.reason) for one in made.not_measured] == [("systolic", "undetectable")]
    assert made.findings == ()
    with pytest.raises(ValueError, match="at once"):
        VitalsBody.model_validate_json(
            '{"measured_at": "2026-11-21T11:00:00Z", "not_measured": {"pulse": "declined"},'
            ' "values": {"pulse": {"value": 80, "unit": "/min"}}}'
        )
    with pytest.raises(ValueError, match="at least one"):
        VitalsBody.model_validate_json('{"measured_at": "2026-11-21T11:00:00Z"}')


def test_news2_is_kept_with_the_set_by_the_scale_that_was_decided() -> None:
    ward = Ward()
    keep(ward, oxygen_scale=2)
    body = VitalsBody.model_validate_json(
        '{"measured_at": "2026-11-21T11:00:00Z", "consciousness": "alert", "values": {'
        '"pulse": {"value": 80, "unit": "/min"}, "respiration": {"value": 16, "unit": "/min"},'
        '"temperature": {"value": 37, "unit": "Cel"}, "systolic": {"value": 120, "unit": "mm[Hg]"},'
        '"oxygen_saturation": {"value": 97, "unit": "%"},'
        '"oxygen_flow": {"value": 10, "unit": "L/min"}}}'
    )
    [score] = recording.record(ward.services, ward.by(), ward.patient, body).scores
    assert (score.value, score.scale, score.band) == (5, 2, "medium")
    assert score.parts["oxygen"] == 2
