"""Which lots are taken: those that expire first, of those that may be used."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from schemas.dispensing import PickedLot, Proposal
from schemas.pharmacy import LotBalance, LotState
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.stored import StoredStock


def proposals(balances: Iterable[LotBalance], wanted: int) -> tuple[Proposal, ...]:
    """How much to take of which lot; those that may not be used are left out."""
    left, found = wanted, []
    for lot in balances:
        if lot.expired or lot.state is not LotState.OPEN:
            continue
        taken = min(left, lot.balance)
        found.append(Proposal(lot=lot, quantity=taken))
        left -= taken
    return tuple(found)


def first_expired_first(
    stock: StoredStock, picked: Iterable[PickedLot], unusable: Iterable[str], day: date
) -> bool:
    """Whether what was picked is of the lots that expire first; among equals any will do."""
    taken = Counter[str]()
    for pick in picked:
        taken[_end(pick.lot)] += pick.quantity
    held, out = Counter[str](), set(unusable)
    for lot in stock.lots:
        if lot.lot not in out and not lots.expired(lots.parts_of(lot.lot)[1], day):
            held[_end(lot.lot)] += lot.balance
    return _first(held, sum(taken.values())) == dict(taken)


def _end(lot: str) -> str:
    return lot.partition(".")[0]


def _first(held: Mapping[str, int], wanted: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for end in sorted(held):
        if wanted and (part := min(wanted, held[end])):
            found[end] = part
            wanted -= part
    return found
