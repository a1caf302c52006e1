"""A patient whose teleconsultation is over, and the consults service that exports it."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from schemas.appointments import TeleconsultationFinished
from schemas.consents import ConsentRecord, ConsentRecords
from schemas.consult_content import (
    ConnectionEntry,
    Export,
    ExportedFile,
    ExportedNote,
    Message,
    Note,
)
from schemas.consults import Consult, ConsultStatus, PatientRef, PractitionerRef
from schemas.patients import EncounterQuery
from telesalud.patients.encounters import reading
from telesalud.patients.teleconsultations.importing import Filing, file_teleconsultation
from telesalud.platform.access import Caller
from telesalud.platform.errors import Unavailable
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.work import Call
from tests.worlds.patients.people import desk, register
from tests.worlds.world import START, TENANT, World, call

CONSULT = "01900000-0000-7000-a000-000000000001"
APPOINTMENT = "01900000-0000-7000-a000-000000000002"
PRACTITIONER = "01900000-0000-7000-a000-000000000003"
SYSTEM = Call(Caller.system(TENANT, "patients"), "event-1")


def content(number: int) -> bytes:
    return f"%PDF-1.7 estudio {number}".encode() * 100


@dataclass
class FakeConsults:
    """A consults service with one finished consult; may fail or lie when told."""

    patient: str
    notes: int = 2
    files: int = 2
    messages: int = 3
    corrupt: bool = False
    fail_file: int = 0
    exported: int = 0
    changes: dict[str, Any] = field(default_factory=dict)
    decisions: tuple[ConsentRecord, ...] = ()

    def export(self, tenant: str, consult: str) -> Export:
        self.exported += 1
        return Export(
            consult=self._consult(),
            note=Note(text=f"Texto {self.notes}", version=self.notes),
            note_versions=tuple(self._note(n) for n in range(1, self.notes + 1)),
            chat=tuple(self._message(n) for n in range(1, self.messages + 1)),
            connections=(
                ConnectionEntry(participant="patient", kind="joined", at=START, cause="channel"),
                ConnectionEntry(participant="practitioner-1", kind="left", at=START, cause="ended"),
            ),
            files=tuple(self._file(n) for n in range(self.files)),
            consents=self.decisions,
        )

    def consents(self, tenant: str, consult: str) -> ConsentRecords:
        return ConsentRecords(
            consult_id=CONSULT,
            external_reference=APPOINTMENT,
            patient_id=self.patient,
            items=self.decisions,
        )

    def content(self, file: ExportedFile) -> bytes:
        number = int(file.url.rpartition("/")[2])
        if self.fail_file == number + 1:
            self.fail_file = 0
            raise Unavailable("down")
        return content(number + self.corrupt)

    def _consult(self) -> Consult:
        fields: dict[str, Any] = {
            "id": CONSULT,
            "status": ConsultStatus.FINISHED,
            "start": START,
            "planned_minutes": 30,
            "grace_minutes": 10,
            "extended_minutes": 0,
            "opens_at": START,
            "closes_at": START + timedelta(minutes=40),
            "patient": PatientRef(id=self.patient, display_name="Paciente Demostración"),
            "practitioners": (
                PractitionerRef(
                    id="user-7", display_name="Médica Demostración", external_id=PRACTITIONER
                ),
            ),
            "participants": (),
            "external_reference": APPOINTMENT,
            "started_at": START + timedelta(minutes=2),
            "ended_at": START + timedelta(minutes=25),
            "version": 9,
        }
        return Consult.model_validate(fields | self.changes)

    def _note(self, number: int) -> ExportedNote:
        return ExportedNote(
            version=number,
            saved_at=START + timedelta(minutes=number),
            author="practitioner-1",
            after_end=number > 2,
            text=f"Texto {number} con 'apóstrofo' y \"comillas\"",
        )

    def _message(self, number: int) -> Message:
        return Message(
            sequence=number,
            client_id=f"01900000-0000-7000-b000-{number:012x}",
            participant="patient" if number % 2 else "practitioner-1",
            at=START + timedelta(seconds=number),
            text=f"Mensaje {number} " + "á" * 1000,
        )

    def _file(self, number: int) -> ExportedFile:
        body = content(number)
        return ExportedFile(
            id=f"01900000-0000-7000-c000-{number:012x}",
            name=f"estudio-{number}.pdf",
            description=f"Estudio {number}",
            participant="patient",
            at=START,
            media_type="application/pdf",
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            url=f"https://files.example/{number}",
            url_expires_at=START + timedelta(minutes=5),
        )


@dataclass
class Clinic:
    """A registered patient whose teleconsultation is over."""

    world: World = field(default_factory=World)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)

    def __post_init__(self) -> None:
        self.patient = register(self.world).id
        self.source = FakeConsults(self.patient)
        self.fact = TeleconsultationFinished(
            appointment_id=APPOINTMENT,
            consult_id=CONSULT,
            patient_id=self.patient,
            practitioner_id=PRACTITIONER,
        )

    def file(self) -> str:
        filing = Filing(self.world.services, self.blobs, self.source)
        return file_teleconsultation(filing, SYSTEM, self.fact)

    def listed(self) -> list[str]:
        found = reading.list_encounters(
            self.world.services, call(desk()), self.patient, EncounterQuery()
        )
        return [encounter.id for encounter in found.items]
