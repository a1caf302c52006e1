"""Dispensing: what leaves the stock against a signed prescription.

One transaction holds the movements, the prescription's progress, what the patient got, its event
and its entry on the patient's trail. With a controlled medicine nothing moves at first: what is to
be given waits until a second person has signed, and everything is decided anew then.
"""

from collections import Counter

from schemas.dispensing import (
    DispensedItem,
    DispensedLine,
    Dispensing,
    DispensingState,
    GivenLot,
    NewDispensing,
    PickedLot,
)
from schemas.pharmacy import KardexLine, MovementKind
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import asking, deciding, progress, records
from telesalud.pharmacy.policy import DISPENSE, GRANTS, WITNESS
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stock.ledger import Move
from telesalud.pharmacy.stored import StoredDispensing, StoredReceiver
from telesalud.platform.access import require, require_live
from telesalud.platform.clock import to_text
from telesalud.platform.errors import (
    FieldError,
    Invalid,
)
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.standing import require_second_person
from telesalud.platform.store import Delete
from telesalud.platform.work import Call, Services, Work, retrying


def dispense(services: PharmacyServices, call: Call, body: NewDispensing) -> Dispensing:
    """Give some or all of a prescription; with a controlled medicine it waits for a second person.

    Raises Forbidden, SessionExpired, NotFound, Gone, NotDispensable, AlertsUnseen,
    BeyondPrescription, Invalid, TooLittle, LotUnusable, BeingCounted, NotHere, Unavailable.
    """
    require(call.caller, DISPENSE, GRANTS)
    require_live(call.caller, services.clock())
    refuse_unprintable(("/receiver", body.receiver))
    asked = asking.ask(services, body.prescription)
    asking.require_dispensable(asked, services.clock())
    asking.require_seen(asked.checks.alerts, body.seen)

    def step() -> Dispensing:
        ready = deciding.ready_for(services, call, asked, body)
        if ready.controlled and body.receiver is None:
            fault = FieldError("/receiver", "required", "write who takes it away")
            raise Invalid("a controlled medicine is given to somebody with a document", [fault])
        found = asked.prescription
        numbers = {line.line for line in body.lines}
        made = StoredDispensing(
            id=services.new_id(),
            prescription=found.id,
            patient=found.patient,
            encounter=found.encounter,
            warehouse=body.warehouse,
            state=DispensingState.AWAITS_SECOND,
            lines=ready.lines,
            prescribed=tuple(line for line in found.lines if line.number in numbers),
            patient_label=found.patient_label,
            prescriber=found.prescriber.name if found.prescriber else "",
            receiver=body.receiver,
            seen=body.seen,
            by=call.caller.subject,
            by_name=call.caller.name,
            at=services.clock(),
        )
        if ready.controlled:
            return _wait(services, call, made, ready)
        return _give(Work(services, call), made, ready, 0)

    return retrying(step)


def confirm(services: PharmacyServices, call: Call, which: str, version: int) -> Dispensing:
    """The second signature: now it leaves the stock. Raises what `dispense` does, StaleVersion,
    InvalidTransition."""
    require(call.caller, WITNESS, GRANTS)
    require_live(call.caller, services.clock())
    found = records.waiting_for_second(services, call, which, version, "completed")
    require_second_person(services, call.caller, found.by, found.at)
    asked = asking.ask(services, found.prescription)
    asking.require_dispensable(asked, services.clock())
    asking.require_seen(asked.checks.alerts, found.seen)
    body = _command(found)

    def step() -> Dispensing:
        ready = deciding.ready_for(services, call, asked, body)
        made = found.model_copy(
            update={"second": call.caller.subject, "second_name": call.caller.name}
        )
        work = Work(services, call)
        work.add(Delete(records.second_key(call.caller.tenant, found)))
        return _give(work, made, ready, version)

    return retrying(step)


