"""Unsigned notes and notifiable diagnoses as reports: complete, current, for those who may."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import chart as c
from schemas.activity import ActivityQuery
from schemas.encounters import EncounterBody, EncounterState
from schemas.patients import Address, EncounterStatus
from schemas.reports import NewPatientsReport, ReportScope
from schemas.reports import PatientsReportKind as Kind
from schemas.surveillance import NotifiableEvent, SurveillanceBody, Urgency
from schemas.terminology import CountryProfileBody
from telesalud.patients import activity, country, reports
from telesalud.patients.chart import entries
from telesalud.patients.encounters import signing, writing
from telesalud.patients.encounters.opening import open_encounter
from telesalud.patients.encounters.tasks import unsigned_partition
from telesalud.patients.people import merging
from telesalud.patients.policy import WRITE_RECORD
from telesalud.patients.report_words import WORDS
from telesalud.patients.surveillance import rules
from telesalud.platform.access import Caller, Role
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Forbidden, Invalid, StaleVersion
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.reports import asking
from telesalud.platform.reports.model import Reports
from telesalud.platform.vault import Scope
from tests.worlds.patients.people import dni, register
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, SIGNED, Ward, person
from tests.worlds.reports.running import SmallPages, made
from tests.worlds.world import START, TENANT, call

ADMINISTRATOR = person("administrator-1", Role.ADMINISTRATOR)
DIRECTOR = person("director-1", Role.ADMINISTRATOR, Role.PHYSICIAN)
DENGUE = c.DiagnosisGiven(code="1D20", icd10="A90")


@dataclass
class Office:
    """A ward that asks for reports."""

    ward: Ward = field(default_factory=Ward)
    page: int = 2

    def reports(self) -> Reports:
        """As a cold process has them."""
        services = self.ward.world.services
        services = replace(services, store=SmallPages(services.store, self.page))
        return Reports(
            "patients", services, MemoryBlobs(), reports.DEFINITIONS, WORDS, reports.permit
        )

    def unsigned(self, by: Caller = ADMINISTRATOR, **changes: Any) -> list[dict[str, str]]:
        """Everybody's unsigned notes."""
        kind = Kind.UNSIGNED_NOTES
        return made(self.reports(), call(by), command(kind, **changes), kind.value)

    def notifiable(self, by: Caller = DIRECTOR, **changes: Any) -> list[dict[str, str]]:
        """Everybody's notifiable diagnoses."""
        kind = Kind.NOTIFIABLE_DIAGNOSES
        return made(self.reports(), call(by), command(kind, **changes), kind.value)

    def record(self, *diagnoses: c.DiagnosisGiven, **changes: Any) -> c.Problem:
        """A problem recorded by the doctor."""
        body = problem(diagnoses=diagnoses, **changes)
        made = entries.record(self.ward.services, self.ward.by(), self.ward.patient, body)
        assert isinstance(made, c.Problem)
        return made

    def revise(self, entry: c.Problem, **changes: Any) -> c.Problem:
        """The problem as the doctor changes it."""
        where = entries.Where(self.ward.patient, c.EntryKind.PROBLEM, entry.id)
        body = problem(**changes)
        made = entries.revise(self.ward.services, self.ward.by(), where, body, entry.version)
        assert isinstance(made, c.Problem)
        return made


@pytest.fixture
def office() -> Office:
    return Office()


def problem(**changes: Any) -> c.ProblemBody:
    return c.ProblemBody.model_validate({"text": "Fiebre", "diagnoses": (DENGUE,)} | changes)


def command(kind: Kind, **changes: Any) -> NewPatientsReport:
    """The institution's report of November, in Lima."""
    fields: dict[str, Any] = {
        "kind": kind,
        "scope": ReportScope.INSTITUTION,
        "since": date(2026, 11, 1),
        "until": date(2026, 11, 30),
        "zone": "America/Lima",
        "language": "en",
    }
    return NewPatientsReport.model_validate(fields | changes)


# --- unsigned notes ------------------------------------------------------------------------------


def test_an_encounter_is_listed_until_it_is_signed(office: Office) -> None:
    begun = office.ward.begin()
    [row] = office.unsigned()
    assert row == {
        "Begun": "2026-11-21T06:00-05:00",
        "Days": "0",
        "Practitioners": "Médica Demostración",
        "Patient": "Demostración Uno Paciente",
        "Record": row["Record"],
        "Kind": "ambulatory",
        "Encounter": begun.id,
    }
    assert row["Record"]
    office.ward.signed()
    assert [row["Encounter"] for row in office.unsigned()] == [begun.id]


