"""The ledger: every change of stock is a line, and balances change with it or not at all.

A use case opens the ledger of a warehouse for the lots that it will touch (one read), moves them,
and writes it into its `Work`. Each item's head (`StoredStock`) is conditional on the version that
was read and holds all balances, so of two who take the last box one begins anew and finds none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from schemas.pharmacy import (
    KardexLine,
    MovedLine,
    MovementKind,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.errors import BeingCounted, TooLittle
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.stored import (
    HeldLot,
    StoredItem,
    StoredLine,
    StoredLot,
    StoredStock,
    StoredWarehouse,
)
from telesalud.pharmacy.warehouses import modes
from telesalud.platform.errors import FieldError, Invalid, NotFound
from telesalud.platform.store import MAX_OPERATIONS, Check, Delete, Item, Key, When, at_version
from telesalud.platform.work import Call, Services, Work

TO_PATIENTS = frozenset({MovementKind.DISPENSING, MovementKind.WARD_DELIVERY})
"""Kinds that take only lots which may be used."""
_SPARE = 8
"""Operations of a transaction that are left for what a use case writes beside the ledger."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one lot."""

    item: str
    lot: str
    quantity: int
    """Negative for what goes out; never 0."""
    reason: str | None = None


@dataclass(slots=True)
class _Shelf:
    """One item in the warehouse, while a use case moves it."""

    item: StoredItem
    before: StoredStock
    now: StoredStock
    version: int


@dataclass(slots=True)
class Ledger:
    """The ledger of a warehouse, opened for some lots."""

    services: Services
    call: Call
    site: str
    warehouse: StoredWarehouse
    _shelves: dict[str, _Shelf]
    lots: dict[tuple[str, str], tuple[StoredLot, int]]
    """Known lots by item and name, with their versions."""
    _register: tuple[int, int]
    """The register's last number, and the version of its head."""
    lines: list[KardexLine] = field(default_factory=list)
    _checked: set[tuple[str, str]] = field(default_factory=set)
    _new: list[StoredLot] = field(default_factory=list)
    beside: dict[Key, Item] = field(default_factory=dict)
    """What was asked for along with it and exists."""

    @property
    def tenant(self) -> str:
        """The institution."""
        return self.call.caller.tenant

    @property
    def day(self) -> date:
        """Today, at the warehouse."""
        return lots.today(self.services.clock(), self.warehouse.zone)

    def item(self, code: str) -> StoredItem:
        """An item that the ledger was opened for. Raises NotFound."""
        if code not in self._shelves:
            raise NotFound(f"there is no item {code}")
        return self._shelves[code].item

    def stock(self, code: str) -> StoredStock:
        """Its balances as they are now, moves included. Raises NotFound."""
        self.item(code)
        return self._shelves[code].now

    def lot(self, item: str, name: str) -> StoredLot:
        """A lot that is on file. Raises NotFound."""
        if (item, name) not in self.lots:
            raise NotFound(f"there is no lot {name} of {item}")
        return self.lots[item, name][0]

    def know(self, lot: StoredLot) -> None:
        """Put a lot on file with the movement, if it is not there yet."""
        if (lot.item, lot.lot) not in self.lots:
            self.lots[lot.item, lot.lot] = (lot, 0)
            self._new.append(lot)

    def move(
        self,
        kind: MovementKind,
        moved: Move,
        about: str,
        *,
        witness: str | None = None,
        count: str | None = None,
    ) -> KardexLine:
        """Change a balance. `count` is the count that froze it and writes its difference now.

        Raises TooLittle, LotUnusable, BeingCounted, NotHere, NotFound.
        """
        modes.check(self.warehouse, kind, self.site)
        lot, shelf = self.lot(moved.item, moved.lot), self._shelves[moved.item]
        if shelf.before.counted_by not in (None, count):
            raise BeingCounted(shelf.before.counted_by or "")
        if kind in TO_PATIENTS:
            lots.require_usable(lot, self.day)
            self._checked.add((moved.item, moved.lot))
        balance = shelf.now.of(moved.lot) + moved.quantity
        if balance < 0:
            raise TooLittle([moved.lot], [shelf.now.of(moved.lot)])
        held = {one.lot: one.balance for one in shelf.now.lots} | {moved.lot: balance}
        shelf.now = shelf.now.model_copy(
            update={
                "lines": shelf.now.lines + 1,
                "lots": tuple(
                    HeldLot(lot=name, balance=left) for name, left in sorted(held.items()) if left
                ),
            }
        )
        line = KardexLine(
            number=shelf.now.lines,
            at=self.services.clock(),
            kind=kind,
            item=moved.item,
            lot=moved.lot,
            quantity=moved.quantity,
            balance=balance,
            item_balance=shelf.now.balance,
            by=self.call.caller.subject,
            about=about,
            reason=moved.reason,
            witness=witness,
            register_number=self._next_number() if shelf.item.controlled else None,
        )
        self.lines.append(line)
        return line

    def freeze(self, item: str, count: str | None) -> StoredStock:
        """Hold an item's balances for a count, or let them go. Raises BeingCounted, NotFound."""
        self.item(item)
        shelf = self._shelves[item]
        if count is not None and shelf.now.counted_by not in (None, count):
            raise BeingCounted(shelf.now.counted_by or "")
        shelf.now = shelf.now.model_copy(update={"counted_by": count})
        return shelf.now

    def write(self, work: Work) -> None:
        """Put everything into the transaction. Raises Invalid when it is too much for one."""
        tenant, where = self.tenant, self.warehouse.id
        gate = {"gate": self.warehouse.gate}
        work.add(Check(repository.warehouse_key(tenant, where), When(equals=gate)))
        for lot in self._new:
            key = repository.lot_key(tenant, lot.item, lot.lot)
            repository.put(work, key, lot, 0, {"state": lot.state.value})
        known = {(lot.item, lot.lot) for lot in self._new}
        for item, name in sorted(self._checked - known):
            key = repository.lot_key(tenant, item, name)
            work.add(Check(key, at_version(self.lots[item, name][1])))
        for line in self.lines:
            self._write_line(work, line)
        for code, shelf in self._shelves.items():
            if shelf.now != shelf.before:
                key = repository.stock_key(tenant, where, code)
                repository.put(work, key, shelf.now, shelf.version)
                self._write_alerts(work, shelf)
        numbers = [line.register_number for line in self.lines if line.register_number]
        if numbers:
            head, version = repository.register_head(tenant, where), self._register[1]
            repository.put(work, head, self._last(), version, {"last": max(numbers)})
        if len(work.operations) > MAX_OPERATIONS - _SPARE:
            fault = FieldError("/lines", "too-much", "do it in two steps")
            raise Invalid("this is too much for one step", [fault])

    def moved(self) -> tuple[MovedLine, ...]:
        """What moved, for events."""
        return tuple(MovedLine(item=x.item, lot=x.lot, quantity=x.quantity) for x in self.lines)

    def _next_number(self) -> int:
        given = [line.register_number for line in self.lines if line.register_number]
        return max([self._register[0], *given]) + 1

    def _last(self) -> StoredLine:
        return StoredLine(line=next(x for x in reversed(self.lines) if x.register_number))

    def _write_line(self, work: Work, line: KardexLine) -> None:
        where, stored = self.warehouse.id, StoredLine(line=line)
        for lot in (None, line.lot):
            partition = repository.kardex_partition(self.tenant, where, line.item, lot)
            key = Key(partition, repository.numbered(line.number))
            repository.put(work, key, stored, 0)
        if line.register_number:
            key = repository.register_key(self.tenant, where, line.register_number)
            repository.put(work, key, stored, 0)

    def _write_alerts(self, work: Work, shelf: _Shelf) -> None:
        """What alerts look at, where this crosses a line; lots that have an end."""
        tenant, where, code = self.tenant, self.warehouse.id, shelf.item.code
        before = {held.lot for held in shelf.before.lots}
        now = {held.lot for held in shelf.now.lots}
        for lot in sorted(before ^ now):
            if lot.startswith("none."):
                continue
            key = repository.expiry_key(tenant, where, code, lot)
            if lot in now:
                repository.note(work, key)
            else:
                work.add(Delete(key))
        mark_low(work, where, shelf.before, shelf.now)


