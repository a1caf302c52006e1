"""Every use case of the context decides by itself who may, whoever calls it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pytest

import telesalud.patients
from schemas import chart as c
from schemas.activity import ActivityQuery
from schemas.appointments import TeleconsultationConsented, TeleconsultationFinished
from schemas.care import (
    AccessQuery,
    BreakGlassBody,
    RelationBody,
    RelationKind,
    ReviewBody,
    ReviewOutcome,
    ReviewQuery,
    TrailQuery,
)
from schemas.custody import HoldBody, NewExport, NewShredding, ShreddingBasis, ShreddingConfirmation
from schemas.documents import DocumentCategory, DocumentQuery, NewDocument, NewFile, VersionQuery
from schemas.encounters import (
    AddendumBody,
    AmendmentBody,
    EncounterBody,
    NewNote,
    NoteContent,
    NoteSave,
    PendingQuery,
    PendingScope,
    SignatureBody,
)
from schemas.forms import FormBody, FormQuery
from schemas.measuring import CircumstancesBody, MeasuringRulesBody
from schemas.patients import EncounterKind, EncounterQuery, PatientSearch
from schemas.phrases import Phrase, PhraseBookBody
from schemas.reports import NewPatientsReport, PatientsReportKind, ReportScope
from schemas.surveillance import SurveillanceBody
from schemas.terminology import CountryProfileBody
from schemas.vitals import Given, GrowthCurvesQuery, TrendQuery, VitalsBody, VitalsQuery
from telesalud.patients import activity, country, phrases, reports
from telesalud.patients.access import granting, trail
from telesalud.patients.chart import entries, timeline
from telesalud.patients.chart.kinds import KINDS
from telesalud.patients.custody import exporting, holds, shredding
from telesalud.patients.documents import reading as documents
from telesalud.patients.documents import uploading
from telesalud.patients.encounters import notes, pending, reading, references, signing, writing
from telesalud.patients.immunization import reading as immunization
from telesalud.patients.immunization import recording as vaccinate
from telesalud.patients.measurements import circumstances, curves, recording
from telesalud.patients.measurements import rules as measuring_rules
from telesalud.patients.people import merging, registration, searching
from telesalud.patients.questionnaires import filling, library
from telesalud.patients.reviews import reports as reviews
from telesalud.patients.summary import reading as summary
from telesalud.patients.surveillance import rules
from telesalud.patients.teleconsultations import reserving
from telesalud.patients.teleconsultations.consents import file_consents
from telesalud.patients.teleconsultations.importing import Filing, file_teleconsultation
from telesalud.patients.visit.contents import contents
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.work import Call
from tests.worlds.patients import admitted
from tests.worlds.patients.people import body_of
from tests.worlds.patients.people import person as registration_of
from tests.worlds.patients.teleconsultations import (
    APPOINTMENT,
    CONSULT,
    PRACTITIONER,
    SYSTEM,
    FakeConsults,
)
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, SIGNED, Ward, new_encounter, person
from tests.worlds.world import START, partner

SOME: Final = "01900000-0000-7000-e000-000000000001"
PROBLEM = c.ProblemBody(text="Asma")
FILE = NewFile(name="a.pdf", size=3, sha256="0" * 64)
DOCUMENT = NewDocument(
    name="a.pdf", size=3, sha256="0" * 64, title="Informe", category=DocumentCategory.OTHER
)
FORM = FormBody(
    form="phq-9",
    response={
        "resourceType": "QuestionnaireResponse",
        "questionnaire": library.load("phq-9").questionnaire.canonical,
        "status": "in-progress",
        "item": [],
    },
)
VITALS = VitalsBody(measured_at=START, values={"pulse": Given(value=70, unit="/min")})  # type: ignore[arg-type]  # JSON's number

Act = Callable[[Ward, Call], object]


def _filing(ward: Ward) -> Filing:
    return Filing(ward.services, MemoryBlobs(), FakeConsults(ward.patient))


def _consented(ward: Ward) -> TeleconsultationConsented:
    return TeleconsultationConsented(
        appointment_id=APPOINTMENT, consult_id=CONSULT, patient_id=ward.patient
    )


def _finished(ward: Ward) -> TeleconsultationFinished:
    return TeleconsultationFinished(
        appointment_id=APPOINTMENT,
        practitioner_id=PRACTITIONER,
        consult_id=CONSULT,
        patient_id=ward.patient,
    )


@dataclass(frozen=True)
class _Consult:
    """A consult of one patient."""

    patient: str

    def patient_of(self, consult: str) -> str:  # whichever it is
        return self.patient


def _shared(ward: Ward) -> tuple[str, str]:
    """A document that was shared in a teleconsultation of the ward's patient."""
    filed = file_teleconsultation(_filing(ward), SYSTEM, _finished(ward))
    return filed, "01900000-0000-7000-c000-000000000000"


