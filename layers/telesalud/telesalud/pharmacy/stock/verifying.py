"""Whether the books are right: what an operator's command reads from end to end.

Each kardex has its numbers without a gap and balances that follow from its lines; the balances of
the warehouse are those of the last lines; registers of controlled medicines have no gap; what left
in transfers has arrived, or is on the way; and what patients got is what was dispensed.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from schemas.pharmacy import KardexLine, MovementKind
from schemas.transfers import TransferState
from telesalud.pharmacy.stored import StoredLine, StoredReceiver, StoredStock, StoredTransfer
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item, SweepableStore
from telesalud.platform.vault import Scope, Vault

M = TypeVar("M", bound=BaseModel)

_TRANSFERS = frozenset({MovementKind.TRANSFER_OUT, MovementKind.TRANSFER_IN})
_TO_PATIENTS = frozenset(
    {
        MovementKind.DISPENSING,
        MovementKind.DISPENSING_RETURN,
        MovementKind.WARD_DELIVERY,
        MovementKind.WARD_RETURN,
    }
)
Lot = tuple[str, str]
"""An item and the name of one of its lots."""


@dataclass(slots=True)
class Books:
    """What a sweep found, and what is wrong with it."""

    lines: int = 0
    stocks: int = 0
    transit: dict[Lot, int] = field(default_factory=lambda: defaultdict(int))
    """Units on the way."""
    faults: list[str] = field(default_factory=list)


def verify(store: SweepableStore, vault: Vault, tenant: str) -> Books:
    """Read all of an institution's books. Raises Tampered for an item that does not open."""
    books = Books()
    kardexes, copies = _kardexes(store, vault, tenant)
    for place, lines in sorted(kardexes.items()):
        _check_kardex(books, place, lines)
        books.lines += len(lines)
    if copies != books.lines:
        books.faults.append(f"kardexes of lots have {copies} lines, those of items {books.lines}")
    known = set[tuple[str, str]]()
    for item in store.sweep(f"STOCK#{tenant}#"):
        warehouse, stock = item.key.pk.split("#")[2], _open(vault, tenant, item, StoredStock)
        books.stocks += 1
        known.add((warehouse, stock.item))
        _check_stock(books, warehouse, stock, kardexes.get((warehouse, stock.item), []))
    books.faults += [
        f"{warehouse} {code}: a kardex without stock"
        for warehouse, code in sorted(kardexes.keys() - known)
    ]
    everything = [line for lines in kardexes.values() for line in lines]
    _check_registers(books, store, vault, tenant, kardexes)
    _check_transit(books, store, vault, tenant, everything)
    _check_receivers(books, store, vault, tenant, everything)
    return books


def _kardexes(
    store: SweepableStore, vault: Vault, tenant: str
) -> tuple[dict[tuple[str, str], list[KardexLine]], int]:
    """Lines by warehouse and item, and how many there are in kardexes of lots."""
    found: dict[tuple[str, str], list[KardexLine]] = defaultdict(list)
    copies = 0
    for item in store.sweep(f"KARDEX#{tenant}#"):
        warehouse, code, *lot = item.key.pk.split("#", 4)[2:]
        if lot:
            copies += 1
            continue
        found[warehouse, code].append(_open(vault, tenant, item, StoredLine).line)
    return {place: sorted(lines, key=lambda x: x.number) for place, lines in found.items()}, copies


def _check_kardex(books: Books, place: tuple[str, str], lines: list[KardexLine]) -> None:
    balances: dict[str, int] = defaultdict(int)
    for number, line in enumerate(lines, 1):
        balances[line.lot] += line.quantity
        right = (number, balances[line.lot], sum(balances.values()))
        if (line.number, line.balance, line.item_balance) != right:
            books.faults.append(f"{' '.join(place)}: line {line.number} should be {right}")
            return
        if line.balance < 0:
            books.faults.append(f"{' '.join(place)}: line {line.number} is below zero")


def _check_stock(books: Books, warehouse: str, stock: StoredStock, lines: list[KardexLine]) -> None:
    balances: dict[str, int] = defaultdict(int)
    for line in lines:
        balances[line.lot] += line.quantity
    wanted = {lot: balance for lot, balance in balances.items() if balance}
    held = {one.lot: one.balance for one in stock.lots}
    if held != wanted or stock.lines != len(lines):
        books.faults.append(f"{warehouse} {stock.item}: has {held}, its kardex gives {wanted}")


def _check_registers(
    books: Books,
    store: SweepableStore,
    vault: Vault,
    tenant: str,
    kardexes: dict[tuple[str, str], list[KardexLine]],
) -> None:
    """Registers hold each controlled line once, in order."""
    registers: dict[str, dict[int, KardexLine]] = defaultdict(dict)
    for item in store.sweep(f"REGISTER#{tenant}#"):
        if item.key.sk.startswith("LINE#"):
            number = int(item.key.sk.removeprefix("LINE#"))
            line = _open(vault, tenant, item, StoredLine).line
            registers[item.key.pk.split("#")[2]][number] = line
    wanted: dict[str, dict[int, KardexLine]] = defaultdict(dict)
    for (warehouse, _), lines in kardexes.items():
        for line in lines:
            if line.register_number:
                wanted[warehouse][line.register_number] = line
    for warehouse in sorted(registers.keys() | wanted.keys()):
        found = registers[warehouse]
        if sorted(found) != list(range(1, len(found) + 1)) or found != wanted[warehouse]:
            books.faults.append(f"{warehouse}: the register is not what the kardexes say")


def _check_transit(
    books: Books, store: SweepableStore, vault: Vault, tenant: str, lines: list[KardexLine]
) -> None:
    for item in store.sweep(f"TRANSFER#{tenant}#"):
        made = _open(vault, tenant, item, StoredTransfer)
        if made.state is TransferState.IN_TRANSIT:
            for sent in made.lines:
                books.transit[sent.item, sent.lot] += sent.sent
    gone: dict[Lot, int] = defaultdict(int)
    for line in lines:
        if line.kind in _TRANSFERS:
            gone[line.item, line.lot] -= line.quantity
    for lot in sorted(gone.keys() | books.transit.keys()):
        if gone[lot] != books.transit.get(lot, 0):
            way = books.transit.get(lot, 0)
            books.faults.append(f"{' '.join(lot)}: {gone[lot]} left, {way} are on the way")


def _check_receivers(
    books: Books, store: SweepableStore, vault: Vault, tenant: str, lines: list[KardexLine]
) -> None:
    """Whoever looks for the patients of a lot finds all of them."""
    got: dict[Lot, int] = defaultdict(int)
    for item in store.sweep(f"GOT#{tenant}#"):
        code, lot = item.key.pk.split("#", 3)[2:]
        got[code, lot] += _open(vault, tenant, item, StoredReceiver).quantity
    given: dict[Lot, int] = defaultdict(int)
    for line in lines:
        if line.kind in _TO_PATIENTS:
            given[line.item, line.lot] -= line.quantity
    for where in sorted(got.keys() | given.keys()):
        if got[where] != given[where]:
            books.faults.append(f"{' '.join(where)}: {given[where]} dispensed, {got[where]} known")


def _open(vault: Vault, tenant: str, item: Item, model: type[M]) -> M:
    return open_model(vault, Scope(tenant), item, model)
