"""Whether the accounts of wards are right, for an operator's command.

Each account has its lines without a gap, balances that follow from them, and what the ledgers of
warehouses say went to it and came back. Nothing of a patient is told.
"""

from collections import defaultdict

from schemas.pharmacy import MovementKind
from telesalud.pharmacy.stored import StoredLine, StoredWard, StoredWardEntry
from telesalud.platform.errors import Gone
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item, SweepableStore
from telesalud.platform.vault import Scope, Vault

_MOVES = frozenset({MovementKind.WARD_DELIVERY, MovementKind.WARD_RETURN})
Lot = tuple[str, str]


def verify(store: SweepableStore, vault: Vault, tenant: str) -> tuple[int, list[str]]:
    """How many accounts there are, and what is wrong with them; those of shredded records do not
    open and are counted alone."""
    accounts: dict[str, list[Item]] = defaultdict(list)
    for item in store.sweep(f"WARD#{tenant}#"):
        accounts[item.key.pk.split("#")[2]].append(item)
    moved = _moved(store, vault, tenant)
    faults = []
    for admission, items in sorted(accounts.items()):
        try:
            faults += _check(vault, tenant, admission, items, moved.pop(admission, {}))
        except Gone:
            moved.pop(admission, None)
    faults += [f"ward {admission}: stock went there, and it has no account" for admission in moved]
    return len(accounts), faults


def _moved(store: SweepableStore, vault: Vault, tenant: str) -> dict[str, dict[Lot, int]]:
    """What ledgers say is with each admission, by lot."""
    found: dict[str, dict[Lot, int]] = defaultdict(lambda: defaultdict(int))
    for item in store.sweep(f"KARDEX#{tenant}#"):
        if len(item.key.pk.split("#", 4)) > 4:  # the kardex of a lot: a copy
            continue
        line = open_model(vault, Scope(tenant), item, StoredLine).line
        if line.kind in _MOVES:
            admission = line.about.partition("/")[2]
            found[admission][line.item, line.lot] -= line.quantity
    return found


def _check(
    vault: Vault, tenant: str, admission: str, items: list[Item], moved: dict[Lot, int]
) -> list[str]:
    account, entries = None, list[StoredWardEntry]()
    for item in items:
        scope = Scope(tenant, item.text("patient"))
        if item.key.sk == "ACCOUNT":
            account = open_model(vault, scope, item, StoredWard)
        elif item.key.sk.startswith("ENTRY#"):
            entries.append(open_model(vault, scope, item, StoredWardEntry))
    if account is None:
        return [f"ward {admission}: it has no account"]
    entries.sort(key=lambda one: one.number)
    return _faults(account, entries, moved)


def _faults(
    account: StoredWard, entries: list[StoredWardEntry], moved: dict[Lot, int]
) -> list[str]:
    admission = account.admission
    if [one.number for one in entries] != list(range(1, account.entries + 1)):
        return [f"ward {admission}: its lines have a gap"]
    sums: dict[Lot, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in entries:
        sums[one.item, one.lot][one.kind] += one.quantity
    faults = []
    for lot in account.lots:
        own = sums.pop((lot.item, lot.lot), {})
        kinds = ("delivered", "applied", "returned", "wasted")
        if any(getattr(lot, kind) != own.get(kind, 0) for kind in kinds):
            faults.append(f"ward {admission}: {lot.item} {lot.lot} is not what its lines say")
        if lot.left < 0 or (account.closed and lot.left):
            faults.append(f"ward {admission}: {lot.item} {lot.lot} has {lot.left} left")
        if moved.pop((lot.item, lot.lot), 0) != lot.delivered - lot.returned:
            faults.append(f"ward {admission}: {lot.item} {lot.lot} is not what ledgers say")
    return faults + [f"ward {admission}: {' '.join(lot)} is unknown" for lot in (*sums, *moved)]