def _entry(ward: Ward) -> entries.Where:
    return entries.Where(ward.patient, c.EntryKind.PROBLEM, SOME)


def _correction() -> EncounterBody:
    return EncounterBody(kind=EncounterKind.AMBULATORY, started_at=START)


def _amendment() -> AmendmentBody:
    return AmendmentBody(
        note=SOME, note_version=1, content=NoteContent(text="x"), reason="Corrección"
    )


OF_A_CHART: Final[Mapping[str, Act]] = {
    "immunization.reading.read_plan": lambda w, by: immunization.read_plan(
        w.services, by, w.patient
    ),
    "encounters.references.reference": lambda w, by: references.reference(
        w.services, by, w.patient, SOME
    ),
    "teleconsultations.reserving.reserve": lambda w, by: reserving.reserve(
        w.services, by, _Consult(w.patient), w.patient, CONSULT
    ),
    "visit.contents.contents": lambda w, by: contents(w.services, by, w.begin().id),
    "access.granting.admission": lambda w, by: granting.admission(w.services, by, w.patient),
    "access.granting.grant": lambda w, by: granting.grant(
        w.services, by, w.patient, RelationBody(user=DOCTOR, kind=RelationKind.TEAM)
    ),
    "chart.entries.record": lambda w, by: entries.record(w.services, by, w.patient, PROBLEM),
    "chart.entries.revise": lambda w, by: entries.revise(w.services, by, _entry(w), PROBLEM, 1),
    "chart.entries.list_entries": lambda w, by: entries.list_entries(
        w.services, by, w.patient, KINDS[c.EntryKind.PROBLEM], c.ChartQuery()
    ),
    "chart.entries.consent_words": lambda w, by: entries.consent_words(
        w.services, by, w.patient, w.world.new_id()
    ),
    "chart.entries.history": lambda w, by: entries.history(w.services, by, _entry(w)),
    "chart.timeline.timeline": lambda w, by: timeline.timeline(
        w.services, by, w.patient, c.ChartQuery()
    ),
    "documents.reading.listed": lambda w, by: documents.listed(
        w.services, by, w.patient, DocumentQuery()
    ),
    "documents.reading.read": lambda w, by: documents.read(w.services, by, w.patient, SOME),
    "documents.reading.link": lambda w, by: documents.link(
        w.services, MemoryBlobs(), by, w.patient, SOME, query=VersionQuery()
    ),
    "documents.reading.void": lambda w, by: documents.void(
        w.services, by, w.patient, SOME, reason="Otra persona", version=1
    ),
    "documents.uploading.start": lambda w, by: uploading.start(
        w.services, MemoryBlobs(), by, w.patient, DOCUMENT
    ),
    "documents.uploading.replace": lambda w, by: uploading.replace(
        w.services, MemoryBlobs(), by, w.patient, SOME, new=FILE, version=1
    ),
    "documents.uploading.complete": lambda w, by: uploading.complete(
        w.services, MemoryBlobs(), by, w.patient, SOME
    ),
    "encounters.notes.add": lambda w, by: notes.add(
        w.services, by, w.begin().id, NewNote(text="x")
    ),
    "encounters.notes.write": lambda w, by: notes.write(
        w.services, by, notes.Target(w.begin().id, SOME, 1), NoteSave(text="x")
    ),
    "encounters.reading.list_encounters": lambda w, by: reading.list_encounters(
        w.services, by, w.patient, EncounterQuery()
    ),
    "encounters.reading.read_encounter": lambda w, by: reading.read_encounter(
        w.services, by, w.begin().id
    ),
    "encounters.reading.link_document": lambda w, by: reading.link_document(
        w.services, by, MemoryBlobs(), *_shared(w)
    ),
    "encounters.signing.sign": lambda w, by: signing.sign(w.services, by, w.begin().id, SIGNED, 1),
    "encounters.signing.cosign": lambda w, by: signing.cosign(
        w.services, by, w.begin().id, SignatureBody(name="Otra"), 1
    ),
    "encounters.signing.finalise": lambda w, by: signing.finalise(w.services, by, w.begin().id, 1),
    "encounters.signing.amend": lambda w, by: signing.amend(
        w.services, by, w.begin().id, _amendment(), 1
    ),
    "encounters.signing.add_addendum": lambda w, by: signing.add_addendum(
        w.services, by, w.begin().id, AddendumBody(text="x"), 1
    ),
    "encounters.writing.begin": lambda w, by: writing.begin(
        w.services, by, w.patient, new_encounter()
    ),
    "encounters.writing.correct": lambda w, by: writing.correct(
        w.services, by, w.begin().id, _correction(), 1
    ),
    "immunization.recording.record": lambda w, by: vaccinate.record(
        w.services, by, w.patient, c.ImmunizationBody(text="BCG", given_on=START.date())
    ),
    "measurements.circumstances.read": lambda w, by: circumstances.read(w.services, by, w.patient),
    "measurements.circumstances.put": lambda w, by: circumstances.put(
        w.services, by, w.patient, CircumstancesBody(), 0
    ),
    "measurements.recording.record": lambda w, by: recording.record(
        w.services, by, w.patient, VITALS
    ),
    "measurements.recording.void": lambda w, by: recording.void(w.services, by, w.patient, SOME, 1),
    "measurements.recording.list_sets": lambda w, by: recording.list_sets(
        w.services, by, w.patient, VitalsQuery()
    ),
    "measurements.recording.trend": lambda w, by: recording.trend(
        w.services, by, w.patient, TrendQuery(vital="pulse")
    ),
    "questionnaires.filling.submit": lambda w, by: filling.submit(w.services, by, w.patient, FORM),
    "questionnaires.filling.resubmit": lambda w, by: filling.resubmit(
        w.services, by, w.patient, SOME, FORM, version=1
    ),
    "questionnaires.filling.list_filled": lambda w, by: filling.list_filled(
        w.services, by, w.patient, c.ChartQuery()
    ),
    "summary.reading.summary": lambda w, by: summary.summary(w.services, by, w.patient),
}
"""What needs a right and a care relation."""

