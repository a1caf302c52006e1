"""A clearly synthetic ward: a formulary, two clinicians, a laboratory, a patient."""

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from schemas.care import Admission, RelationKind
from schemas.formulary import (
    CatalogueImport,
    CatalogueKind,
    ImportFormat,
    OrderedTest,
    OrderKind,
    Route,
)
from schemas.orders import NewObservation, NewOrder, NewResult, Order, ResultStatus
from schemas.prescriptions import (
    Dose,
    Frequency,
    NewLine,
    NewPrescription,
    PatientLabel,
    PrescriberBody,
    Prescription,
    Registration,
    Sign,
)
from telesalud.orders import prescribers
from telesalud.orders.catalogues import releases
from telesalud.orders.catalogues.releases import Catalogues
from telesalud.orders.errors import PatientDeceased
from telesalud.orders.handlers import of_the_record
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.requests import ordering, results
from telesalud.orders.services import Jurisdiction, OrdersServices
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound
from telesalud.platform.events import Event
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.vault import Vault
from tests.worlds.world import START, TENANT, World, call, user

PATIENT = "019ab000-0000-7000-8000-000000000001"
OTHER_PATIENT = "019ab000-0000-7000-8000-000000000002"
NOBODY = "019ab000-0000-7000-8000-00000000ffff"
HEMOGLOBIN, POTASSIUM = "718-7", "2823-3"

LABEL = PatientLabel(
    name="Paciente Demostración Uno",
    birth_date=date(1980, 3, 25),
    record_number="100000001-7",
    document="DNI 10000001",
    language="es",
)
PRESCRIBER = PrescriberBody(
    name="Profesional Demostración Uno",
    registration=Registration(type="CMP", number="000001"),
    specialty="Medicina general",
    institution="Hospital Demostración",
)


def _item(code: str, atc: str, name: str, *substances: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "atc": atc,
        "name": name,
        "substances": list(substances),
        "form": "tableta",
        "strength": "500 mg",
        "unit": "tableta",
        "routes": ["oral"],
        "controlled": False,
        **changes,
    }


FORMULARY = [
    _item("AMX500", "J01CA04", "Amoxicilina", "amoxicillin", form="cápsula"),
    _item("AMP500", "J01CA01", "Ampicilina", "ampicillin", form="cápsula"),
    _item("AMC875", "J01CR02", "Amoxicilina + ácido clavulánico", "amoxicillin", "clavulanic-acid"),
    _item("WAR005", "B01AA03", "Warfarina", "warfarin", strength="1 mg"),
    _item("ASA100", "B01AC06", "Ácido acetilsalicílico", "acetylsalicylic-acid"),
    _item("IBU400", "M01AE01", "Ibuprofeno", "ibuprofen", strength="400 mg"),
    _item("NAP500", "M01AE02", "Naproxeno", "naproxen"),
    _item("PAR500", "N02BE01", "Paracetamol", "paracetamol"),
    _item("DZP010", "N05BA01", "Diazepam", "diazepam", strength="10 mg", controlled=True),
]
INTERACTIONS = [
    {
        "first": "substance:warfarin",
        "second": "atc:M01A",
        "severity": "major",
        "es": "Mayor riesgo de hemorragia.",
        "pt": "Maior risco de hemorragia.",
        "en": "Higher risk of bleeding.",
    },
    {
        "first": "substance:paracetamol",
        "second": "substance:warfarin",
        "severity": "moderate",
        "es": "Vigile el INR.",
        "pt": "Monitore o INR.",
        "en": "Watch the INR.",
    },
]
ORDER_SETS = [
    {
        "code": "BASIC",
        "kind": "laboratory",
        "name": "Perfil básico",
        "tests": [
            {"loinc": HEMOGLOBIN, "display": "Hemoglobina"},
            {"loinc": POTASSIUM, "display": "Potasio"},
        ],
    }
]


def physician(tenant: str = TENANT, subject: str = "physician-1") -> Caller:
    """Somebody whose session lasts."""
    return live(user(Role.PHYSICIAN, tenant=tenant, subject=subject))


def live(caller: Caller, minutes: float = 60 * 24 * 365) -> Caller:
    """The caller with a token that ends so many minutes after the tests' start."""
    return replace(caller, expires=int(START.timestamp() + minutes * 60))


NURSE = live(user(Role.NURSE, subject="nurse-1"))
LABORATORY = live(user(Role.LABORATORY, subject="laboratory-1"))
PHARMACIST = live(user(Role.PHARMACIST, subject="pharmacist-1"))
DESK = live(user(Role.FRONT_DESK, subject="desk-1"))
ADMINISTRATOR = live(user(Role.ADMINISTRATOR, subject="administrator-1"))


def json_file(items: list[dict[str, Any]]) -> CatalogueImport:
    """A catalogue file."""
    text = json.dumps({"items": items}, ensure_ascii=False)
    return CatalogueImport(format=ImportFormat.JSON, content=text)