def refuse(services: Services, call: Call, which: str, reason: str, version: int) -> Dispensing:
    """A second person does not sign, or the first takes it back; nothing has moved.

    Raises Forbidden, NotFound, StaleVersion, InvalidTransition.
    """
    require(call.caller, WITNESS, GRANTS)
    require_live(call.caller, services.clock())

    def step() -> Dispensing:
        found = records.waiting_for_second(services, call, which, version, "refused")
        tenant = call.caller.tenant
        key = progress.key_of(tenant, found.prescription)
        before = progress.opened(services, tenant, found.prescription, services.store.get(key))
        made = found.model_copy(
            update={
                "state": DispensingState.REFUSED,
                "second": call.caller.subject,
                "second_name": call.caller.name,
                "reason": reason,
            }
        )
        work = Work(services, call)
        work.add(Delete(records.second_key(tenant, found)))
        progress.keep(work, found.patient, before.changed({}, waited=which))
        return records.keep(work, made, version, "refuse_dispensing")

    return retrying(step)


def _give(work: Work, made: StoredDispensing, ready: deciding.Ready, version: int) -> Dispensing:
    """Write it all: stock, progress, what the patient got, event and trail."""
    ledger, about = ready.ledger, f"dispensing/{made.id}"
    lines, items = [], list[DispensedItem]()
    for line in made.lines:
        moved: list[tuple[GivenLot, KardexLine]] = []
        for lot in line.lots:
            move = Move(line.item, lot.lot, -lot.quantity, line.lot_reason)
            row = ledger.move(MovementKind.DISPENSING, move, about, witness=made.second)
            moved.append((lot, row))
            items.append(
                DispensedItem(line=line.line, item=line.item, lot=lot.lot, quantity=lot.quantity)
            )
        numbered = tuple(
            lot.model_copy(update={"register_number": row.register_number}) for lot, row in moved
        )
        lines.append(line.model_copy(update={"lots": numbered}))
    at = work.services.clock()
    made = made.model_copy(
        update={
            "lines": tuple(lines),
            "state": DispensingState.COMPLETED,
            "completed_at": at,
        }
    )
    ledger.write(work)
    for position, item in enumerate(items):
        key = records.got_key(ledger.tenant, item, to_text(at), f"{position:02d}#{made.id}")
        got = StoredReceiver(
            patient=made.patient, dispensing=made.id, at=at, quantity=item.quantity
        )
        repository.put(work, key, got, 0)
    counts = Counter({line.line: 0 for line in made.lines})
    for line in made.lines:
        counts[line.line] += line.quantity
    after = ready.progress.changed(counts, waited=made.id)
    progress.keep(work, made.patient, after)
    if version == 0:
        progress.note_done(work, made.prescription, made.id)
    records.announce(work, "dispensed", made, tuple(items), after)
    return records.keep(work, made, version, "dispense")


def _wait(
    services: PharmacyServices, call: Call, made: StoredDispensing, ready: deciding.Ready
) -> Dispensing:
    """It is on file, and nothing has moved. What cannot be given now is refused now."""
    for line in made.lines:
        for lot in line.lots:
            move = Move(line.item, lot.lot, -lot.quantity)
            ready.ledger.move(MovementKind.DISPENSING, move, "")
    work, second = Work(services, call), records.second_key(call.caller.tenant, made)
    repository.note(work, second, {"prescription": made.prescription, "by": made.by})
    progress.keep(work, made.patient, ready.progress.changed({}, waits=made.id))
    progress.note_done(work, made.prescription, made.id)
    return records.keep(work, made, 0, "ask_dispensing")


def _command(found: StoredDispensing) -> NewDispensing:
    """What was asked for, as it is decided again."""
    return NewDispensing.model_construct(
        prescription=found.prescription,
        warehouse=found.warehouse,
        lines=tuple(
            DispensedLine.model_construct(
                line=line.line,
                item=line.item,
                lots=tuple(PickedLot(lot=x.lot, quantity=x.quantity) for x in line.lots),
                lot_reason=line.lot_reason,
                substitution_reason=line.substitution_reason,
            )
            for line in found.lines
        ),
        seen=found.seen,
        receiver=found.receiver,
    )
