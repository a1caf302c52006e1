"""What was ordered for a patient: the chart's summary, and the whole list page by page."""

from collections.abc import Sequence
from datetime import timedelta
from heapq import merge
from itertools import islice
from typing import Final

from schemas.orders import Entry, EntryList, EntryQuery, PatientSummary, PrescribedMedicine
from schemas.prescriptions import PrescriptionLine
from telesalud.orders import current_state, repository, visits
from telesalud.orders.access import Record, open_record
from telesalud.orders.policy import READ_CHART
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import NowPrescription, StoredEntry
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

_MOST_PAGES: Final = 20
"""That one request goes through in search of what belongs to an encounter."""
_MOST_SHOWN: Final = 200


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
        prescriptions=_views(record, [p.entry for p in now.prescriptions]),
        medicines=tuple(_medicine(p, line) for p, line in now.in_use(services.clock().date())),
        orders=_views(record, now.orders),
    )


def page(services: OrdersServices, call: Call, patient: str, query: EntryQuery) -> EntryList:
    """Everything that was written for a patient, or in one encounter, latest first; audited.

    Raises Forbidden, NotFound, Unavailable.
    """
    record = open_record(services, call, patient, READ_CHART)
    after, shown = from_cursor(query.cursor), list[StoredEntry]()
    for _ in range(_MOST_PAGES):
        limit = query.limit - len(shown) if query.encounter is None else query.limit
        items, more = _page(record, after, limit)
        lines = visits.known(record, [_entry(record, item) for item in items])
        shown += (e for e in lines if query.encounter in (None, e.encounter))
        after = items[-1].key.sk if more and items else None
        if after is None or query.encounter is None or len(shown) + query.limit > _MOST_SHOWN:
            break
    work = Work(services, call)
    work.audit("orders.list_patient", record.patient, f"patient/{record.patient}")
    work.commit()
    return EntryList(
        items=tuple(line.view() for line in shown), cursor=to_cursor(after) if after else None
    )


def _page(record: Record, after: str | None, limit: int) -> tuple[list[Item], bool]:
    """The next items of all the patient's lists, latest first, and whether there are more."""
    pages = [
        record.services.store.query(
            repository.patient_partition(record.tenant, member),
            "LIST#",
            after=after,
            limit=limit,
            newest_first=True,
        )
        for member in record.members
    ]
    merged = merge(*(found.items for found in pages), key=lambda i: i.key.sk, reverse=True)
    items = list(islice(merged, limit))
    more = any(p.next_after for p in pages) or sum(len(p.items) for p in pages) > len(items)
    return items, more


def _views(record: Record, lines: Sequence[StoredEntry]) -> tuple[Entry, ...]:
    return tuple(line.view() for line in visits.known(record, lines))


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


def _entry(record: Record, item: Item) -> StoredEntry:
    scope = Scope(record.tenant, repository.patient_of(item.key))
    return open_model(record.services.vault, scope, item, StoredEntry)