BY_RIGHT_ALONE: Final[Mapping[str, Act]] = {
    "access.granting.break_glass": lambda w, by: granting.break_glass(
        w.services, by, w.patient, BreakGlassBody(reason="Paciente inconsciente")
    ),
    "access.granting.members": lambda w, by: granting.members(w.services, by, w.patient),
    "access.granting.relations": lambda w, by: granting.relations(w.services, by, w.patient),
    "reviews.reports.listed": lambda w, by: reviews.listed(w.services, by, ReviewQuery()),
    "reviews.reports.review": lambda w, by: reviews.review(
        w.services, by, w.world.new_id(), ReviewBody(outcome=ReviewOutcome.IN_ORDER)
    ),
    "access.trail.accesses": lambda w, by: trail.accesses(w.services, by, w.patient, AccessQuery()),
    "access.trail.trail": lambda w, by: trail.trail(w.services, by, TrailQuery(subject=w.patient)),
    "country.read_profile": lambda w, by: country.read_profile(w.services, by),
    "country.icd10_name": lambda w, by: country.icd10_name(w.services, by),
    "country.put_profile": lambda w, by: country.put_profile(
        w.services, by, CountryProfileBody(country="PE", icd10=True), 0
    ),
    "custody.exporting.request": lambda w, by: exporting.request(
        w.services, by, w.patient, NewExport(reason="Lo pide el paciente")
    ),
    "custody.exporting.read": lambda w, by: exporting.read(w.services, by, w.patient, SOME),
    "custody.exporting.link": lambda w, by: exporting.link(
        w.services, MemoryBlobs(), by, w.patient, SOME, part=0
    ),
    "immunization.reading.known_vaccines": lambda w, by: immunization.known_vaccines(by),
    **admitted.ACTS,
    "custody.holds.read": lambda w, by: holds.read(w.services, by, w.patient),
    "custody.holds.put": lambda w, by: holds.put(
        w.services, by, w.patient, HoldBody(reason="Lo ordena un juez")
    ),
    "custody.holds.lift": lambda w, by: holds.lift(w.services, by, w.patient),
    "custody.shredding.request": lambda w, by: shredding.request(
        w.services,
        by,
        w.patient,
        NewShredding(
            basis=ShreddingBasis.REGISTERED_IN_ERROR, reason="Registro repetido", record_number="1"
        ),
    ),
    "custody.shredding.withdraw": lambda w, by: shredding.withdraw(w.services, by, w.patient, 1),
    "custody.shredding.confirm": lambda w, by: shredding.confirm(
        w.services, by, w.patient, ShreddingConfirmation(record_number="1"), 1
    ),
    "custody.shredding.read": lambda w, by: shredding.read(w.services, by, w.patient),
    "encounters.pending.page": lambda w, by: pending.page(w.services, by, PendingQuery()),
    "measurements.curves.read": lambda w, by: curves.read(
        by, GrowthCurvesQuery(indicator="weight-for-age", sex="female")
    ),
    "activity.activity": lambda w, by: activity.activity(
        w.services, by, ActivityQuery(first=date(2026, 11, 30))
    ),
    "phrases.read": lambda w, by: phrases.read(w.services, by),
    "phrases.write": lambda w, by: phrases.write(
        w.services, by, PhraseBookBody(items=(Phrase(name="a", text="b"),)), 0
    ),
    "measurements.rules.read": lambda w, by: measuring_rules.read(w.services, by),
    "measurements.rules.shipped": lambda w, by: measuring_rules.shipped(by),
    "measurements.rules.put": lambda w, by: measuring_rules.put(
        w.services, by, MeasuringRulesBody(), 0
    ),
    "people.merging.merge": lambda w, by: merging.merge(w.services, by, w.patient, SOME, 1),
    "people.merging.unmerge": lambda w, by: merging.unmerge(w.services, by, w.patient, SOME, 1),
    "people.merging.merged": lambda w, by: merging.merged(w.services, by, w.patient),
    "people.registration.register": lambda w, by: registration.register(
        w.services, by, registration_of()
    ),
    "people.registration.read": lambda w, by: registration.read(w.services, by, w.patient),
    "people.registration.update": lambda w, by: registration.update(
        w.services, by, w.patient, body_of(registration.read(w.services, w.by(), w.patient)), 1
    ),
    "people.searching.search": lambda w, by: searching.search(
        w.services, by, PatientSearch(birth_date=date(1980, 3, 25))
    ),
    "questionnaires.filling.catalogue": lambda w, by: filling.catalogue(by, FormQuery()),
    "questionnaires.filling.definition": lambda w, by: filling.definition(
        w.services, by, "phq-9", FormQuery()
    ),
    "reports.permit": lambda w, by: reports.permit(
        by,
        NewPatientsReport(
            kind=PatientsReportKind.NOTIFIABLE_DIAGNOSES,
            scope=ReportScope.INSTITUTION,
            since=START.date(),
            until=START.date(),
            zone="America/Lima",
        ),
        PatientsReportKind.NOTIFIABLE_DIAGNOSES,
    ),
    "surveillance.rules.read": lambda w, by: rules.read(w.services, by),
    "surveillance.rules.put": lambda w, by: rules.put(w.services, by, SurveillanceBody(), 0),
    "teleconsultations.consents.file_consents": lambda w, by: file_consents(
        w.services, FakeConsults(w.patient), by, _consented(w)
    ),
    "teleconsultations.importing.file_teleconsultation": lambda w, by: file_teleconsultation(
        _filing(w),
        by,
        _finished(w),
    ),
}
"""What touches no clinical content, or is for those who keep records and not for who treats."""

