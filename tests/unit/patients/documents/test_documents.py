"""A patient's documents: examined before they count, versioned, voided, never lost or erased."""

from typing import Any

import pytest

from schemas.appointments import TeleconsultationFinished
from schemas.care import RelationBody, RelationKind
from schemas.chart import ChartQuery
from schemas.documents import (
    Document,
    DocumentCategory,
    DocumentFact,
    DocumentQuery,
    DocumentStatus,
    DocumentUpload,
    FileStatus,
)
from schemas.encounters import Sensitivity
from schemas.patients import EncounterQuery
from telesalud.patients.access import granting
from telesalud.patients.chart import timeline
from telesalud.patients.documents import examining, reading, uploading
from telesalud.patients.encounters import reading as encounters
from telesalud.patients.errors import UploadMissing
from telesalud.patients.people import merging
from telesalud.patients.teleconsultations.importing import Filing, file_teleconsultation
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
    Unavailable,
)
from telesalud.platform.ports.blobs import Area
from telesalud.platform.ports.scanner import Quarantined
from telesalud.platform.scanners import EicarScanner
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.desk import OTHER, PDF, Desk
from tests.worlds.patients.people import dni, register
from tests.worlds.patients.teleconsultations import (
    APPOINTMENT,
    CONSULT,
    PRACTITIONER,
    SYSTEM,
    FakeConsults,
)
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, NURSE, person
from tests.worlds.world import TENANT, call, user


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_document_counts_once_it_was_examined(desk: Desk) -> None:
    offer = desk.start()
    assert desk.listed() == ()
    desk.blobs.receive(offer.fields, PDF)
    waiting = desk.complete(offer)
    assert (waiting.current, waiting.versions[0].status) == (None, FileStatus.SCANNING)
    with pytest.raises(NotFound):
        desk.link(offer.document_id)
    desk.examine(offer.document_id)
    [kept] = desk.listed()
    assert (kept.current, kept.versions[0].media_type) == (1, "application/pdf")
    assert (kept.status, kept.category) == (DocumentStatus.CURRENT, DocumentCategory.IMAGING)
    assert "informe.pdf" in desk.link(kept.id)
    assert desk.world.audited()[-1] == ("patients.open_document", desk.patient, "done")
    assert desk.types() == ["patients.document_uploaded", "patients.document_ready"]
    told = timeline.timeline(desk.services, desk.by(), desk.patient, ChartQuery())
    assert [(e.kind, e.id, e.text) for e in told.items] == [("documents", kept.id, "Ecografía")]


@pytest.mark.parametrize(
    ("content", "more", "refusal"),
    [
        (b"MZ" + b"\0" * 60, {}, "type-not-allowed"),
        (PDF, {"name": "foto.png"}, "type-mismatch"),
        (PDF, {"sha256": "0" * 64}, "hash-mismatch"),
        (PDF.replace(b"trailer", EicarScanner.SIGNATURE + b" trailer"), {}, "infected"),
    ],
)
def test_a_file_that_lies_or_harms_is_refused_and_has_no_link(
    desk: Desk, content: bytes, more: dict[str, Any], refusal: str
) -> None:
    refused = desk.finish(desk.start(content, **more), content)
    assert (refused.current, refused.versions[0].refusal) == (None, refusal)
    with pytest.raises(NotFound):
        desk.link(refused.id)
    with pytest.raises(NotFound):
        desk.link(refused.id, 1)
    assert not [area for area, _ in desk.blobs.files if area is Area.CLEAN]


def test_a_new_version_replaces_and_the_earlier_one_still_opens(desk: Desk) -> None:
    first = desk.finish(desk.start())
    second = desk.finish(desk.next(first), OTHER)
    assert (second.current, [v.name for v in second.versions]) == (
        2,
        ["informe.pdf", "segunda.pdf"],
    )
    assert desk.link(first.id) == desk.link(first.id, 2) != desk.link(first.id, 1)


def test_a_refused_version_leaves_the_earlier_one_current(desk: Desk) -> None:
    first = desk.finish(desk.start())
    bad = b"MZ" + b"\0" * 60
    assert desk.finish(desk.next(first, bad), bad).current == 1


