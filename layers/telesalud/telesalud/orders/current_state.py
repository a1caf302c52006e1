"""What counts now for a patient: everything that checks and the chart's first screen look at.

Allergies and medicines arrive as events of the record; prescriptions and orders are our own. The
events come in any order and any number of times: each entry keeps its newest sequence, and a
removed one stays as a tombstone, so that a late announcement does not bring it back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from pydantic import BaseModel

from schemas.clinical_events import Criticality
from schemas.orders import EntryKind
from schemas.prescriptions import PrescriptionLine
from telesalud.orders import repository
from telesalud.orders.access import Record
from telesalud.orders.medicines.agents import canonical
from telesalud.orders.medicines.facts import facts
from telesalud.orders.medicines.parts import Medicine, medicine_of
from telesalud.orders.stored import (
    NowEntry,
    NowPrescription,
    NowState,
    StoredEntry,
    StoredPrescription,
)
from telesalud.platform.access import Caller
from telesalud.platform.events import Event
from telesalud.platform.sealed import ATTRIBUTE, open_model
from telesalud.platform.store import (
    ABSENT,
    MAX_PAGE,
    Item,
    Key,
    Operation,
    Put,
    Update,
    Value,
    at_version,
    every,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

M = TypeVar("M", bound=BaseModel)

ALLERGY, MEDICATION = "ALLERGY", "MEDICATION"
PRESCRIPTION, ORDER = "PRESCRIPTION", "ORDER"


@dataclass(frozen=True, slots=True)
class Allergy:
    """What the patient must not get."""

    source: str
    codes: tuple[str, ...]
    criticality: Criticality = Criticality.UNKNOWN


Taken = Medicine
"""What the patient takes already."""


@dataclass(frozen=True, slots=True)
class CurrentState:
    """What counts now."""

    seen: Mapping[str, int]
    """Version of the state of each id, for `repository.count_change` and `unchanged`."""
    deceased_on: date | None
    allergies: tuple[Allergy, ...]
    medications: tuple[Taken, ...]
    prescriptions: tuple[NowPrescription, ...]
    orders: tuple[StoredEntry, ...]

    def taken(self, today: date, *, without: str = "") -> tuple[Taken, ...]:
        """What the patient takes: recorded, and prescribed by others than `without`.

        A course that has ended is over, but for what stays in the body for weeks.
        """
        own = (
            medicine
            for p in self.prescriptions
            if p.entry.id != without
            for medicine in _of_prescription(p, today)
        )
        return (*self.medications, *own)

    def in_use(self, today: date) -> tuple[tuple[NowPrescription, PrescriptionLine], ...]:
        """Lines of prescriptions in force whose course has not ended, for the list of medicines."""
        return tuple(
            (p, line)
            for p in self.prescriptions
            for line in p.lines
            if line.stopped_at is None and not is_over(p, line, today)
        )


def load(record: Record) -> CurrentState:
    """What counts now of a patient, under all their ids: one query and one cold key each."""
    found = [_load_one(record, member) for member in record.members]
    deaths = [one.deceased_on for one in found if one.deceased_on is not None]
    return CurrentState(
        seen={patient: seen for one in found for patient, seen in one.seen.items()},
        deceased_on=min(deaths, default=None),
        allergies=tuple(x for one in found for x in one.allergies),
        medications=tuple(x for one in found for x in one.medications),
        prescriptions=tuple(x for one in found for x in one.prescriptions),
        orders=tuple(x for one in found for x in one.orders),
    )


def _load_one(record: Record, patient: str) -> CurrentState:
    services, tenant = record.services, record.tenant
    partition = repository.patient_partition(tenant, patient)
    found = every(services.store, partition, "NOW#", page_size=MAX_PAGE)
    items = {item.key.sk: item for item in found}

    def opened(item: Item, kind: type[M]) -> M:
        return open_model(services.vault, Scope(tenant, patient), item, kind)

    def entries(kind: str) -> list[tuple[str, NowEntry]]:
        prefix = f"NOW#{kind}#"
        found = [
            (sk.removeprefix(prefix), opened(item, NowEntry))
            for sk, item in sorted(items.items())
            if sk.startswith(prefix)
        ]
        return [(which, entry) for which, entry in found if not entry.gone]

    state = items.get("NOW#STATE")
    described = opened(state, NowState) if state and ATTRIBUTE in state.attributes else NowState()
    return CurrentState(
        seen={patient: state.version if state else 0},
        deceased_on=described.deceased_on,
        allergies=tuple(
            Allergy(f"allergy/{which}", entry.codes, entry.criticality)
            for which, entry in entries(ALLERGY)
        ),
        medications=tuple(
            Taken(f"medication/{which}", entry.codes) for which, entry in entries(MEDICATION)
        ),
        prescriptions=_completed(
            record,
            [
                opened(item, NowPrescription)
                for sk, item in sorted(items.items())
                if sk.startswith(f"NOW#{PRESCRIPTION}#")
            ],
        ),
        orders=tuple(
            opened(item, StoredEntry)
            for sk, item in sorted(items.items())
            if sk.startswith(f"NOW#{ORDER}#")
        ),
    )


def _completed(record: Record, known: Sequence[NowPrescription]) -> tuple[NowPrescription, ...]:
    """With the lines of those that a release before this one kept by their codes only."""
    if all(p.lines for p in known):
        return tuple(known)
    keys = {
        p.entry.id: repository.main_key(record.tenant, EntryKind.PRESCRIPTION, p.entry.id)
        for p in known
        if not p.lines
    }
    items = record.services.store.get_many(list(keys.values()))

    def whole(p: NowPrescription) -> NowPrescription:
        item = items.get(keys[p.entry.id]) if p.entry.id in keys else None
        if item is None:
            return p
        found = repository.opened(record.services.vault, record.tenant, item, StoredPrescription)
        return p.model_copy(update={"lines": found.lines, "signed_at": found.signed_at})

    return tuple(whole(p) for p in known)


def _of_prescription(p: NowPrescription, today: date) -> Iterator[Medicine]:
    source = f"prescription/{p.entry.id}"
    if not p.lines:  # as releases before this one kept it
        yield from (Medicine(source, codes) for codes in p.codes.values())
        return
    for line in p.lines:
        if line.stopped_at is not None:
            continue
        medicine = replace(medicine_of(line), source=source, lines=())
        over = is_over(p, line, today)
        if not over or not is_over(p, line, today - timedelta(days=washout_days(line))):
            yield replace(medicine, over=over)


def is_over(p: NowPrescription, line: PrescriptionLine, today: date) -> bool:
    """Whether the course of a line has ended. What is continuous ends when it is stopped."""
    begun = p.signed_at or p.entry.at
    return not line.continuous and today > begun.date() + timedelta(days=line.duration_days)


def washout_days(line: PrescriptionLine) -> int:
    """How long a line's medicine stays in the body."""
    known = facts().substances
    names = (canonical(name) for name in line.product.substances)
    return max((known[name].washout_days for name in names if name in known), default=0)