def test_a_corrected_beginning_moves_the_line(office: Office) -> None:
    begun = office.ward.begin()
    earlier = START - timedelta(days=2)
    fields = {"kind": begun.kind, "started_at": earlier, "reason": "Tos"}
    body = EncounterBody.model_validate(fields)
    writing.correct(office.ward.services, office.ward.by(), begun.id, body, begun.version)
    [row] = office.unsigned()
    assert (row["Begun"], row["Days"]) == ("2026-11-19T07:00-05:00", "2")
    assert len(office.ward.services.store.query(unsigned_partition(TENANT)).items) == 1


def test_old_notes_come_first_over_many_pages(office: Office) -> None:
    expected = []
    for hours in range(7, 0, -1):
        begun = office.ward.begin(started_at=START - timedelta(hours=hours))
        expected.append(begun.id)
    assert [row["Encounter"] for row in office.unsigned()] == expected


def test_a_clinician_gets_his_own_notes(office: Office) -> None:
    office.ward.begin()
    mine = {"scope": ReportScope.MINE}
    assert len(office.unsigned(person(DOCTOR, Role.PHYSICIAN), **mine)) == 1
    assert office.unsigned(person(COLLEAGUE, Role.PHYSICIAN), **mine) == []


def test_a_merged_patients_note_is_under_the_survivors_name(office: Office) -> None:
    office.ward.begin()
    name = {"given": "Otra", "family": "Demostración", "second_family": "Dos"}
    other = register(office.ward.world, name=name, birth_date=date(1990, 1, 2), subject=DOCTOR)
    by = call(person("administrator-1", Role.ADMINISTRATOR))
    merging.merge(office.ward.services, by, other.id, office.ward.patient, other.version)
    assert [row["Patient"] for row in office.unsigned()] == ["Demostración Dos Otra"]


def test_an_encounter_of_another_institution_is_not_listed(office: Office) -> None:
    office.ward.begin()
    assert office.unsigned(replace(ADMINISTRATOR, tenant="another")) == []


# --- notifiable diagnoses ------------------------------------------------------------------------


def test_a_notifiable_diagnosis_is_listed_with_what_the_authority_asks(office: Office) -> None:
    recorded = office.record(DENGUE, onset_on=date(2026, 11, 18))
    assert recorded.notifiable_since == START
    [row] = office.notifiable()
    assert row == {
        "Recorded": "2026-11-21T07:00-05:00",
        "Event": "Dengue",
        "Report": "weekly",
        "Classification": "suspected",
        "Onset": "2026-11-18",
        "ICD-11": "1D20",
        "ICD-10": "A90",
        "Patient": "Demostración Uno Paciente",
        "Record": row["Record"],
        "Document": "",
        "Sex": "female",
        "Age": "46",
        "Residence": "",
    }


@pytest.mark.parametrize("onset", ["2026", "2026-10"])
def test_an_onset_of_which_only_month_or_year_is_known_is_reported_as_such(
    office: Office, onset: str
) -> None:
    office.record(DENGUE, onset_on=onset)
    [row] = office.notifiable()
    assert row["Onset"] == onset


@pytest.mark.parametrize(
    ("given", "event"),
    [
        (c.DiagnosisGiven(code="1F03.0"), "Measles"),
        (c.DiagnosisGiven(code="1B10.0/CA40"), "Tuberculosis"),
        (c.DiagnosisGiven(code="MG26", icd10="B05.9"), "Measles"),
        (c.DiagnosisGiven(code="1C62.0"), "HIV disease"),
    ],
)
def test_blocks_clusters_and_icd10_count(
    office: Office, given: c.DiagnosisGiven, event: str
) -> None:
    office.record(given)
    assert [row["Event"] for row in office.notifiable()] == [event]


@pytest.mark.parametrize("code", ["CA40.0", "8E41", "1F0Z", "BA00"])
def test_other_diagnoses_do_not_count(office: Office, code: str) -> None:
    assert office.record(c.DiagnosisGiven(code=code)).notifiable_since is None
    assert office.notifiable() == []


def test_a_revision_keeps_the_day_and_shows_how_sure_it_is(office: Office) -> None:
    first = office.record()
    assert first.notifiable_since is None
    suspected = office.revise(first)
    office.ward.world.clock.advance(days=1)
    refuted = office.revise(suspected, verification=c.Verification.REFUTED)
    assert refuted.notifiable_since == START
    [row] = office.notifiable()
    assert (row["Classification"], row["Recorded"]) == ("ruled out", "2026-11-21T07:00-05:00")