@dataclass
class FakePeople:
    """The patients service for a caller of one tenant."""

    tenant: str = TENANT
    deceased: bool = False
    relations: tuple[RelationKind, ...] = (RelationKind.TREATED,)
    """Of whoever asks."""
    merged: dict[str, str] = field(default_factory=dict)
    """Survivors by the id that was merged."""
    asked: list[str] = field(default_factory=list)
    known: PatientLabel = LABEL
    country: str | None = None
    zone: str = "UTC"
    """Of the institution."""
    altitude_m: int | None = None
    encounters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each patient, by their id."""

    def admit(self, patient: str) -> Admission:
        self.asked.append(patient)
        if self.tenant != TENANT or patient == NOBODY:
            raise NotFound("there is no such patient")
        if not self.relations:
            raise Forbidden("no care relation", right="patients.care_relation")
        kept = self.merged.get(patient, patient)
        others = tuple(one for one, into in self.merged.items() if into == kept)
        members = (kept, *others)
        return Admission(
            patient=kept, members=members, relations=self.relations, deceased=self.deceased
        )

    def members(self, patient: str) -> tuple[str, ...]:
        if self.tenant != TENANT or patient == NOBODY:
            raise NotFound("there is no such patient")
        kept = self.merged.get(patient, patient)
        return (kept, *(one for one, into in self.merged.items() if into == kept))

    def has_encounter(self, patient: str, encounter: str) -> bool:
        return encounter in self.encounters.get(self.merged.get(patient, patient), ())

    def altitude(self) -> int | None:
        return self.altitude_m

    def jurisdiction(self) -> Jurisdiction:
        return Jurisdiction(self.country, self.zone)

    def label(self, patient: str) -> PatientLabel:
        if self.tenant != TENANT or patient == NOBODY:
            raise NotFound("there is no such patient")
        if self.deceased:
            raise PatientDeceased
        return self.known


@dataclass
class Ward:
    """A world where prescribing works."""

    world: World = field(default_factory=World)
    people: FakePeople = field(default_factory=FakePeople)
    blobs: MemoryBlobs = field(init=False)
    catalogues: Catalogues = field(init=False)
    vault: Vault = field(init=False)

    def __post_init__(self) -> None:
        self.blobs = MemoryBlobs(self.world.clock)
        self.catalogues = Catalogues(self.blobs)
        self.vault = self.world.services.vault
        for tenant in (TENANT, "clinic-two"):
            manager = user(Role.ADMINISTRATOR, tenant=tenant, subject="administrator-1")
            for kind, items in (
                (CatalogueKind.FORMULARY, FORMULARY),
                (CatalogueKind.INTERACTIONS, INTERACTIONS),
                (CatalogueKind.ORDER_SETS, ORDER_SETS),
            ):
                releases.put(
                    self.services,
                    self.catalogues,
                    call(manager),
                    kind=kind,
                    given=json_file(items),
                    version=0,
                )
            for who in ("physician-1", "physician-2"):
                prescribers.put(self.services, call(manager), who, PRESCRIBER, 0)

    @property
    def services(self) -> OrdersServices:
        """What use cases take, in the name of whoever `people` knows."""
        own = self.world
        return OrdersServices(
            own.store, self.vault, own.clock, own.new_id, self.catalogues, self.people
        )

    @property
    def cold(self) -> OrdersServices:
        """The same in a process that has no key in memory."""
        return replace(self.services, vault=self.world.services.vault)

    def draft(
        self, *items: str, by: Caller | None = None, key: str = "", **body: Any
    ) -> Prescription:
        """A draft with a line per product."""
        lines = tuple(line(item) for item in items or ("PAR500",))
        command = NewPrescription(patient=PATIENT, lines=lines, **body)
        return prescribing.draft(self.services, call(by or physician(), key=key), command)

    def signed(self, *items: str, **body: Any) -> Prescription:
        """A signed prescription."""
        drafted = self.draft(*items, **body)
        return prescribing.sign(
            self.services, call(physician()), drafted.id, Sign(), drafted.version
        )

    def order(self, *, kind: OrderKind = OrderKind.LABORATORY, **body: Any) -> Order:
        """A draft of an order."""
        tests = (OrderedTest(loinc=POTASSIUM, display="Potasio"),)
        fields = {"tests": tests, "reason": "Control"} | body
        command = NewOrder(patient=PATIENT, kind=kind, **fields)
        return ordering.draft(self.services, call(physician()), command)

    def sent(self, **body: Any) -> Order:
        """A signed order."""
        drafted = self.order(**body)
        return ordering.sign(self.services, call(physician()), drafted.id, drafted.version)

    def resulted(self, order: Order, **changes: Any) -> Order:
        """The order with a result by the laboratory."""
        return results.enter(
            self.services, call(LABORATORY), order.id, potassium(**changes), order.version
        )

    def hear(self, type_: str, data: dict[str, Any], sequence: int = 1, subject: str = "") -> None:
        """An event of the record arrives."""
        event = Event(
            id=self.world.new_id(),
            type=type_,
            tenant=TENANT,
            subject=subject or str(data.get("entry_id", PATIENT)),
            sequence=sequence,
            at=self.world.clock(),
            data={"patient_id": PATIENT, **data},
        )
        of_the_record(lambda: self.services)[type_](event)

    def types(self) -> list[str]:
        """Types of all events, in order."""
        return [event.type for event in self.world.events()]


def line(item: str, **changes: Any) -> NewLine:
    """One tablet every eight hours for a week."""
    fields: dict[str, Any] = {
        "item": item,
        "dose": Dose(value=1, unit="tableta"),
        "route": Route.ORAL,
        "frequency": Frequency(times=1, hours=8),
        "duration_days": 7,
        "quantity": 21,
    }
    return NewLine(**fields | changes)


def potassium(
    value: float = 4.2, status: ResultStatus = ResultStatus.FINAL, **more: Any
) -> NewResult:
    """Serum potassium, mmol/L."""
    one = NewObservation(
        loinc=POTASSIUM,
        display="Potasio",
        value=value,
        unit="mmol/L",
        low=3.5,
        high=5.1,
        critical_low=2.5,
        critical_high=6.5,
    )
    return NewResult(status=status, observations=(one,), **more)