def deceased(record: Record, state: Item | None) -> bool:
    """Whether the state, where there is one, says that the patient has died."""
    if state is None or ATTRIBUTE not in state.attributes:
        return False
    scope = Scope(record.tenant, repository.patient_of(state.key))
    found = open_model(record.services.vault, scope, state, NowState)
    return found.deceased_on is not None


def learn(services: Services, event: Event, patient: str, key: Key, model: BaseModel) -> None:
    """Keep what an event says, unless something as new is known."""
    state = repository.state_key(event.tenant, patient)
    call = Call(Caller.system(event.tenant, "orders"), event.id)

    def step() -> None:
        known = services.store.get(key)
        if known is not None and int(str(known.attributes.get("sequence", 0))) >= event.sequence:
            return
        sealed = repository.sealed(services.vault, event.tenant, patient, key, model)
        content: dict[str, Value] = {"sequence": event.sequence, ATTRIBUTE: sealed}
        when = at_version(known.version) if known else ABSENT
        write: Operation = Put(key, content, when=when)
        work = Work(services, call)
        if key == state:
            write = Update(key, set=content, add={"changes": 1}, when=when)
        else:
            repository.count_change(work, patient)
        work.add(write)
        work.audit("orders.learn", patient, f"event/{event.id}")
        work.commit()

    retrying(step)
