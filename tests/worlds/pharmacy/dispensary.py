"""A clearly synthetic pharmacy: two warehouses, four products, people, a neighbourhood."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from schemas.admissions import AdmissionKind, AdmissionStatus, AdmittedPatient, Place, PlaceKind
from schemas.formulary import FormularyItem
from schemas.patients import Patient, PersonName, Sex
from schemas.pharmacy import (
    ItemKind,
    Pack,
    StockItem,
    StockItemBody,
    Warehouse,
    WarehouseBody,
)
from schemas.prescriptions import (
    Alert,
    Checks,
    Dose,
    Frequency,
    PatientLabel,
    PrescriberBody,
    Prescription,
    PrescriptionLine,
    PrescriptionStatus,
    Registration,
)
from schemas.stock_postings import (
    EntryLine,
    NewEntry,
    Posting,
)
from telesalud.pharmacy.items import catalogue
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stock import postings
from telesalud.pharmacy.warehouses import keeping
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Gone, NotFound
from telesalud.platform.work import Call
from tests.worlds.orders.ward import LABEL, live
from tests.worlds.staff import hire
from tests.worlds.world import TENANT, World, call, user

PHARMACIST = live(user(Role.PHARMACIST, subject="pharmacist-1"))
COLLEAGUE = live(user(Role.PHARMACIST, subject="pharmacist-2"))
ASSISTANT = live(user(Role.PHARMACY_ASSISTANT, subject="assistant-1"))
WARD_NURSE = replace(
    live(user(Role.WARD_NURSE, subject="ward-1")), name="Enfermería Demostración Uno"
)
PHYSICIAN = replace(
    live(user(Role.PHYSICIAN, subject="physician-1")), name="Profesional Demostración Uno"
)
ADMINISTRATOR = live(user(Role.ADMINISTRATOR, subject="administrator-1"))
PATIENT = "019ab000-0000-7000-8000-000000000001"
ADMISSION = "019ab000-0000-7000-8000-00000000ad01"
PRESCRIPTION = "019ab000-0000-7000-8000-00000000a001"
AMOXICILLIN, PARACETAMOL, MORPHINE, GAUZE = "AMX500", "PAR500", "MOR010", "GAS010"
GENERIC = "AMX500G"
"""The same substance, strength and form as AMOXICILLIN, of another maker."""
LIMA = "America/Lima"
EARLY, LATE = date(2027, 1, 31), date(2027, 6, 30)
GTIN = "07612345678900"


def product(code: str, name: str, substance: str, **changes: Any) -> FormularyItem:
    """A product of the formulary."""
    fields: dict[str, Any] = {
        "code": code,
        "atc": "J01CA04",
        "name": name,
        "substances": (substance,),
        "form": "cápsula",
        "strength": "500 mg",
        "unit": "cápsula",
        "routes": ("oral",),
    }
    return FormularyItem.model_validate(fields | changes, strict=False)


FORMULARY = {
    each.code: each
    for each in (
        product(AMOXICILLIN, "Amoxicilina", "amoxicillin"),
        product(GENERIC, "Amoxicilina genérica", "amoxicillin"),
        product(PARACETAMOL, "Paracetamol", "paracetamol", atc="N02BE01"),
        product(MORPHINE, "Morfina", "morphine", atc="N02AA01", strength="10 mg", controlled=True),
    )
}


def line(number: int, code: str, quantity: int, **changes: Any) -> PrescriptionLine:
    """A line of a prescription."""
    fields: dict[str, Any] = {
        "item": code,
        "dose": Dose(value=1, unit="cápsula"),
        "route": "oral",
        "frequency": Frequency(times=3, hours=24),
        "duration_days": 7,
        "quantity": quantity,
        "number": number,
        "product": FORMULARY[code],
    }
    return PrescriptionLine.model_validate(fields | changes, strict=False)


@dataclass
class Neighbourhood:
    """Orders and patients, as the pharmacy sees them."""

    now: datetime
    lines: tuple[PrescriptionLine, ...] = (line(1, AMOXICILLIN, 21),)
    status: PrescriptionStatus = PrescriptionStatus.ACTIVE
    valid_days: int = 30
    alerts: tuple[Alert, ...] = ()
    label: PatientLabel = LABEL
    deceased_on: date | None = None
    shredded: bool = False
    survivor: str = PATIENT
    asked: list[str] = field(default_factory=list)
    zone: str = LIMA
    admission: AdmissionStatus = AdmissionStatus.ADMITTED
    in_care: bool = True

    def prescription(self, which: str) -> Prescription:
        self.asked.append("prescription")
        if not which.startswith(PRESCRIPTION[:-3]):
            raise NotFound
        if self.shredded:
            raise Gone("this record was shredded")
        return Prescription(
            id=which,
            patient=PATIENT,
            status=self.status,
            encounter=None,
            lines=self.lines,
            reported_allergies=(),
            valid_days=self.valid_days,
            patient_label=self.label,
            created_at=self.now,
            created_by="physician-1",
            signed_at=self.now,
            signed_by="physician-1",
            valid_until=(self.now + timedelta(days=self.valid_days)).date(),
            prescriber=PrescriberBody(
                name="Profesional Demostración Uno",
                registration=Registration(type="CMP", number="000001"),
                institution="Hospital Demostración",
            ),
            status_at=self.now,
            zone=self.zone,
            version=2,
        )

    def checks(self, which: str, language: str | None) -> Checks:
        self.asked.append(f"checks {language}")
        return Checks(alerts=self.alerts)

    def patient(self, which: str) -> Patient:
        self.asked.append("patient")
        if self.shredded:
            raise Gone("this record was shredded")
        return Patient(
            id=self.survivor,
            name=PersonName(given="Paciente", family="Demostración Uno"),
            birth_date=self.label.birth_date,
            sex=Sex.FEMALE,
            record_number=self.label.record_number,
            registered_at=self.now,
            deceased_on=self.deceased_on,
            version=1,
        )

    def admitted(self, which: str) -> AdmittedPatient:
        self.asked.append("admitted")
        if which != ADMISSION:
            raise NotFound
        return AdmittedPatient(
            id=which,
            patient=self.survivor,
            patient_name="Demostración Uno Paciente",
            record_number=self.label.record_number,
            kind=AdmissionKind.AMBULATORY,
            site=None,
            status=self.admission,
            place=Place(kind=PlaceKind.CHAIR, ward="Hospital de día", name="Sillón 1"),
            responsible=PATIENT,
            diagnosis="Neumonía",
            admitted_at=self.now,
            admitted_by="desk-1",
            discharge=None,
            cancelled_for=None,
            version=1,
        )

    def require_care(self, patient: str) -> None:
        self.asked.append("care")
        if not self.in_care:
            raise Forbidden("you have no care relation with this patient")

    def product(self, code: str) -> FormularyItem | None:
        return FORMULARY.get(code)


@dataclass
class Dispensary:
    """A world with stock in it."""

    world: World = field(default_factory=World)
    near: Neighbourhood = field(init=False)
    main: Warehouse = field(init=False)
    branch: Warehouse = field(init=False)

    def __post_init__(self) -> None:
        self.near = Neighbourhood(self.world.clock())
        self.staff()
        zone = {"zone": LIMA}
        self.main = keeping.add(
            self.services,
            call(ADMINISTRATOR),
            WarehouseBody.model_validate({"name": "Farmacia Demostración", **zone}),
        )
        self.branch = keeping.add(
            self.services,
            call(ADMINISTRATOR),
            WarehouseBody.model_validate({"name": "Sede Demostración", **zone}),
        )
        for code in FORMULARY:
            self.keep(code)
        self.keep(GAUZE, kind=ItemKind.SUPPLY, name="Gasa estéril", unit="unidad")

    def staff(self) -> None:
        """Accounts that are old enough to vouch for each other's work."""
        before = self.world.clock() - timedelta(days=90)
        for who in (PHARMACIST, COLLEAGUE, ASSISTANT, WARD_NURSE):
            hire(self.world.services, who.subject, tuple(who.roles), vouched_at=before)

    @property
    def services(self) -> PharmacyServices:
        """What use cases take; a cold process each time."""
        own = self.world.services
        return PharmacyServices(own.store, own.vault, own.clock, own.new_id, self.near)

    def by(self, caller: Caller = PHARMACIST, key: str = "") -> Call:
        """A call by somebody."""
        return call(caller, key=key)

    def keep(self, code: str, **changes: Any) -> StockItem:
        """Put an item on file."""
        body = StockItemBody.model_validate({"kind": ItemKind.MEDICINE, **changes})
        return catalogue.put(self.services, self.by(), code, body, 0)

    def enter(
        self,
        code: str,
        quantity: int,
        *,
        number: str = "L1",
        expiry: date | None = EARLY,
        warehouse: str = "",
    ) -> Posting:
        """Goods from outside."""
        body = NewEntry(
            document="Guía 0001",
            supplier="Proveedor Demostración",
            lines=(EntryLine(item=code, number=number, expiry=expiry, quantity=quantity),),
        )
        return postings.enter(self.services, self.by(), warehouse or self.main.id, body)


PACK = Pack(name="Caja de 100", units=100, gtin=GTIN)

__all__ = ["GTIN", "PACK", "TENANT", "Dispensary"]
