"""What was ordered for a patient: the chart's summary, and the whole list page by page."""

from datetime import timedelta
from heapq import merge
from itertools import islice

from schemas.orders import Entry, EntryList, EntryQuery, PatientSummary, PrescribedMedicine
from schemas.prescriptions import PrescriptionLine
from telesalud.orders import current_state, repository
from telesalud.orders.access import Record, open_record
from telesalud.orders.policy import READ_CHART
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import NowPrescription, StoredEntry
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work


def summary(services: OrdersServices, call: Call, patient: str) -> PatientSummary:
    """Prescriptions in force and orders whose loop is open; audited.

    One query whatever the length of the record, and one read for a cold key; the same again for
    each registration that was merged into the patient's. Raises Forbidden, NotFound, Unavailable.
    """
    record = open_record(services, call, patient, READ_CHART)
    now = current_state.load(record)
    work = Work(services, call)
    work.audit("orders.read_summary", record.patient, f"patient/{record.patient}")
    work.commit()
    return PatientSummary(
        patient=record.patient,
        prescriptions=tuple(p.entry.view() for p in now.prescriptions),
        medicines=tuple(_medicine(p, line) for p, line in now.in_use(services.clock().date())),
        orders=tuple(entry.view() for entry in now.orders),
    )


def page(services: OrdersServices, call: Call, patient: str, query: EntryQuery) -> EntryList:
    """Everything that was written for a patient, latest first; audited.

    Raises Forbidden, NotFound, Unavailable.
    """
    record = open_record(services, call, patient, READ_CHART)
    after = from_cursor(query.cursor)
    pages = [
        services.store.query(
            repository.patient_partition(record.tenant, member),
            "LIST#",
            after=after,
            limit=query.limit,
            newest_first=True,
        )
        for member in record.members
    ]
    merged = merge(*(found.items for found in pages), key=lambda i: i.key.sk, reverse=True)
    items = list(islice(merged, query.limit))
    more = any(p.next_after for p in pages) or sum(len(p.items) for p in pages) > len(items)
    work = Work(services, call)
    work.audit("orders.list_patient", record.patient, f"patient/{record.patient}")
    work.commit()
    return EntryList(
        items=tuple(_entry(record, item) for item in items),
        cursor=to_cursor(items[-1].key.sk) if more and items else None,
    )


def _medicine(p: NowPrescription, line: PrescriptionLine) -> PrescribedMedicine:
    since = (p.signed_at or p.entry.at).date()
    return PrescribedMedicine(
        prescription=p.entry.id,
        line=line,
        status=p.entry.status,
        since=since,
        until=None if line.continuous else since + timedelta(days=line.duration_days),
        prescriber=p.prescriber,
    )


def _entry(record: Record, item: Item) -> Entry:
    scope = Scope(record.tenant, repository.patient_of(item.key))
    return open_model(record.services.vault, scope, item, StoredEntry).view()