NO_USE_CASES: Final = frozenset(
    {
        "access.opening.open_chart",
        "admissions.repository.open_admission",
        "encounters.opening.open_encounter",
        "encounters.notes.stored_note",
        "teleconsultations.consents.file_all",
    }
)
"""The ways in, which take the right to ask for, a value made of a caller's id, and a step of
what only workers do."""


def _called() -> Iterator[str]:
    """Every public function of the context that is told who calls."""
    package = telesalud.patients
    prefix = f"{package.__name__}."
    for info in pkgutil.walk_packages(package.__path__, prefix):
        if info.name.startswith(prefix + "routes"):
            continue
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != info.name or name.startswith("_"):
                continue
            if any(p.annotation is Call for p in inspect.signature(function).parameters.values()):
                yield f"{info.name.removeprefix(prefix)}.{name}"


def test_every_use_case_stands_in_one_of_the_lists() -> None:
    listed = OF_A_CHART.keys() | BY_RIGHT_ALONE.keys() | NO_USE_CASES
    assert set(_called()) == listed


@pytest.mark.parametrize("name", [*OF_A_CHART, *BY_RIGHT_ALONE])
def test_without_the_right_every_use_case_refuses(name: str) -> None:
    ward, act = Ward(), {**OF_A_CHART, **BY_RIGHT_ALONE}[name]
    for caller in (person(DOCTOR), partner("appointments.read")):
        with pytest.raises(Forbidden):
            act(ward, ward.by(caller))


@pytest.mark.parametrize("name", OF_A_CHART)
def test_without_a_relation_every_use_case_of_a_chart_refuses(name: str) -> None:
    ward = Ward()
    stranger = person(COLLEAGUE, Role.PHYSICIAN)
    with pytest.raises(Forbidden) as refused:
        OF_A_CHART[name](ward, ward.by(stranger))
    assert refused.value.extra["right"] == "patients.care_relation"


def test_the_list_of_everybodys_unsigned_notes_needs_a_right_of_its_own() -> None:
    ward = Ward()
    with pytest.raises(Forbidden):
        pending.page(ward.services, ward.by(), PendingQuery(scope=PendingScope.INSTITUTION))