@pytest.mark.parametrize(
    "changes",
    [
        {"verification": c.Verification.ERROR},
        {"diagnoses": (c.DiagnosisGiven(code="CA40.0"),)},
        {"diagnoses": ()},
    ],
)
def test_what_was_an_error_or_something_else_leaves_the_list(
    office: Office, changes: dict[str, Any]
) -> None:
    office.revise(office.record(DENGUE), **changes)
    assert office.notifiable() == []


def test_months_and_pages_are_walked_through_in_order(office: Office) -> None:
    noted = []
    for _ in range(5):
        office.ward.world.clock.advance(days=5)
        caller = replace(person(DOCTOR, Role.PHYSICIAN), expires=2**40)
        body = problem()
        entries.record(office.ward.services, call(caller), office.ward.patient, body)
        noted.append(office.ward.world.clock.now.date().isoformat())
    span = {"since": date(2026, 11, 1), "until": date(2027, 1, 31)}
    found = office.notifiable(DIRECTOR, **span)
    assert [row["Recorded"][:10] for row in found] == noted
    assert len({day[:7] for day in noted}) == 2


def test_each_case_is_on_its_patients_trail(office: Office) -> None:
    entry = office.record(DENGUE)
    office.notifiable()
    told = [
        change.new.text("resource")
        for change in office.ward.world.store.changes
        if change.new
        and change.new.attributes.get("action") == "patients.report_notifiable_diagnoses"
    ]
    assert [text.partition("/report/")[0] for text in told] == [f"problems/{entry.id}"]


def test_a_clinician_gets_the_cases_that_he_recorded(office: Office) -> None:
    office.record(DENGUE)
    mine = {"scope": ReportScope.MINE}
    assert len(office.notifiable(person(DOCTOR, Role.PHYSICIAN), **mine)) == 1
    assert office.notifiable(person(COLLEAGUE, Role.PHYSICIAN), **mine) == []


@pytest.mark.parametrize(
    ("who", "kind", "scope"),
    [
        (ADMINISTRATOR, Kind.NOTIFIABLE_DIAGNOSES, ReportScope.INSTITUTION),
        (person(DOCTOR, Role.PHYSICIAN), Kind.NOTIFIABLE_DIAGNOSES, ReportScope.INSTITUTION),
        (person(DOCTOR, Role.PHYSICIAN), Kind.UNSIGNED_NOTES, ReportScope.INSTITUTION),
        (person("desk-1", Role.FRONT_DESK), Kind.UNSIGNED_NOTES, ReportScope.MINE),
        (person("auditor-1", Role.AUDITOR), Kind.UNSIGNED_NOTES, ReportScope.INSTITUTION),
    ],
)
def test_who_may_not_have_a_report_gets_none(
    office: Office, who: Caller, kind: Kind, scope: ReportScope
) -> None:
    with pytest.raises(Forbidden):
        asking.ask(office.reports(), call(who), command(kind, scope=scope), kind.value)


def test_nothing_in_clear_says_who_has_what(office: Office) -> None:
    entry = office.record(DENGUE)
    stored = [
        change.new
        for change in office.ward.world.store.changes
        if change.new and change.key.pk.startswith("NOTIFIABLE#")
    ]
    assert len(stored) == 1
    text = repr((stored[0].key, stored[0].attributes))
    for secret in (office.ward.patient, entry.id, "1D20", "A90", "dengue"):
        assert secret not in text


def test_a_destroyed_record_leaves_no_line(office: Office) -> None:
    office.record(DENGUE)
    office.ward.services.vault.shred(Scope(TENANT, office.ward.patient))
    assert office.notifiable() == []


def test_residence_and_document_are_told() -> None:
    ward = Ward()
    address = Address(admin_code="150101", district="Cercado", city="Lima", country="PE")
    name = {"given": "Otra", "family": "Demostración"}
    ward.patient = register(
        ward.world,
        subject=DOCTOR,
        name=name,
        birth_date=date(2026, 11, 1),
        address=address,
        documents=(dni(5),),
    ).id
    office = Office(ward)
    office.record(DENGUE)
    [row] = office.notifiable()
    assert (row["Residence"], row["Document"], row["Age"]) == (
        "150101, Cercado, Lima",
        "DNI 10000005",
        "0",
    )


# --- the list of what is notifiable --------------------------------------------------------------


