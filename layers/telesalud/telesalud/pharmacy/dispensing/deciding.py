"""What a dispensing is decided on: every line against prescription, product and lots."""

from collections import Counter
from dataclasses import dataclass

from schemas.dispensing import (
    DispensedLine,
    GivenLine,
    GivenLot,
    NewDispensing,
)
from schemas.pharmacy import LotState
from schemas.prescriptions import PrescriptionLine
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import picking, progress
from telesalud.pharmacy.dispensing.asking import Asked
from telesalud.pharmacy.dispensing.progress import Progress
from telesalud.pharmacy.errors import BeyondPrescription, NotDispensable, TooLittle
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.items.equivalence import equivalent
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stock.ledger import Ledger, open_ledger
from telesalud.platform.errors import (
    FieldError,
    Invalid,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call


@dataclass(frozen=True, slots=True)
class Ready:
    """What a dispensing is decided on, as it was read."""

    ledger: Ledger
    progress: Progress
    lines: tuple[GivenLine, ...]
    controlled: bool


def ready_for(services: PharmacyServices, call: Call, asked: Asked, body: NewDispensing) -> Ready:
    """Read what is needed, and decide every line."""
    tenant, found = call.caller.tenant, asked.prescription
    rx, scope = progress.key_of(tenant, found.id), Scope(tenant, found.patient)
    wanted = [(line.item, lot.lot) for line in body.lines for lot in line.lots]
    ledger = open_ledger(
        services,
        call,
        body.warehouse,
        wanted,
        beside=[rx, *services.vault.needs(scope)],
        site=services.site,
    )
    services.vault.learn(scope, ledger.beside.get(scope.key))
    before = progress.opened(services, tenant, found.id, ledger.beside.get(rx))
    by_number = {line.number: line for line in found.lines}
    asked_for = Counter[int]()
    given = []
    for position, line in enumerate(body.lines):
        prescribed = by_number.get(line.line)
        if prescribed is None or prescribed.stopped_at is not None:
            raise NotDispensable("line-stopped" if prescribed else "no-such-line")
        given.append(_given(ledger, position, line, prescribed))
        asked_for[line.line] += given[-1].quantity
        left = prescribed.quantity - before.of(line.line)
        if asked_for[line.line] > left:
            raise BeyondPrescription(line.line, max(left, 0))
    _check_lots(ledger, body)
    _check_order(services, ledger, body)
    controlled = any(
        ledger.item(line.item).controlled or by_number[line.line].product.controlled
        for line in body.lines
    )
    return Ready(ledger, before, tuple(given), controlled)


def _given(
    ledger: Ledger, position: int, line: DispensedLine, prescribed: PrescriptionLine
) -> GivenLine:
    """A line as it is given. Raises Invalid for a product that may not stand for the other."""
    item = ledger.item(line.item)
    if item.unit.casefold() != prescribed.product.unit.casefold():
        fault = FieldError(f"/lines/{position}/item", "unit", "it is counted in another unit")
        raise Invalid("quantities of these two cannot be compared", [fault])
    if line.item != prescribed.item:
        _check_substitution(item.product is not None, position, line, prescribed)
        if item.product is None or not equivalent(item.product, prescribed.product):
            fault = FieldError(f"/lines/{position}/item", "equivalent", "this is another medicine")
            raise Invalid("only an equivalent product may be given instead", [fault])
    if len({lot.lot for lot in line.lots}) < len(line.lots):
        fault = FieldError(f"/lines/{position}/lots", "twice", "name each lot once")
        raise Invalid("a lot is named twice", [fault])
    return GivenLine(
        line=line.line,
        item=line.item,
        name=item.name,
        unit=item.unit,
        prescribed=prescribed.item,
        quantity=sum(lot.quantity for lot in line.lots),
        lots=tuple(
            GivenLot(lot=lot.lot, quantity=lot.quantity, returned=0, register_number=None)
            for lot in line.lots
        ),
        lot_reason=line.lot_reason,
        substitution_reason=line.substitution_reason,
    )


def _check_substitution(
    known: bool, position: int, line: DispensedLine, prescribed: PrescriptionLine
) -> None:
    if not prescribed.substitution_allowed or not known:
        fault = FieldError(f"/lines/{position}/item", "substitution", "give what was prescribed")
        raise Invalid("the prescriber does not allow another product", [fault])
    if not line.substitution_reason:
        place = f"/lines/{position}/substitution_reason"
        fault = FieldError(place, "required", "say why another product is given")
        raise Invalid("a substitution needs a reason", [fault])


def _check_lots(ledger: Ledger, body: NewDispensing) -> None:
    """Raise LotUnusable, TooLittle: that comes before the question which lot should leave first."""
    taken = Counter[tuple[str, str]]()
    for line in body.lines:
        for lot in line.lots:
            lots.require_usable(ledger.lot(line.item, lot.lot), ledger.day)
            taken[line.item, lot.lot] += lot.quantity
    for (item, name), quantity in taken.items():
        if quantity > (held := ledger.stock(item).of(name)):
            raise TooLittle([name], [held])


def _check_order(services: PharmacyServices, ledger: Ledger, body: NewDispensing) -> None:
    """First expired, first out, unless a reason is given. One more read where it looks otherwise,
    for lots that are held back."""
    for item in dict.fromkeys(line.item for line in body.lines):
        of_item = [line for line in body.lines if line.item == item]
        picked = [lot for line in of_item for lot in line.lots]
        stock, day = ledger.stock(item), ledger.day
        if all(line.lot_reason for line in of_item):
            continue
        if picking.first_expired_first(stock, picked, (), day):
            continue
        keys = {repository.lot_key(ledger.tenant, item, one.lot): one.lot for one in stock.lots}
        held = [
            keys[key]
            for key, found in repository.fetch(services, keys).items()
            if LotState(found.text("state")) is not LotState.OPEN
        ]
        if not picking.first_expired_first(stock, picked, held, day):
            place = f"/lines/{body.lines.index(of_item[0])}/lot_reason"
            fault = FieldError(place, "required", "say why not the lot that expires first")
            raise Invalid("another lot expires first", [fault])
