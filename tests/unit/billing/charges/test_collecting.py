"""What others did becomes a charge, once, however often and in whatever order it is told."""

from typing import Any

import pytest

from schemas.vouchers import ChargePage, ChargeQuery
from telesalud.billing.charges import keeping
from telesalud.billing.handlers import handlers
from telesalud.platform.errors import Unavailable
from telesalud.platform.events import Event
from telesalud.platform.vault import Scope
from tests.worlds.billing.office import PATIENT, Office
from tests.worlds.world import TENANT

DISPENSING = "019ab000-0000-7000-8000-00000000d001"
ENCOUNTER = "019ab000-0000-7000-8000-00000000e001"


@pytest.fixture
def here() -> Office:
    return Office()


def told(here: Office, type_: str, data: dict[str, Any]) -> Event:
    at = here.world.clock()
    return Event(
        id=here.world.new_id(),
        type=type_,
        version=1,
        tenant=TENANT,
        subject="subject",
        sequence=1,
        at=at,
        data=data,
    )


def dispensing(here: Office, verb: str, quantity: int) -> Event:
    line = {"line": 1, "item": "AMX500", "lot": "2027-01-31.L1", "quantity": quantity}
    data = {
        "dispensing_id": DISPENSING,
        "prescription_id": DISPENSING,
        "patient_id": PATIENT,
        "encounter_id": ENCOUNTER,
        "warehouse_id": DISPENSING,
        "lines": [line],
        "totals": [],
    }
    return told(here, f"pharmacy.medication_{verb}", data)


def hear(here: Office, *events: Event) -> None:
    known = handlers(lambda: here.world.services)
    for event in events:
        known[event.type](event)


def charged(here: Office) -> ChargePage:
    return keeping.page(here.services, here.by(), ChargeQuery(patient=PATIENT))


def test_what_was_dispensed_is_charged_once(here: Office) -> None:
    event = dispensing(here, "dispensed", 21)
    hear(here, event, event)
    [charge] = charged(here).items
    assert (charge.code, charge.quantity, charge.encounter) == ("AMX500", 21, ENCOUNTER)


def test_what_came_back_has_the_price_of_the_day_it_was_given(here: Office) -> None:
    back = dispensing(here, "returned", 5)
    with pytest.raises(Unavailable):
        hear(here, back)
    hear(here, dispensing(here, "dispensed", 21))
    here.world.clock.advance(days=3)
    late = dispensing(here, "returned", 5)
    hear(here, late, late)
    given, came = charged(here).items
    assert (came.quantity, came.at) == (-5, given.at)
    here.price("AMX500", "99.00", since=here.world.clock().date())
    assert here.voucher(given, came).total == "5.33"


def test_a_visit_is_charged_when_it_is_signed_first(here: Office) -> None:
    data = {
        "encounter_id": ENCOUNTER,
        "patient_id": PATIENT,
        "kind": "ambulatory",
        "status": "signed",
        "started_at": here.world.clock().isoformat(),
        "practitioner_ids": [],
    }
    hear(here, *(told(here, "patients.encounter_signed", data) for _ in range(2)))
    [charge] = charged(here).items
    assert (charge.kind.value, charge.code) == ("visit", "visit.ambulatory")


def test_nothing_is_charged_for_a_shredded_record(here: Office) -> None:
    here.world.services.vault.shred(Scope(TENANT, PATIENT))
    hear(here, dispensing(here, "dispensed", 21))
    assert not [one for one in here.world.store.changes if one.key.pk.startswith("CHARGE#")]
