"""A finished teleconsultation becomes one encounter, whatever happens on the way."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from schemas.consults import ConsultStatus, PatientRef
from schemas.patients import EncounterKind, EncounterQuery, EncounterStatus
from telesalud.patients.encounters import reading
from telesalud.patients.encounters.repository import blob_key
from telesalud.patients.teleconsultations.importing import Filing, file_teleconsultation
from telesalud.patients.teleconsultations.source import ImportRefused
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound, Unavailable
from telesalud.platform.ports.blobs import Area
from telesalud.platform.store import ConditionFailed
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash
from tests.worlds.patients.people import desk
from tests.worlds.patients.teleconsultations import (
    APPOINTMENT,
    CONSULT,
    PRACTITIONER,
    Clinic,
    content,
)
from tests.worlds.world import START, TENANT, call, user


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_everything_of_the_teleconsultation_is_in_the_encounter(clinic: Clinic) -> None:
    filed = clinic.file()
    found = reading.read_encounter(clinic.world.services, call(desk()), filed)
    assert (found.kind, found.status) == (EncounterKind.TELEMEDICINE, EncounterStatus.OPEN)
    assert (found.patient, found.consult, found.appointment) == (
        clinic.patient,
        CONSULT,
        APPOINTMENT,
    )
    assert found.started_at == START + timedelta(minutes=2)
    assert found.ended_at == START + timedelta(minutes=25)
    assert [p.id for p in found.practitioners] == [PRACTITIONER]
    [note] = found.notes
    assert [(v.version, v.author, v.late) for v in note.versions] == [
        (1, PRACTITIONER, False),
        (2, PRACTITIONER, False),
    ]
    assert note.versions[1].text == "Texto 2 con 'apóstrofo' y \"comillas\""
    assert [line.author for line in found.chat] == ["patient", PRACTITIONER, "patient"]
    assert [(c.participant, c.kind) for c in found.connections] == [
        ("patient", "joined"),
        (PRACTITIONER, "left"),
    ]
    assert [(f.name, f.media_type, f.size) for f in found.files] == [
        (f"estudio-{n}.pdf", "application/pdf", len(content(n))) for n in range(2)
    ]
    assert clinic.listed() == [filed]
    assert clinic.world.events()[-1].type == "patients.encounter_filed"


def test_documents_are_copied_to_our_own_store_and_downloaded_from_there(clinic: Clinic) -> None:
    filed = clinic.file()
    for number in range(2):
        document = f"01900000-0000-7000-c000-{number:012x}"
        key = blob_key(TENANT, filed, document)
        assert clinic.blobs.read(Area.CLEAN, key) == content(number)
        link = reading.link_document(
            clinic.world.services, call(desk()), clinic.blobs, filed, document
        )
        assert document in link.url
    assert clinic.world.audited()[-1] == ("patients.read_document", clinic.patient, "done")


def test_announced_five_times_it_is_one_encounter(clinic: Clinic) -> None:
    assert len({clinic.file() for _ in range(5)}) == 1
    assert len(clinic.listed()) == 1
    types = [event.type for event in clinic.world.events()]
    assert types.count("patients.encounter_filed") == 1


def test_announced_to_many_workers_at_once_it_is_one_encounter(clinic: Clinic) -> None:
    filed: list[str] = []

    def run() -> None:
        while True:
            try:
                filed.append(clinic.file())
            except ConditionFailed:
                continue  # as the queue would deliver it again
            return

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(filed) == 8
    assert len(set(filed)) == 1
    assert clinic.listed() == filed[:1]
    types = [event.type for event in clinic.world.events()]
    assert types.count("patients.encounter_filed") == 1


def test_a_long_chat_is_kept_whole(clinic: Clinic) -> None:
    clinic.source.messages = 900
    found = reading.read_encounter(clinic.world.services, call(desk()), clinic.file())
    assert len(found.chat) == 900
    assert found.chat[899].text.startswith("Mensaje 900 ")


def test_a_file_that_fails_leaves_no_half_encounter_and_the_retry_succeeds(clinic: Clinic) -> None:
    clinic.source.fail_file = 2
    with pytest.raises(Unavailable):
        clinic.file()
    assert clinic.listed() == []
    filed = clinic.file()
    assert clinic.listed() == [filed]
    assert len(clinic.blobs.files) == 2


def test_a_file_that_is_not_what_the_export_says_is_refused(clinic: Clinic) -> None:
    clinic.source.corrupt = True
    with pytest.raises(ImportRefused, match="file-differs"):
        clinic.file()
    assert clinic.listed() == []
    assert clinic.blobs.files == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"external_reference": CONSULT}, "another-consult"),
        ({"id": APPOINTMENT}, "another-consult"),
        ({"patient": PatientRef(id="somebody", display_name="X")}, "another-patient"),
        ({"status": ConsultStatus.IN_PROGRESS}, "not-finished"),
        ({"status": ConsultStatus.CANCELLED}, "not-finished"),
    ],
)
def test_an_export_that_contradicts_its_announcement_is_refused(
    clinic: Clinic, changes: dict[str, Any], reason: str
) -> None:
    clinic.source.changes = changes
    with pytest.raises(ImportRefused, match=reason):
        clinic.file()
    assert clinic.listed() == []


def test_a_patient_of_another_institution_gets_nothing(clinic: Clinic) -> None:
    filing = Filing(clinic.world.services, clinic.blobs, clinic.source)
    elsewhere = Call(Caller.system("clinic-two", "patients"), "event-1")
    with pytest.raises(NotFound):
        file_teleconsultation(filing, elsewhere, clinic.fact)


def test_notes_that_arrive_after_the_end_become_further_versions(clinic: Clinic) -> None:
    filed = clinic.file()
    clinic.source.notes = 3
    assert clinic.file() == filed
    assert clinic.file() == filed
    found = reading.read_encounter(clinic.world.services, call(desk()), filed)
    assert [(v.version, v.late) for v in found.notes[0].versions] == [
        (1, False),
        (2, False),
        (3, True),
    ]


def test_a_crash_anywhere_leaves_no_half_encounter_and_the_retry_succeeds() -> None:
    def check(clinic: Clinic) -> None:
        [filed] = clinic.listed()
        found = reading.read_encounter(clinic.world.services, call(desk()), filed)
        assert (len(found.notes[0].versions), len(found.chat), len(found.files)) == (2, 3, 2)
        types = [event.type for event in clinic.world.events()]
        assert types.count("patients.encounter_filed") == 1

    assert crash_everywhere(Clinic, lambda c: c.world.store, Clinic.file, check) >= 6


def test_nothing_is_listed_while_an_import_is_half_done(clinic: Clinic) -> None:
    # Reservation, the patient's data key, parts, and then the commit.
    clinic.world.store.faults.before = 4
    with pytest.raises(Crash):
        clinic.file()
    assert any("CHAT#" in change.key.sk for change in clinic.world.store.changes)
    assert clinic.listed() == []
    half = next(c.key.pk for c in clinic.world.store.changes if "CHAT#" in c.key.sk)
    with pytest.raises(NotFound):
        reading.read_encounter(clinic.world.services, call(desk()), half.rpartition("#")[2])


def test_nothing_clinical_is_stored_in_clear(clinic: Clinic) -> None:
    clinic.file()
    stored = repr([change.new for change in clinic.world.store.changes])
    for secret in ("Texto", "Mensaje", "estudio", "Estudio", "Demostra"):
        assert secret not in stored


def test_shredding_the_patients_key_closes_the_encounter(clinic: Clinic) -> None:
    filed = clinic.file()
    services = clinic.world.services
    services.vault.shred(Scope(TENANT, clinic.patient))
    with pytest.raises(Exception, match="shredded"):
        reading.read_encounter(clinic.world.services, call(desk()), filed)


def test_the_list_pages_latest_first(clinic: Clinic) -> None:
    first = clinic.file()
    assert clinic.listed() == [first]
    page = reading.list_encounters(
        clinic.world.services, call(desk()), clinic.patient, EncounterQuery(limit=1)
    )
    assert page.cursor is None


def test_only_clinicians_read_the_record(clinic: Clinic) -> None:
    filed = clinic.file()
    for reader in (user(Role.FRONT_DESK), user(Role.ADMINISTRATOR), user(Role.AUDITOR)):
        with pytest.raises(Forbidden):
            reading.read_encounter(clinic.world.services, call(reader), filed)
