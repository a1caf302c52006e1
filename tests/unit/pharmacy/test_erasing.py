"""A shredded record takes what the patient got with it, and leaves the books right."""

import pytest

from schemas.custody import RecordShredded
from schemas.dispensing import LabelQuery
from telesalud.pharmacy.dispensing import printing, records
from telesalud.pharmacy.handlers import handlers
from telesalud.pharmacy.stock import verifying
from telesalud.platform.errors import Gone
from telesalud.platform.events import Event
from tests.worlds.pharmacy.dispensary import PATIENT, PRESCRIPTION
from tests.worlds.pharmacy.given import given, stocked
from tests.worlds.world import TENANT


def test_what_was_dispensed_opens_no_more_and_the_books_stay_right() -> None:
    here = stocked()
    made = given(here)
    fact = RecordShredded(patient_id=PATIENT, member_ids=(PATIENT,))
    event = Event(
        id="019ab000-0000-7000-8000-0000000e0001",
        type="patients.record_shredded",
        tenant=TENANT,
        subject=PATIENT,
        sequence=1,
        at=here.world.clock(),
        data=fact.model_dump(mode="json"),
    )
    for _ in range(2):
        handlers(lambda: here.world.services)[event.type](event)
    for ask in (
        lambda: records.read(here.services, here.by(), made.id),
        lambda: records.of_prescription(here.services, here.by(), PRESCRIPTION),
        lambda: printing.print_labels(here.services, here.by(), made.id, LabelQuery()),
    ):
        with pytest.raises(Gone):
            ask()
    assert verifying.verify(here.world.store, here.services.vault, TENANT).faults == []
    assert ("pharmacy.shredded", PATIENT, "done") in here.world.audited()
