"""The sheet from which somebody dispenses: what is left of each line, and which lots to take."""

from collections.abc import Iterable

from schemas.dispensing import Choice, DispensingSheet, SheetLine, SheetQuery
from schemas.prescriptions import PrescriptionLine
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import asking, picking, progress
from telesalud.pharmacy.items.equivalence import equivalent, family_key
from telesalud.pharmacy.policy import GRANTS, READ_DISPENSING
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stock import reading
from telesalud.pharmacy.stored import StoredItem
from telesalud.platform.access import require
from telesalud.platform.store import MAX_PAGE
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work


def sheet(services: PharmacyServices, call: Call, which: str, query: SheetQuery) -> DispensingSheet:
    """A prescription at a warehouse, with alerts as they are now; audited.

    Raises Forbidden, NotFound, Gone, Unavailable.
    """
    require(call.caller, READ_DISPENSING, GRANTS)
    asked = asking.ask(services, which, query.language)
    found, tenant = asked.prescription, call.caller.tenant
    rx = progress.key_of(tenant, which)
    items = services.fetch([rx], Scope(tenant, found.patient))
    done = progress.opened(services, tenant, which, items.get(rx))
    lines = tuple(
        _line(services, call, query.warehouse, line, done.of(line.number)) for line in found.lines
    )
    why = asking.refusal(asked, services.clock())
    if not why and not any(line.remaining for line in lines):
        why = "dispensed"
    work = Work(services, call)
    work.audit("pharmacy.read_sheet", found.patient, f"prescription/{which}")
    work.commit()
    return DispensingSheet(
        prescription=found.id,
        patient=found.patient,
        patient_label=found.patient_label,
        status=found.status,
        valid_until=found.valid_until,
        dispensable=not why,
        refusal=why or None,
        prescriber=found.prescriber.name if found.prescriber else "",
        lines=lines,
        alerts=asked.checks.alerts,
        unchecked=asked.checks.unchecked,
        waiting=done.stored.waiting,
    )


def _line(
    services: PharmacyServices, call: Call, warehouse: str, line: PrescriptionLine, done: int
) -> SheetLine:
    stopped = line.stopped_at is not None
    remaining = 0 if stopped else max(line.quantity - done, 0)
    return SheetLine(
        number=line.number,
        product=line.product,
        dose=line.dose,
        route=line.route,
        frequency=line.frequency,
        duration_days=line.duration_days,
        instructions=line.instructions,
        steps=line.steps,
        quantity=line.quantity,
        dispensed=done,
        remaining=remaining,
        substitution_allowed=line.substitution_allowed,
        stopped=stopped,
        choices=tuple(_choices(services, call, warehouse, line, remaining)) if remaining else (),
    )


def _choices(
    services: PharmacyServices, call: Call, warehouse: str, line: PrescriptionLine, wanted: int
) -> Iterable[Choice]:
    """What is prescribed, and what may stand for it, with their lots here: four reads."""
    tenant, codes = call.caller.tenant, [line.item]
    if line.substitution_allowed:
        family = family_key(tenant, line.product, "").pk
        alike = services.store.query(family, limit=MAX_PAGE).items
        codes += [item.key.sk for item in alike if item.key.sk != line.item]
    known = repository.fetch(services, [repository.item_key(tenant, code) for code in codes])
    for code in codes:
        at = known.get(repository.item_key(tenant, code))
        item = repository.opened(services, tenant, at, StoredItem) if at else None
        if item is None or not _fits(item, line):
            continue
        stock = reading.of_item(services, tenant, warehouse, item)
        proposed = picking.proposals(stock.lots, wanted)
        if code != line.item and not proposed:
            continue
        yield Choice(
            item=code,
            name=item.name,
            unit=item.unit,
            controlled=item.controlled,
            substitute=code != line.item,
            lots=proposed,
        )


def _fits(item: StoredItem, line: PrescriptionLine) -> bool:
    if item.unit.casefold() != line.product.unit.casefold():
        return False
    alike = item.product is not None and equivalent(item.product, line.product)
    return item.code == line.item or alike
