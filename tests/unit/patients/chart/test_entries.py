"""Problems, allergies, medications and the others: rules, versions, what is in force, events."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import chart as c
from schemas.clinical_events import Criticality
from schemas.encounters import Sensitivity
from schemas.summary import Summary
from schemas.terminology import CountryProfileBody
from telesalud.patients import country
from telesalud.patients.chart import entries, timeline
from telesalud.patients.chart.kinds import KINDS
from telesalud.patients.people import merging, registration
from telesalud.patients.summary import reading
from telesalud.patients.terminology.importer import import_files
from telesalud.patients.terminology.search import TerminologyIndex
from telesalud.platform.access import Role
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.patients import linearization as synthetic
from tests.worlds.patients.people import body_of, register
from tests.worlds.patients.ward import DOCTOR, Ward, build_index, doctor, person
from tests.worlds.world import START, call, user

TODAY = START.date()


@pytest.fixture
def ward() -> Ward:
    return Ward()


def record(ward: Ward, body: c.AnyBody, **options: Any) -> Any:
    return entries.record(ward.services, ward.by(**options), ward.patient, body)


def revise(ward: Ward, entry: Any, kind: c.EntryKind, body: c.AnyBody) -> Any:
    where = entries.Where(ward.patient, kind, entry.id)
    return entries.revise(ward.services, ward.by(), where, body, entry.version)


def shown(ward: Ward) -> Summary:
    return reading.summary(ward.services, ward.by(), ward.patient)


def allergy(**changes: Any) -> c.AllergyBody:
    fields: dict[str, Any] = {"text": "Penicilina", "codes": ("substance:benzylpenicillin",)}
    return c.AllergyBody.model_validate(fields | changes)


def news(ward: Ward) -> list[tuple[str, int]]:
    return [
        (event.type.removeprefix("patients."), event.sequence)
        for event in ward.world.events()
        if "allergy" in event.type or "medication" in event.type
    ]


def test_a_problem_keeps_code_and_entity_uri_even_when_nobody_knows_them(ward: Ward) -> None:
    uri = "http://id.who.int/icd/entity/1"
    given = c.DiagnosisGiven(code="ca40.0", entity_uris=(uri,), icd10="J18.9")
    problem = record(ward, c.ProblemBody(text="Neumonía", diagnoses=(given,)))
    [kept] = problem.diagnoses
    assert (kept.code, kept.codes[0].entity_uri, kept.icd10) == ("CA40.0", uri, "J18.9")
    assert kept.codes[0].status == "unchecked"
    assert kept.codes[0].warning


def test_an_index_warns_of_unknown_codes_and_keeps_them(
    ward: Ward, index: TerminologyIndex
) -> None:
    body = c.ProblemBody(text="Algo", diagnoses=(c.DiagnosisGiven(code="9Z99"),))
    problem = entries.record(ward.services, ward.by(), ward.patient, body, index)
    assert isinstance(problem, c.Problem)
    assert problem.diagnoses[0].codes[0].status == "unknown"
    assert "9Z99" in (problem.diagnoses[0].codes[0].warning or "")


def test_a_code_withdrawn_in_the_next_release_warns_and_is_kept(ward: Ward, tmp_path: Path) -> None:
    destination = tmp_path / "index.sqlite"

    def release(name: str, *gone: str) -> TerminologyIndex:
        files = synthetic.write(tmp_path, "es", release=name, without=frozenset(gone))
        import_files(
            files,
            system="icd11",
            release=name,
            destination=destination,
            chapters=synthetic.CHAPTERS,
        )
        return TerminologyIndex(destination)

    given = (c.DiagnosisGiven(code="ZZ03"),)
    body = c.ProblemBody(text="Ñandufobia", diagnoses=given)
    old = entries.record(ward.services, ward.by(), ward.patient, body, release("2025-01"))
    index = release("2026-01", "ZZ03")
    new = entries.record(ward.services, ward.by(), ward.patient, body, index)
    where = entries.Where(ward.patient, c.EntryKind.PROBLEM, old.id)
    revised = entries.revise(ward.services, ward.by(), where, body, 1, index=index)
    for entry, status in ((old, "active"), (new, "withdrawn"), (revised, "withdrawn")):
        assert isinstance(entry, c.Problem)
        [code] = entry.diagnoses[0].codes
        assert (code.code, code.status, bool(code.title)) == ("ZZ03", status, True)
        assert code.entity_uri.startswith(synthetic.ENTITY)
        assert ("2026-01" in (code.warning or "")) is (status == "withdrawn")


@pytest.fixture
def index(tmp_path: Path) -> TerminologyIndex:
    return build_index(tmp_path)


def test_resolved_sets_the_end_and_leaves_the_summary(ward: Ward) -> None:
    problem = record(ward, c.ProblemBody(text="Gastritis", onset_on=date(2026, 1, 1)))
    assert [p.text for p in shown(ward).problems] == ["Gastritis"]
    body = c.ProblemBody(
        text="Gastritis", onset_on=date(2026, 1, 1), status=c.ProblemStatus.RESOLVED
    )
    resolved = revise(ward, problem, c.EntryKind.PROBLEM, body)
    assert (resolved.version, resolved.ended_on) == (2, TODAY)
    assert shown(ward).problems == ()
    where = entries.Where(ward.patient, c.EntryKind.PROBLEM, problem.id)
    assert [v.version for v in entries.history(ward.services, ward.by(), where)] == [1, 2]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (
            c.ProblemBody(text="x", onset_on=TODAY + timedelta(days=1)),
            "/onset_on",
            "in-future",
        ),
        (c.ProblemBody(text="x", onset_on=date(1950, 1, 1)), "/onset_on", "before-birth"),
        (
            c.ProblemBody(
                text="x",
                onset_on=date(2026, 2, 2),
                ended_on=date(2026, 2, 1),
                status=c.ProblemStatus.RESOLVED,
            ),
            "/ended_on",
            "before-begin",
        ),
        (c.ProblemBody(text="x", ended_on=TODAY), "/ended_on", "not-ended"),
        (c.MedicationBody(text="x", ended_on=TODAY), "/ended_on", "not-ended"),
        (
            c.ImmunizationBody(text="x", given_on=TODAY + timedelta(days=2)),
            "/given_on",
            "in-future",
        ),
        (allergy(sensitivity=(Sensitivity.HIV,)), "/sensitivity", "never-withheld"),
        (
            c.ProblemBody(text="x", diagnoses=(c.DiagnosisGiven(code="CA40&&"),)),
            "/diagnoses/0/code",
            "missing-code",
        ),
    ],
)
def test_what_does_not_fit_is_named_and_not_recorded(
    ward: Ward, body: c.AnyBody, pointer: str, code: str
) -> None:
    before = len(ward.world.store.changes)
    with pytest.raises(Invalid) as refused:
        record(ward, body)
    assert (pointer, code) in [(f.pointer, f.code) for f in refused.value.fields]
    assert len(ward.world.store.changes) == before


def test_none_known_gives_way_to_an_allergy_and_does_not_stand_beside_one(ward: Ward) -> None:
    none = record(ward, allergy(type=c.AllergyType.NONE_KNOWN, text="Ninguna", codes=()))
    assert [one.none_known for one in shown(ward).allergies] == [True]
    with pytest.raises(Conflict):
        record(ward, allergy(type=c.AllergyType.NONE_KNOWN, text="Ninguna", codes=()))
    record(ward, allergy())
    assert [one.text for one in shown(ward).allergies] == ["Penicilina"]
    where = entries.Where(ward.patient, c.EntryKind.ALLERGY, none.id)
    versions = entries.history(ward.services, ward.by(), where)
    assert [getattr(v, "verification", "") for v in versions] == ["unconfirmed", "refuted"]
    with pytest.raises(Conflict):
        record(ward, allergy(type=c.AllergyType.NONE_KNOWN, text="Ninguna", codes=()))
    assert news(ward) == [("allergy_recorded", 1)]


def test_order_checks_hear_of_every_change_that_counts(ward: Ward) -> None:
    made = record(ward, allergy())
    changed = revise(ward, made, c.EntryKind.ALLERGY, allergy(criticality=Criticality.HIGH))
    refuted = revise(
        ward, changed, c.EntryKind.ALLERGY, allergy(verification=c.Verification.REFUTED)
    )
    revise(ward, refuted, c.EntryKind.ALLERGY, allergy(verification=c.Verification.ERROR))
    pill = record(ward, c.MedicationBody(text="Metformina", codes=("atc:A10BA02",)))
    stopped = c.MedicationBody(text="Metformina", status=c.MedicationStatus.STOPPED)
    assert revise(ward, pill, c.EntryKind.MEDICATION, stopped).ended_on == TODAY
    assert news(ward) == [
        ("allergy_recorded", 1),
        ("allergy_recorded", 2),
        ("allergy_removed", 3),
        ("medication_recorded", 1),
        ("medication_stopped", 2),
    ]


def test_a_revision_of_what_was_not_read_is_refused(ward: Ward) -> None:
    made = record(ward, allergy())
    revise(ward, made, c.EntryKind.ALLERGY, allergy(criticality=Criticality.HIGH))
    with pytest.raises(StaleVersion):
        revise(ward, made, c.EntryKind.ALLERGY, allergy(criticality=Criticality.LOW))
    other = entries.Where(ward.patient, c.EntryKind.PROBLEM, made.id)
    with pytest.raises(NotFound):
        entries.revise(ward.services, ward.by(), other, c.ProblemBody(text="x"), 1)


EVERY: list[c.AnyBody] = [
    c.ProblemBody(text="Asma"),
    allergy(),
    c.MedicationBody(text="Salbutamol"),
    c.ImmunizationBody(text="Influenza", given_on=TODAY),
    c.ProcedureBody(text="Sutura", performed_on=TODAY),
    c.FamilyHistoryBody(text="Diabetes", relationship="madre"),
    c.SocialHistoryBody(text="No fuma", topic=c.SocialTopic.TOBACCO),
    c.ConsentBody(
        text="Teleconsulta",
        form="https://telesalud.example/fhir/Questionnaire/teleconsultation-consent|1.0.0",
        decision=c.ConsentDecision.PERMIT,
        channel=c.ConsentChannel.VIDEO,
        given_at=START,
    ),
]


@pytest.mark.parametrize("body", EVERY, ids=lambda body: type(body).__name__)
def test_every_kind_is_recorded_listed_and_in_the_timeline(ward: Ward, body: c.AnyBody) -> None:
    made = record(ward, body)
    [kind] = [k for k in KINDS.values() if k.body is type(body)]
    found, withheld, cursor = entries.list_entries(
        ward.services, ward.by(), ward.patient, kind, c.ChartQuery()
    )
    assert (list(found), withheld, cursor) == ([made], 0, None)
    [line] = timeline.timeline(ward.services, ward.by(), ward.patient, c.ChartQuery()).items
    assert (line.kind, line.id, line.text) == (kind.name.value, made.id, body.text)


@pytest.mark.parametrize("body", EVERY, ids=lambda body: type(body).__name__)
def test_recording_survives_a_crash_at_any_step(body: c.AnyBody) -> None:
    def act(ward: Ward) -> None:
        with suppress(AnsweredBefore):
            record(ward, body, key="record-once")

    def check(ward: Ward) -> None:
        [kind] = [k for k in KINDS.values() if k.body is type(body)]
        query = c.ChartQuery()
        found, _, _ = entries.list_entries(ward.services, ward.by(), ward.patient, kind, query)
        assert len(found) == 1
        seen = shown(ward)
        in_force = len(seen.problems) + len(seen.allergies) + len(seen.medications)
        assert in_force == (1 if kind.line else 0)

    assert crash_everywhere(Ward, lambda w: w.world.store, act, check) > 0


def test_the_timeline_pages_through_entries_and_encounters_by_time(ward: Ward) -> None:
    ward.begin(started_at=START - timedelta(days=2), reason="Primera")
    for number in range(5):
        ward.world.clock.advance(seconds=1)
        record(ward, c.ProblemBody(text=f"Problema {number}"))
    ward.begin(started_at=START + timedelta(seconds=3), reason="Segunda")
    texts: list[str] = []
    cursor: str | None = None
    while True:
        query = c.ChartQuery(cursor=cursor, limit=2)
        page = timeline.timeline(ward.services, ward.by(), ward.patient, query)
        texts += [line.text for line in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    expected = ["Problema 4", "Problema 3", "Problema 2", "Segunda", "Problema 1", "Problema 0"]
    assert sorted(texts) == sorted([*expected, "Primera"])
    assert texts[-1] == "Primera"
    assert texts[:2] == ["Problema 4", "Problema 3"]


def test_the_summary_costs_the_same_for_five_encounters_and_five_hundred(ward: Ward) -> None:
    def cost() -> tuple[int, int]:
        services, trips = ward.world.services, ward.world.store.trips
        before = (trips.reads, trips.writes)
        reading.summary(services, ward.by(), ward.patient)
        return trips.reads - before[0], trips.writes - before[1]

    for number in range(5):
        ward.begin(started_at=START - timedelta(hours=1 + number))
    record(ward, allergy())
    few = cost()
    for number in range(495):
        ward.begin(started_at=START - timedelta(hours=10 + number))
    assert few == cost() == (1, 1)
    found = shown(ward)
    assert len(found.encounters) == 5
    assert found.encounters[0].started_at == START - timedelta(hours=1)


def test_a_merged_patients_summary_shows_both_charts_in_two_reads(ward: Ward) -> None:
    record(ward, allergy())
    other = register(ward.world, subject=DOCTOR, birth_date=date(1999, 9, 9)).id
    body = c.MedicationBody(text="Enalapril")
    entries.record(ward.services, ward.by(), other, body)
    admin = ward.by(person(DOCTOR, Role.ADMINISTRATOR))
    merging.merge(ward.services, admin, ward.patient, other, 1)
    ward.treats()
    services, trips = ward.world.services, ward.world.store.trips
    before = trips.reads
    found = reading.summary(services, ward.by(), ward.patient)
    assert trips.reads - before == 2
    assert [one.text for one in found.allergies] == ["Penicilina"]
    assert [one.text for one in found.medications] == ["Enalapril"]
    where = entries.Where(ward.patient, c.EntryKind.MEDICATION, found.medications[0].id)
    stopped = c.MedicationBody(text="Enalapril", status=c.MedicationStatus.STOPPED)
    entries.revise(ward.services, ward.by(), where, stopped, 1)
    assert shown(ward).medications == ()


def test_the_chart_of_another_institution_does_not_exist(ward: Ward) -> None:
    made = record(ward, allergy())
    stranger = ward.by(doctor("clinic-two"))
    where = entries.Where(ward.patient, c.EntryKind.ALLERGY, made.id)
    before = len(ward.world.store.changes)
    kind = KINDS[c.EntryKind.ALLERGY]
    for act in (
        lambda: reading.summary(ward.services, stranger, ward.patient),
        lambda: timeline.timeline(ward.services, stranger, ward.patient, c.ChartQuery()),
        lambda: entries.record(ward.services, stranger, ward.patient, allergy()),
        lambda: entries.revise(ward.services, stranger, where, allergy(), 1),
        lambda: entries.history(ward.services, stranger, where),
        lambda: entries.list_entries(ward.services, stranger, ward.patient, kind, c.ChartQuery()),
    ):
        with pytest.raises(NotFound):
            act()
    assert len(ward.world.store.changes) == before


STATUSES = st.lists(st.sampled_from(list(c.MedicationStatus)), min_size=1, max_size=8)


@settings(max_examples=30, deadline=None)
@given(STATUSES)
def test_the_summary_is_what_the_entries_say_after_any_changes(
    statuses: list[c.MedicationStatus],
) -> None:
    ward = Ward()
    entry = record(ward, c.MedicationBody(text="Losartán"))
    for status in statuses:
        body = c.MedicationBody(text="Losartán", status=status)
        entry = revise(ward, entry, c.EntryKind.MEDICATION, body)
    active = statuses[-1] in (c.MedicationStatus.ACTIVE, c.MedicationStatus.ON_HOLD)
    assert [one.version for one in shown(ward).medications] == ([entry.version] if active else [])
    last = [event for event in ward.world.events() if "medication" in event.type][-1]
    assert (last.type == "patients.medication_recorded") == active


EVENING = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
"""20:30 of 30 November in Lima."""


def in_lima(ward: Ward) -> None:
    administrator = call(user(Role.ADMINISTRATOR))
    body = CountryProfileBody(country="PE", icd10=False)
    country.put_profile(ward.services, administrator, body, 0)
    ward.world.clock.now = EVENING


def test_today_is_the_day_of_the_site(ward: Ward) -> None:
    in_lima(ward)
    with pytest.raises(Invalid):
        record(ward, c.ProblemBody(text="x", onset_on=date(2026, 12, 1)))
    ended = record(ward, c.ProblemBody(text="x", status=c.ProblemStatus.RESOLVED))
    assert ended.ended_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (c.ImmunizationBody(text="x", given_on=date(2026, 11, 20)), "/given_on"),
        (c.ProcedureBody(text="x", performed_on=date(2026, 11, 20)), "/performed_on"),
        (c.MedicationBody(text="x", started_on=date(2026, 11, 20)), "/started_on"),
        (c.ProblemBody(text="x", onset_on=date(2026, 11, 20)), "/onset_on"),
    ],
)
def test_nothing_is_given_to_or_begins_in_the_dead(ward: Ward, body: c.AnyBody, field: str) -> None:
    found = registration.read(ward.services, ward.by(), ward.patient)
    dead = body_of(found, deceased_on=date(2026, 11, 1))
    registration.update(ward.services, ward.by(), ward.patient, dead, found.version)
    with pytest.raises(Invalid) as refused:
        record(ward, body)
    assert [(f.pointer, f.code) for f in refused.value.fields] == [(field, "after-death")]
    stopped = record(ward, c.MedicationBody(text="x", status=c.MedicationStatus.STOPPED))
    assert stopped.ended_on == date(2026, 11, 1)
