"""Coverage: with a contract of billing, ended and never erased; what was noted as text stays."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from schemas.billing import PayerContract, PayerKind
from schemas.coverage import Coverage, CoverageBody
from schemas.patients import Insurance
from telesalud.patients.coverage import keeping
from telesalud.patients.coverage.keeping import Where
from telesalud.patients.people import merging, registration
from telesalud.platform.access import Role
from telesalud.platform.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from tests.worlds.patients.people import body_of, register
from tests.worlds.world import World, call, user

DESK = user(Role.FRONT_DESK, subject="desk-1")
CONTRACT = "019ab000-0000-7000-8000-00000000b001"
BEGIN = date(2026, 1, 1)


@dataclass
class Billing:
    """Contracts as billing answers them."""

    active: bool = True
    valid_until: date | None = None
    known: list[str] = field(default_factory=lambda: [CONTRACT])

    def contract(self, which: str) -> PayerContract | None:
        if which not in self.known:
            return None
        return PayerContract(
            id=which,
            payer=which,
            payer_name="Seguro Demostración",
            payer_kind=PayerKind.PUBLIC,
            name="Plan Uno",
            country="PE",
            currency="PEN",
            valid_from=date(2025, 1, 1),
            valid_until=self.valid_until,
            active=self.active,
            version=1,
        )


@dataclass
class Here:
    """A patient at a desk."""

    world: World = field(default_factory=World)
    billing: Billing = field(default_factory=Billing)

    def __post_init__(self) -> None:
        self.patient = register(self.world).id

    def add(self, patient: str = "", **changes: Any) -> Coverage:
        fields = {"contract": CONTRACT, "valid_from": BEGIN, **changes}
        body = CoverageBody.model_validate(fields)
        who = patient or self.patient
        return keeping.add(self.world.services, self.billing, call(DESK), who, body)

    def change(self, made: Coverage, **changes: Any) -> Coverage:
        own = {name: getattr(made, name) for name in CoverageBody.model_fields}
        body = CoverageBody.model_validate({**own, **changes})
        where = Where(self.patient, made.id, made.version)
        return keeping.change(self.world.services, self.billing, call(DESK), where, body)

    def listed(self) -> list[str]:
        found = keeping.listed(self.world.services, call(DESK), self.patient)
        return [one.id for one in found.items]


@pytest.fixture
def here() -> Here:
    return Here()


def test_a_coverage_keeps_the_contract_as_it_was(here: Here) -> None:
    made = here.add(member_number="M-1")
    assert (made.payer_name, made.contract_name, made.member_number) == (
        "Seguro Demostración",
        "Plan Uno",
        "M-1",
    )
    assert here.listed() == [made.id]


@pytest.mark.parametrize(
    "billing",
    [Billing(active=False), Billing(known=[]), Billing(valid_until=date(2025, 12, 31))],
)
def test_a_contract_that_is_not_in_force_pays_for_nobody(here: Here, billing: Billing) -> None:
    here.billing = billing
    with pytest.raises(Invalid):
        here.add()


def test_a_contract_pays_once_at_a_time(here: Here) -> None:
    made = here.add()
    with pytest.raises(Conflict):
        here.add(valid_from=date(2026, 6, 1))
    here.change(made, valid_until=date(2026, 5, 31))
    again = here.add(valid_from=date(2026, 6, 1))
    assert here.listed() == [again.id, made.id]
    with pytest.raises(StaleVersion):
        here.change(made, valid_until=None)


def test_one_in_error_stays_on_file_and_makes_room(here: Here) -> None:
    made = here.add()
    wrong = here.change(made, entered_in_error=True)
    again = here.add()
    assert here.listed() == [again.id, wrong.id]


def test_a_coverage_ends_after_its_contract_did(here: Here) -> None:
    made = here.add()
    here.billing.active = False
    assert here.change(made, valid_until=date(2026, 2, 1)).valid_until == date(2026, 2, 1)


def test_what_was_noted_as_text_is_answered_beside(here: Here) -> None:
    services = here.world.services
    found = registration.read(services, call(DESK), here.patient)
    noted = Insurance(insurer="Seguro anotado", contract="123")
    body = body_of(found, insurance=noted)
    registration.update(services, call(DESK), here.patient, body, found.version)
    here.add()
    assert keeping.listed(services, call(DESK), here.patient).noted == noted


def test_coverages_of_a_merged_registration_are_the_survivors(here: Here) -> None:
    other = register(here.world, birth_date=date(1980, 3, 26), confirm_not_duplicate=True).id
    made = here.add(other)
    administrator = user(Role.ADMINISTRATOR, subject="administrator-1")
    merging.merge(here.world.services, call(administrator), here.patient, other, 1)
    assert here.listed() == [made.id]
    after = here.change(made, valid_until=date(2026, 12, 31))
    assert (after.patient, after.version) == (here.patient, 2)


def test_the_pharmacy_writes_no_coverage(here: Here) -> None:
    body = CoverageBody(contract=CONTRACT, valid_from=BEGIN)
    pharmacist = user(Role.PHARMACIST, subject="pharmacist-1")
    with pytest.raises(Forbidden):
        keeping.add(here.world.services, here.billing, call(pharmacist), here.patient, body)


def test_another_institutions_patient_is_not_found(here: Here) -> None:
    stranger = user(Role.FRONT_DESK, tenant="other-hospital", subject="desk-2")
    with pytest.raises(NotFound):
        keeping.listed(here.world.services, call(stranger), here.patient)
