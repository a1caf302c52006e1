"""What was ordered is for those who care for the patient, follows them through merges, and ends
with them: by death, or by the destruction of their record."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.care import RelationKind
from schemas.formulary import OrderedTest, OrderKind
from schemas.orders import EntryKind, EntryQuery, NewOrder, OrderStatus, WorkQuery, WorkScope
from schemas.prescriptions import Sign
from telesalud.orders import erasing, listing
from telesalud.orders.access import open_order, open_prescription
from telesalud.orders.errors import BlockingAlerts, PatientDeceased
from telesalud.orders.papers import issuing
from telesalud.orders.policy import READ_ORDERS, READ_PRESCRIPTIONS, RESULT
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.requests import attachments, deadlines, open_orders, ordering, worklist
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Gone, NotFound
from telesalud.platform.events import Event
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.files import share
from tests.worlds.orders.papers import referral
from tests.worlds.orders.ward import (
    HEMOGLOBIN,
    LABORATORY,
    NURSE,
    OTHER_PATIENT,
    PATIENT,
    PHARMACIST,
    Ward,
    live,
    physician,
)
from tests.worlds.world import TENANT, call, partner, user


@pytest.fixture
def ward() -> Ward:
    return Ward()


COLLEAGUE = physician(subject="physician-2")


def enter(ward: Ward, caller: Caller, kind: EntryKind, which: str, right: str) -> None:
    opens = open_order if kind is EntryKind.ORDER else open_prescription
    opens(ward.services, call(caller), which, right)


# --- the care relation -------------------------------------------------------------------------


def test_without_a_relation_a_clinician_comes_to_nothing(ward: Ward) -> None:
    signed, sent = ward.signed(), ward.sent()
    drafted = ward.draft()
    ward.people.relations = ()
    by = call(COLLEAGUE)
    acts: list[Callable[[], object]] = [
        lambda: listing.summary(ward.services, by, PATIENT),
        lambda: listing.page(ward.services, by, PATIENT, EntryQuery()),
        lambda: ward.draft(by=COLLEAGUE),
        lambda: prescribing.renew(ward.services, by, signed.id),
        lambda: prescribing.check(ward.services, by, signed.id, None),
        lambda: prescribing.sign(ward.services, by, drafted.id, Sign(), drafted.version),
        lambda: issuing.issue(ward.services, by, referral()),
        lambda: enter(ward, COLLEAGUE, EntryKind.PRESCRIPTION, signed.id, READ_PRESCRIPTIONS),
        lambda: enter(ward, COLLEAGUE, EntryKind.ORDER, sent.id, READ_ORDERS),
        lambda: enter(ward, NURSE, EntryKind.ORDER, sent.id, READ_ORDERS),
    ]
    for act in acts:
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.extra["right"] == "patients.care_relation"


def test_whoever_works_on_the_order_itself_needs_no_relation(ward: Ward) -> None:
    signed, sent = ward.signed(), ward.sent()
    ward.people.relations = ()
    ward.people.asked.clear()
    enter(ward, LABORATORY, EntryKind.ORDER, sent.id, RESULT)
    enter(ward, PHARMACIST, EntryKind.PRESCRIPTION, signed.id, READ_PRESCRIPTIONS)
    enter(ward, partner(READ_ORDERS), EntryKind.ORDER, sent.id, READ_ORDERS)
    enter(ward, physician(), EntryKind.ORDER, sent.id, READ_ORDERS)  # who ordered it
    assert ward.people.asked == []
    both = live(user(Role.LABORATORY, Role.PHYSICIAN, subject="pathologist"))
    enter(ward, both, EntryKind.ORDER, sent.id, RESULT)
    with pytest.raises(Forbidden):
        listing.summary(ward.services, call(both), PATIENT)
    with pytest.raises(Forbidden):
        enter(ward, PHARMACIST, EntryKind.ORDER, sent.id, READ_ORDERS)


def test_what_only_a_broken_glass_opens_says_so_in_the_trail(ward: Ward) -> None:
    ward.people.relations = (RelationKind.GLASS,)
    listing.summary(ward.services, call(COLLEAGUE), PATIENT)
    entries = [c.new for c in ward.world.store.changes if c.new and "action" in c.new.attributes]
    assert [e.text("reason") for e in entries if e.text("action") == "orders.enter"] == [
        "break-glass"
    ]
    ward.people.relations = (RelationKind.GLASS, RelationKind.BOOKED)
    listing.summary(ward.services, call(COLLEAGUE), PATIENT)
    assert [a for a, _, _ in ward.world.audited()].count("orders.enter") == 1


def test_things_of_another_institution_do_not_exist(ward: Ward) -> None:
    sent, stranger = ward.sent(), physician(tenant="clinic-two")
    with pytest.raises(NotFound):
        enter(ward, stranger, EntryKind.ORDER, sent.id, READ_ORDERS)


# --- merged patients ---------------------------------------------------------------------------


def merge(ward: Ward) -> None:
    """PATIENT was merged into OTHER_PATIENT."""
    ward.people.merged = {PATIENT: OTHER_PATIENT}


@pytest.mark.parametrize("asked", [PATIENT, OTHER_PATIENT])
def test_orders_follow_the_surviving_patient(ward: Ward, asked: str) -> None:
    signed, sent = ward.signed(), ward.sent()
    merge(ward)
    tests = (OrderedTest(loinc=HEMOGLOBIN, display="Hemoglobina"),)
    command = NewOrder(patient=PATIENT, kind=OrderKind.LABORATORY, tests=tests, reason="x")
    ward.world.clock.advance(minutes=1)
    newer = ordering.draft(ward.services, call(physician()), command)
    assert newer.patient == OTHER_PATIENT
    found = listing.summary(ward.services, call(physician()), asked)
    assert found.patient == OTHER_PATIENT
    assert [one.id for one in found.prescriptions] == [signed.id]
    assert [one.id for one in found.orders] == [sent.id]
    first = listing.page(ward.services, call(physician()), asked, EntryQuery(limit=2))
    rest = listing.page(
        ward.services, call(physician()), asked, EntryQuery(limit=2, cursor=first.cursor)
    )
    ids = [one.id for one in (*first.items, *rest.items)]
    assert (ids[0], set(ids)) == (newer.id, {newer.id, signed.id, sent.id})


def test_an_allergy_under_either_id_blocks(ward: Ward) -> None:
    fact = {"entry_id": OTHER_PATIENT, "codes": ["substance:amoxicillin"], "criticality": "high"}
    ward.hear("patients.allergy_recorded", fact)
    merge(ward)
    drafted = ward.draft("AMX500")
    assert drafted.patient == OTHER_PATIENT
    with pytest.raises(BlockingAlerts):
        prescribing.sign(ward.services, call(physician()), drafted.id, Sign(), drafted.version)
    safe = ward.draft("PAR500")
    assert prescribing.sign(ward.services, call(physician()), safe.id, Sign(), safe.version)


def test_an_allergy_learned_under_the_other_id_while_signing_is_seen(ward: Ward) -> None:
    merge(ward)
    drafted = ward.draft("AMX500")
    fact = {"entry_id": OTHER_PATIENT, "codes": ["substance:amoxicillin"], "criticality": "high"}
    once_before_writing(ward, lambda: ward.hear("patients.allergy_recorded", fact))
    with pytest.raises(BlockingAlerts):
        prescribing.sign(ward.services, call(physician()), drafted.id, Sign(), drafted.version)


# --- death -------------------------------------------------------------------------------------


def once_before_writing(ward: Ward, happening: Callable[[], object]) -> None:
    """Let something happen between the reads and the transaction of what comes next."""

    def before(_: Any) -> None:
        ward.world.store.before_transact = None
        happening()

    ward.world.store.before_transact = before


@pytest.mark.parametrize("what", ["order", "prescription", "referral"])
def test_a_death_that_arrives_while_signing_stops_it(ward: Ward, what: str) -> None:
    order, prescription = ward.order(), ward.draft()
    by = call(physician())

    def died() -> None:
        ward.hear("patients.patient_deceased", {"deceased_on": "2026-11-20"})

    acts: dict[str, Callable[[], object]] = {
        "order": lambda: ordering.sign(ward.services, by, order.id, order.version),
        "prescription": lambda: prescribing.sign(
            ward.services, by, prescription.id, Sign(), prescription.version
        ),
        "referral": lambda: issuing.issue(ward.services, by, referral()),
    }
    once_before_writing(ward, died)
    with pytest.raises(PatientDeceased):
        acts[what]()
    assert not [t for t in ward.types() if t.endswith(("signed", "issued"))]


def test_a_death_that_only_the_record_knows_of_stops_it_too(ward: Ward) -> None:
    order, prescription = ward.order(), ward.draft()
    ward.people.deceased = True
    with pytest.raises(PatientDeceased):
        ordering.sign(ward.services, call(physician()), order.id, order.version)
    with pytest.raises(PatientDeceased):
        prescribing.sign(
            ward.services,
            call(physician()),
            prescription.id,
            Sign(),
            prescription.version,
        )


# --- a destroyed record ------------------------------------------------------------------------


def shredded(ward: Ward) -> Event:
    return Event(
        id="019ab000-0000-7000-8000-0000000000ff",
        type="patients.record_shredded",
        tenant=TENANT,
        subject=PATIENT,
        sequence=2,
        at=ward.world.clock(),
        data=json.loads(json.dumps({"patient_id": PATIENT, "member_ids": [PATIENT]})),
    )


def hear_shredding(ward: Ward) -> None:
    erasing.erase(ward.services, ward.blobs, shredded(ward), (PATIENT,))


def test_what_was_ordered_goes_with_the_record(ward: Ward) -> None:
    sent = ward.sent()
    kept = share(ward, sent)
    resulted = ward.resulted(sent)
    catalogues = dict(ward.blobs.files)
    hear_shredding(ward)
    for act in (
        lambda: ordering.read(ward.services, call(physician()), resulted.id),
        lambda: attachments.link(ward.services, ward.blobs, call(physician()), sent.id, kept.id),
        lambda: listing.summary(ward.services, call(physician()), PATIENT),
    ):
        with pytest.raises(Gone):
            act()
    for scope in WorkScope:
        query = WorkQuery(scope=scope)
        assert worklist.page(ward.services, call(physician()), query).items == ()
    assert not list(ward.services.store.query(open_orders.open_partition(TENANT)).items)
    gone = {path for _, path in catalogues} - {path for _, path in ward.blobs.files}
    assert len(gone) == 1
    assert deadlines.check(ward.services, TENANT, sent.id, sent.schedule).done
    hear_shredding(ward)
    assert [a for a, _, _ in ward.world.audited()].count("orders.shredded") == 1
    assert resulted.status is OrderStatus.RESULTED


def test_destroying_survives_a_crash_at_every_step() -> None:
    def make() -> Ward:
        ward = Ward()
        share(ward, ward.sent())
        ward.signed()
        return ward

    def check(ward: Ward) -> None:
        assert not list(ward.services.store.query(f"WORK#{TENANT}#ALL").items)
        with pytest.raises(Gone):
            listing.summary(ward.services, call(physician()), PATIENT)
        assert [a for a, _, _ in ward.world.audited()].count("orders.shredded") == 1

    assert crash_everywhere(make, lambda w: w.world.store, hear_shredding, check) >= 6
