"""A clearly synthetic billing office: a payer, a contract with prices, a covered patient."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from schemas.billing import (
    ContractBody,
    NewPrices,
    PayerBody,
    PayerContract,
    PayerKind,
    PriceLine,
)
from schemas.coverage import Coverage
from schemas.invoices import Invoice, NewInvoice
from schemas.patients import Patient, PersonName, Sex
from schemas.vouchers import Charge, NewCharge, NewVoucher, Voucher
from telesalud.billing.charges import keeping as charges
from telesalud.billing.contracts import keeping, prices
from telesalud.billing.invoices import issuing as invoices
from telesalud.billing.services import BillingServices
from telesalud.billing.vouchers import issuing
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.work import Call
from tests.worlds.orders.ward import live
from tests.worlds.world import World, call, user

BILLING = replace(live(user(Role.BILLING, subject="billing-1")), name="Persona Demostración Uno")
DESK = replace(live(user(Role.FRONT_DESK, subject="desk-1")), name="Persona Demostración Dos")
PATIENT = "019ab000-0000-7000-8000-000000000001"
COVERAGE = "019ab000-0000-7000-8000-00000000c001"
LIMA = "America/Lima"
BEGIN = date(2026, 1, 1)


@dataclass
class Neighbourhood:
    """Patients, as billing sees them."""

    now: datetime
    covered: list[Coverage] = field(default_factory=list)
    shredded: bool = False

    def patient(self, which: str) -> Patient:
        if self.shredded:
            raise Gone("this record was shredded")
        if which != PATIENT:
            raise NotFound
        return Patient(
            id=which,
            name=PersonName(given="Paciente", family="Demostración Uno"),
            birth_date=date(1980, 1, 1),
            sex=Sex.FEMALE,
            record_number="00000018",
            registered_at=self.now,
            version=1,
        )

    def coverages(self, which: str) -> tuple[Coverage, ...]:
        return tuple(self.covered)


@dataclass
class Office:
    """A world with a contract in it."""

    world: World = field(default_factory=lambda: World(context="billing"))
    near: Neighbourhood = field(init=False)
    contract: PayerContract = field(init=False)

    def __post_init__(self) -> None:
        self.near = Neighbourhood(self.world.clock())
        self.contract = self.agree()
        self.cover()
        self.price("visit.ambulatory", "60.00", kind="visit", tax="standard")
        self.price("AMX500", "0.3333", kind="medicine")

    @property
    def services(self) -> BillingServices:
        """What use cases take; a cold process each time."""
        own = self.world.services
        return BillingServices(own.store, own.vault, own.clock, own.new_id, self.near)

    def by(self, caller: Caller = BILLING, key: str = "") -> Call:
        """A call by somebody."""
        return call(caller, key=key)

    def agree(self, currency: str = "PEN", country: str = "PE") -> PayerContract:
        """A payer with a contract."""
        body = PayerBody(name="Seguro Demostración", kind=PayerKind.PRIVATE, tax_number="00001")
        payer = keeping.add_payer(self.services, self.by(), body)
        terms = ContractBody(
            payer=payer.id, name="Plan Uno", country=country, currency=currency, valid_from=BEGIN
        )
        return keeping.add(self.services, self.by(), terms)

    def cover(self, **changes: Any) -> Coverage:
        """Make the contract pay for the patient."""
        fields: dict[str, Any] = {
            "id": COVERAGE,
            "patient": PATIENT,
            "contract": self.contract.id,
            "contract_name": self.contract.name,
            "payer": self.contract.payer,
            "payer_name": self.contract.payer_name,
            "payer_kind": PayerKind.PRIVATE,
            "member_number": "M-1",
            "valid_from": BEGIN,
            "written_at": self.world.clock(),
            "written_by": "desk-1",
            "version": 1,
        }
        made = Coverage.model_validate(fields | changes)
        self.near.covered = [made]
        return made

    def price(self, code: str, price: str, since: date = BEGIN, **changes: Any) -> None:
        """Set one price."""
        fields = {"code": code, "kind": "medicine", "name": f"Nombre de {code}", **changes}
        line = PriceLine.model_validate({**fields, "since": since, "price": price}, strict=False)
        body = NewPrices(lines=(line,))
        prices.set_prices(self.services, self.by(), self.contract.id, body)

    def charge(self, code: str = "AMX500", quantity: int = 21, kind: str = "medicine") -> Charge:
        """Something was done."""
        fields = {"patient": PATIENT, "kind": kind, "code": code, "quantity": quantity}
        body = NewCharge.model_validate({**fields, "at": self.world.clock()}, strict=False)
        return charges.add(self.services, self.by(), body)

    def voucher(self, *charged: Charge, key: str = "") -> Voucher:
        """A voucher over charges; over one new charge without any."""
        taken = charged or (self.charge(),)
        body = NewVoucher(
            patient=PATIENT, coverage=COVERAGE, zone=LIMA, charges=tuple(one.id for one in taken)
        )
        return issuing.issue(self.services, self.by(key=key), body)

    def invoice(self, *vouchers: Voucher, key: str = "") -> Invoice:
        """An invoice over vouchers."""
        which = tuple(one.id for one in vouchers)
        body = NewInvoice(contract=self.contract.id, vouchers=which)
        return invoices.issue(self.services, self.by(key=key), body)
