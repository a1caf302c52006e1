"""A small ward: a registered patient, those who treat them, and those who do not."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from schemas.care import RelationKind
from schemas.encounters import AuthorSignature, EncounterState, NewEncounter, NewNote, NoteSaved
from schemas.patients import EncounterKind, Soap
from telesalud.patients.encounters import notes, signing, writing
from telesalud.patients.people.relations import TREATED_FOR, granted
from telesalud.patients.terminology.importer import import_files
from telesalud.patients.terminology.search import TerminologyIndex
from telesalud.platform.access import Caller, Role
from telesalud.platform.work import Call
from tests.worlds.patients import linearization as synthetic
from tests.worlds.patients.people import register
from tests.worlds.staff import hire
from tests.worlds.world import START, TENANT, World, call, user

DOCTOR = "01900000-0000-7000-d000-000000000001"
COLLEAGUE = "01900000-0000-7000-d000-000000000002"
NURSE = "01900000-0000-7000-d000-000000000003"
STRANGER = "01900000-0000-7000-d000-000000000004"
NAMES = {DOCTOR: "Médica Demostración"}
SIGNED = AuthorSignature()
SOAP = Soap(subjective="Tos", objective="Afebril", assessment="Resfrío", plan="Reposo")
LIVE = int((START + timedelta(minutes=10)).timestamp())


def person(subject: str, *roles: Role, tenant: str = TENANT) -> Caller:
    """A user whose token ends ten minutes after the world's start."""
    caller = user(*roles, tenant=tenant, subject=subject)
    return replace(caller, expires=LIVE, name=NAMES.get(subject, "Persona Demostración"))


def doctor(tenant: str = TENANT) -> Caller:
    """The treating physician."""
    return person(DOCTOR, Role.PHYSICIAN, tenant=tenant)


def auditor() -> Caller:
    """Who looks at trails."""
    return person("01900000-0000-7000-d000-000000000009", Role.AUDITOR)


def new_encounter(**changes: Any) -> NewEncounter:
    """An encounter that began an hour ago."""
    fields: dict[str, Any] = {
        "kind": EncounterKind.AMBULATORY,
        "reason": "Tos",
        "started_at": START - timedelta(hours=1),
        "practitioner_name": "Médica Demostración",
    }
    return NewEncounter.model_validate(fields | changes)


def build_index(folder: Path) -> TerminologyIndex:
    """An index over an invented linearization."""
    path = folder / "index.sqlite"
    files = synthetic.write(folder, "es", "en", "pt")
    import_files(
        files, system="icd11", release="2025-01", destination=path, chapters=synthetic.CHAPTERS
    )
    return TerminologyIndex(path)


@dataclass
class Ward:
    """A world whose doctor registered one patient."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.services = self.world.services
        for employee in (DOCTOR, COLLEAGUE, NURSE, STRANGER):
            hire(self.services, employee)
        self.patient = register(self.world, subject=DOCTOR).id

    def by(self, caller: Caller | None = None, key: str = "") -> Call:
        """A call by the doctor or by somebody else."""
        return call(caller or doctor(), key=key)

    def treats(self, patient: str | None = None, user: str = DOCTOR) -> None:
        """The user has treated the patient."""
        until = self.world.clock() + TREATED_FOR
        write = granted(TENANT, patient or self.patient, user, RelationKind.TREATED, until)
        self.services.store.transact([write])

    def begin(self, **changes: Any) -> EncounterState:
        """An encounter begun by the doctor."""
        return writing.begin(self.services, self.by(), self.patient, new_encounter(**changes))

    def note(self, encounter: str, **changes: Any) -> NoteSaved:
        """A SOAP note by the doctor."""
        body = NewNote.model_validate({"soap": SOAP} | changes)
        return notes.add(self.services, self.by(), encounter, body)

    def signed(self) -> EncounterState:
        """An encounter with one note, signed by the doctor."""
        begun = self.begin()
        self.note(begun.id)
        return signing.sign(self.services, self.by(), begun.id, SIGNED, begun.version + 1)

    def finalised(self) -> EncounterState:
        """The same, finalised."""
        state = self.signed()
        return signing.finalise(self.services, self.by(), state.id, state.version)