def mark_low(work: Work, warehouse: str, before: StoredStock, now: StoredStock) -> None:
    """Note that an item fell below its minimum, or is above it again."""
    if is_low(before) == is_low(now):
        return
    key = repository.low_key(work.call.caller.tenant, warehouse, now.item)
    if is_low(now):
        repository.note(work, key)
    else:
        work.add(Delete(key))


def is_low(stock: StoredStock) -> bool:
    """Whether there is less than the minimum."""
    return stock.minimum is not None and stock.balance < stock.minimum


def open_ledger(
    services: Services,
    call: Call,
    warehouse: str,
    wanted: Iterable[tuple[str, str]],
    *,
    items: Iterable[str] = (),
    beside: Iterable[Key] = (),
    site: str = "",
) -> Ledger:
    """The ledger of a warehouse for these items and lots: one read, with the items at `beside` in
    it. Raises NotFound.

    Items that are not on file raise when they are used; lots that are not may be made known.
    """
    tenant, pairs = call.caller.tenant, list(dict.fromkeys(wanted))
    codes = list(dict.fromkeys([*(item for item, _ in pairs), *items]))
    place = repository.warehouse_key(tenant, warehouse)
    head = repository.register_head(tenant, warehouse)
    found = repository.fetch(
        services,
        [
            place,
            head,
            *(repository.item_key(tenant, code) for code in codes),
            *(repository.stock_key(tenant, warehouse, code) for code in codes),
            *(repository.lot_key(tenant, item, lot) for item, lot in pairs),
            *beside,
        ],
    )
    if place not in found:
        raise NotFound("there is no such warehouse")
    shelves: dict[str, _Shelf] = {}
    for code in codes:
        item = found.get(repository.item_key(tenant, code))
        if item is None:
            continue
        stock = found.get(repository.stock_key(tenant, warehouse, code))
        read = (
            repository.opened(services, tenant, stock, StoredStock)
            if stock
            else StoredStock(item=code)
        )
        known = repository.opened(services, tenant, item, StoredItem)
        shelves[code] = _Shelf(known, read, read, stock.version if stock else 0)
    known_lots = {
        (item, lot): (repository.opened(services, tenant, at, StoredLot), at.version)
        for item, lot in pairs
        if (at := found.get(repository.lot_key(tenant, item, lot)))
    }
    last = found.get(head)
    return Ledger(
        services,
        call,
        site,
        repository.opened(services, tenant, found[place], StoredWarehouse),
        shelves,
        known_lots,
        (last.number("last"), last.version) if last else (0, 0),
        beside=found,
    )