def test_of_two_replacements_of_the_same_version_one_is_told(desk: Desk) -> None:
    first = desk.finish(desk.start())
    mine, yours = desk.next(first), desk.next(first)
    desk.finish(mine, OTHER)
    desk.blobs.receive(yours.fields, OTHER)
    with pytest.raises(StaleVersion):
        desk.complete(yours)
    with pytest.raises(StaleVersion):
        desk.next(first)
    assert len(desk.read(first.id).versions) == 2


def test_a_voided_document_stays_with_its_reason_and_takes_no_version(desk: Desk) -> None:
    made = desk.finish(desk.start())

    def void(version: int) -> Document:
        by = desk.by()
        return reading.void(
            desk.services, by, desk.patient, made.id, reason="De otra persona", version=version
        )

    with pytest.raises(StaleVersion):
        void(made.version - 1)
    voided = void(made.version)
    assert voided.status is DocumentStatus.ERROR
    assert voided.voided is not None
    assert (voided.voided.reason, voided.voided.by) == ("De otra persona", DOCTOR)
    assert desk.listed() == (voided,)
    assert desk.link(made.id)
    with pytest.raises(InvalidTransition):
        void(voided.version)
    with pytest.raises(InvalidTransition):
        desk.next(voided)


def test_what_has_not_arrived_or_came_too_late_is_not_completed(desk: Desk) -> None:
    offer = desk.start()
    with pytest.raises(UploadMissing):
        desk.complete(offer)
    desk.blobs.receive(offer.fields, PDF)
    desk.world.clock.advance(minutes=31)
    with pytest.raises(Gone):
        desk.complete(offer)
    assert desk.listed() == ()


def test_completing_and_examining_twice_has_one_effect(desk: Desk) -> None:
    offer = desk.start()
    made = desk.finish(offer)
    assert desk.complete(offer) == made
    desk.examine(made.id)
    assert desk.types().count("patients.document_uploaded") == 1
    assert desk.types().count("patients.document_ready") == 1


def test_a_silent_scanner_leaves_the_document_waiting(desk: Desk) -> None:
    class Silent:
        def infected(self, upload: Quarantined) -> str:
            raise Unavailable("down")

    offer = desk.start()
    desk.blobs.receive(offer.fields, PDF)
    desk.complete(offer)
    told = DocumentFact(document_id=offer.document_id, patient_id=desk.patient, number=1)
    with pytest.raises(Unavailable):
        examining.inspect(desk.services, desk.blobs, Silent(), TENANT, told)
    assert desk.read(offer.document_id).versions[0].status is FileStatus.SCANNING
    desk.examine(offer.document_id)
    assert desk.read(offer.document_id).current == 1


def test_only_who_may_see_the_record_reaches_documents(desk: Desk) -> None:
    made = desk.finish(desk.start())
    stranger = person(COLLEAGUE, Role.PHYSICIAN)
    elsewhere = person(DOCTOR, Role.PHYSICIAN, tenant="clinic-two")
    clerk = person(COLLEAGUE, Role.FRONT_DESK)
    refused = ((stranger, Forbidden), (clerk, Forbidden), (elsewhere, NotFound))
    for caller, error in refused:
        for act in (
            lambda by=caller: desk.read(made.id, by),
            lambda by=caller: desk.link(made.id, by=by),
            lambda by=caller: desk.listed(by),
            lambda by=caller: desk.start(by=by),
        ):
            with pytest.raises(error):
                act()


def test_another_patients_document_and_encounter_do_not_exist(desk: Desk) -> None:
    made = desk.finish(desk.start())
    begun = desk.begin()
    other = register(
        desk.world, subject=DOCTOR, documents=(dni(5),), name={"given": "Otra", "family": "Persona"}
    )
    desk.patient = other.id
    with pytest.raises(NotFound):
        desk.read(made.id)
    with pytest.raises(Invalid):
        desk.start(encounter=begun.id)