def test_the_shipped_list_is_sound() -> None:
    events = rules.shipped()
    assert len({event.id for event in events}) == len(events) > 25
    for event in events:
        for prefix in event.icd11:
            again = [other for other in event.icd11 if other != prefix and prefix.startswith(other)]
            assert again == [], f"{event.id} says {prefix} twice"


def test_a_country_adds_its_own_events(office: Office) -> None:
    services, by = office.ward.services, call(DIRECTOR)
    carrion = c.DiagnosisGiven(code="1C11")
    assert office.record(carrion).notifiable_since is None
    profile = CountryProfileBody.model_validate({"country": "PE", "icd10": True})
    country.put_profile(services, by, profile, 0)
    assert office.record(carrion).notifiable_since is not None
    assert rules.read(services, by).country == "PE"


def test_an_institution_adds_and_removes_events(office: Office) -> None:
    services, by = office.ward.services, call(DIRECTOR)
    names = {"es": "Accidente ofídico", "pt": "Acidente ofídico", "en": "Snake bite"}
    fields = {"id": "snake-bite", "names": names, "icd11": ("NE61",), "urgency": Urgency.IMMEDIATE}
    own = NotifiableEvent.model_validate(fields)
    changed = rules.put(services, by, SurveillanceBody(added=(own,), removed=("dengue",)), 0)
    assert [event.names.es for event in changed.left_out] == ["Dengue"]
    assert changed.version == 1
    assert office.record(DENGUE).notifiable_since is None
    office.record(c.DiagnosisGiven(code="NE61"))
    [row] = office.notifiable()
    assert (row["Event"], row["Report"]) == ("Snake bite", "immediately")
    with pytest.raises(StaleVersion):
        rules.put(services, by, SurveillanceBody(), 0)
    with pytest.raises(Invalid):
        rules.put(services, by, SurveillanceBody(removed=("no-such-event",)), 1)
    with pytest.raises(Forbidden):
        rules.put(services, office.ward.by(), SurveillanceBody(), 1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["begin", "sign", "correct"]), st.integers(0, 9))))
def test_the_list_holds_exactly_what_is_open_after_any_history(
    history: list[tuple[str, int]],
) -> None:
    ward = Ward()
    states: list[EncounterState] = []
    for action, number in history:
        still_open = [n for n, one in enumerate(states) if one.status is EncounterStatus.OPEN]
        if action == "begin" or not still_open:
            begun = ward.begin(started_at=START - timedelta(hours=number + 1))
            ward.note(begun.id)
            states.append(begun)
            continue
        place = still_open[number % len(still_open)]
        states[place] = _changed(ward, states[place], action, number)
        wanted = {
            f"{to_text(one.started_at)}#{one.id}"
            for one in states
            if one.status is EncounterStatus.OPEN
        }
        listed = ward.services.store.query(unsigned_partition(TENANT), limit=1000).items
        assert {item.key.sk for item in listed} == wanted


def _changed(ward: Ward, state: EncounterState, action: str, number: int) -> EncounterState:
    read = open_encounter(ward.services, ward.by(), state.id, WRITE_RECORD)
    if action == "sign":
        return signing.sign(ward.services, ward.by(), state.id, SIGNED, read.version)
    begun = START - timedelta(days=number + 1)
    body = EncounterBody.model_validate({"kind": state.kind, "started_at": begun})
    return writing.correct(ward.services, ward.by(), state.id, body, read.version)


def test_the_dashboard_counts_cases_by_week_and_unsigned_notes(office: Office) -> None:
    begun = office.ward.begin()
    office.record(DENGUE)
    office.ward.world.clock.advance(days=14)
    caller = replace(person(DOCTOR, Role.PHYSICIAN), expires=2**40)
    for _ in range(2):
        entries.record(office.ward.services, call(caller), office.ward.patient, problem())
    entries.record(
        office.ward.services,
        call(caller),
        office.ward.patient,
        problem(diagnoses=(c.DiagnosisGiven(code="CA23"),)),
    )
    query = ActivityQuery(first=date(2026, 12, 2), weeks=2)
    told = activity.activity(office.ward.services, call(ADMINISTRATOR), query)
    assert [(week.week, week.cases) for week in told.weeks] == [
        (date(2026, 11, 16), 1),
        (date(2026, 11, 30), 2),
    ]
    assert (told.unsigned, told.unsigned_oldest_at) == (1, begun.started_at)
    with pytest.raises(Forbidden):
        activity.activity(office.ward.services, office.ward.by(), query)