def test_another_users_upload_is_not_completed(desk: Desk) -> None:
    offer = desk.start()
    desk.blobs.receive(offer.fields, PDF)
    body = RelationBody(user=NURSE, kind=RelationKind.REFERRED, days=10)
    granting.grant(desk.services, desk.by(), desk.patient, body)
    nurse = desk.by(person(NURSE, Role.NURSE))
    with pytest.raises(NotFound):
        uploading.complete(desk.services, desk.blobs, nurse, desk.patient, offer.upload_id)


def test_sensitive_documents_are_withheld_without_a_close_relation(desk: Desk) -> None:
    made = desk.finish(desk.start(sensitivity=(Sensitivity.HIV,)))
    body = RelationBody(user=COLLEAGUE, kind=RelationKind.TEAM, days=10)
    granting.grant(desk.services, desk.by(), desk.patient, body)
    colleague = person(COLLEAGUE, Role.PHYSICIAN)
    by = desk.by(colleague)
    found = reading.listed(desk.services, by, desk.patient, DocumentQuery())
    assert (found.items, found.withheld) == ((), 1)
    with pytest.raises(Forbidden):
        desk.link(made.id, by=colleague)


def test_documents_page_newest_first_and_by_category(desk: Desk) -> None:
    made = [desk.finish(desk.start(title=f"Documento {n}")).id for n in range(3)]
    desk.finish(desk.start(category=DocumentCategory.CONSENT))
    imaging = desk.listed(category=DocumentCategory.IMAGING)
    assert [one.id for one in imaging] == made[::-1]
    first = reading.listed(desk.services, desk.by(), desk.patient, DocumentQuery(limit=3))
    rest = desk.listed(cursor=first.cursor, limit=3)
    assert [one.id for one in (*first.items[1:], *rest)] == made[::-1]


def test_documents_of_a_merged_patient_are_found_replaced_and_opened(desk: Desk) -> None:
    made = desk.finish(desk.start())
    survivor = register(
        desk.world, subject=DOCTOR, documents=(dni(5),), name={"given": "Otra", "family": "Persona"}
    )
    admin = call(user(Role.ADMINISTRATOR))
    merging.merge(desk.services, admin, survivor.id, desk.patient, survivor.version)
    desk.patient = survivor.id
    [shown] = desk.listed()
    assert (shown.id, shown.patient) == (made.id, made.patient)
    assert desk.finish(desk.next(shown), OTHER).current == 2
    assert made.patient in desk.link(made.id)


def test_files_of_a_teleconsultation_are_among_the_documents_and_can_be_replaced(
    desk: Desk,
) -> None:
    source = FakeConsults(desk.patient)
    finished = TeleconsultationFinished(
        appointment_id=APPOINTMENT,
        consult_id=CONSULT,
        patient_id=desk.patient,
        practitioner_id=PRACTITIONER,
    )
    encounter = file_teleconsultation(Filing(desk.services, desk.blobs, source), SYSTEM, finished)
    documents = desk.listed()
    assert [one.encounter for one in documents] == [encounter] * source.files
    kept = documents[0]
    assert kept.consult is not None
    assert f"/{encounter}/{kept.id}" in desk.link(kept.id)
    replaced = desk.finish(desk.next(kept), OTHER)
    assert replaced.current == 2
    assert f"/{encounter}/" not in desk.link(kept.id)
    assert f"/{encounter}/{kept.id}" in desk.link(kept.id, 1)
    listed = encounters.list_encounters(desk.services, desk.by(), desk.patient, EncounterQuery())
    assert listed.items[0].documents == source.files


def test_adding_survives_a_crash_at_every_step() -> None:
    offers: dict[int, DocumentUpload] = {}

    def make() -> Desk:
        desk = Desk()
        offers[id(desk)] = offer = desk.start()
        desk.blobs.receive(offer.fields, PDF)
        return desk

    def act(desk: Desk) -> None:
        offer = offers[id(desk)]
        desk.complete(offer)
        desk.examine(offer.document_id)

    def check(desk: Desk) -> None:
        [kept] = desk.listed()
        assert (kept.current, len(kept.versions)) == (1, 1)
        assert desk.types() == ["patients.document_uploaded", "patients.document_ready"]

    assert crash_everywhere(make, lambda d: d.world.store, act, check) >= 4
