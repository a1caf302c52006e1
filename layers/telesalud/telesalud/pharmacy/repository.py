"""Where the pharmacy keeps things. What is not a patient's is sealed with the tenant's key.

    ITEM#<t>                   / <code>            something that is kept
    FAMILY#<t>#<what>          / <code>            products that may stand for each other
    GTIN#<t>                   / <gtin>            whose bar code it is, in clear
    LOT#<t>                    / <item>#<lot>      a lot wherever it lies; `state` in clear
    WAREHOUSE#<t>              / <id>              a place; `gate` in clear, which movements check
    STOCK#<t>#<w>              / <item>            balances of an item's lots; the ledger's head
    KARDEX#<t>#<w>#<item>      / <number>          a line of the ledger; never changed
    KARDEX#<t>#<w>#<item>#<l>  / <number>          the same line, for the kardex of a lot
    REGISTER#<t>#<w>           / HEAD              number of the last controlled line
    REGISTER#<t>#<w>           / LINE#<number>     a line of the register; never changed
    LOW#<t>#<w>                / <item>            it is below its minimum
    EXPIRY#<t>#<w>             / <expiry>#<item>#<lot>   there is some of a lot that expires
    POSTING#<t>#<id>           / POSTING           an entry or a write-off
    SECOND#<t>#<w>             / <kind>#<at>#<id>  something that waits for a second person
    TRANSFER#<t>#<id>          / TRANSFER          goods between two warehouses
    TRANSFERS#<t>#<w>          / WAY#<at>#<id>, ALL#<at>#<id>   on the way to it; of it
    COUNT#<t>#<id>             / COUNT             a count
    COUNTS#<t>#<w>             / <at>#<id>         counts of a warehouse
    RECALL#<t>                 / <at>#<id>         a recall
    GOT#<t>#<item>#<lot>       / <at>#<id>         who got some of a lot
    RX#<t>#<prescription>      / RX                what of it was dispensed, by the patient's key
    RX#<t>#<prescription>      / DONE#<at>#<id>    a dispensing of it
    DISPENSING#<t>#<id>        / DISPENSING        what a patient got, likewise; `patient` in clear

Patterns: a posting is one read of warehouse, items, balances and lots, and one transaction. The
head of an item's ledger holds all its balances, so a movement is conditional on one version, and
nothing is ever below zero. Whatever a screen lists is one query a page.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    MAX_OPERATIONS,
    Item,
    Key,
    Put,
    Value,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services, Work

M = TypeVar("M", bound=BaseModel)


def item_key(tenant: str, code: str) -> Key:
    """Where an item is."""
    return Key(f"ITEM#{tenant}", code)


def gtin_key(tenant: str, gtin: str) -> Key:
    """Where it says whose bar code it is."""
    return Key(f"GTIN#{tenant}", gtin)


def lot_key(tenant: str, item: str, lot: str) -> Key:
    """Where a lot is."""
    return Key(f"LOT#{tenant}", f"{item}#{lot}")


def warehouse_key(tenant: str, which: str) -> Key:
    """Where a warehouse is."""
    return Key(f"WAREHOUSE#{tenant}", which)


def stock_key(tenant: str, warehouse: str, item: str) -> Key:
    """Where a warehouse's balances of an item are."""
    return Key(f"STOCK#{tenant}#{warehouse}", item)


def kardex_partition(tenant: str, warehouse: str, item: str, lot: str | None = None) -> str:
    """Where the lines of an item, or of one of its lots, are."""
    return f"KARDEX#{tenant}#{warehouse}#{item}" + (f"#{lot}" if lot else "")


def numbered(number: int) -> str:
    """A number as a sort key."""
    return f"{number:012d}"


def register_head(tenant: str, warehouse: str) -> Key:
    """Where the number of the register's last line is."""
    return Key(f"REGISTER#{tenant}#{warehouse}", "HEAD")


def register_key(tenant: str, warehouse: str, number: int) -> Key:
    """Where a line of the register is."""
    return Key(f"REGISTER#{tenant}#{warehouse}", f"LINE#{numbered(number)}")


def low_key(tenant: str, warehouse: str, item: str) -> Key:
    """Where it says that an item is scarce."""
    return Key(f"LOW#{tenant}#{warehouse}", item)


def expiry_key(tenant: str, warehouse: str, item: str, lot: str) -> Key:
    """Where it says that there is some of a lot; in the order of expiry."""
    return Key(f"EXPIRY#{tenant}#{warehouse}", f"{lot.partition('.')[0]}#{item}#{lot}")


def fetch(services: Services, keys: Iterable[Key]) -> dict[Key, Item]:
    """The items among any number of keys that exist: one round trip for a hundred."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Item] = {}
    for start in range(0, len(wanted), MAX_OPERATIONS):
        found |= services.store.get_many(wanted[start : start + MAX_OPERATIONS])
    return found


def opened(services: Services, tenant: str, item: Item, model: type[M]) -> M:
    """What an item of the institution holds."""
    return open_model(services.vault, Scope(tenant), item, model)


def load(services: Services, tenant: str, key: Key, model: type[M]) -> tuple[M, int]:
    """What is at a key, and its version. Raises NotFound."""
    item = services.store.get(key)
    if item is None:
        raise NotFound
    return opened(services, tenant, item, model), item.version


def put(
    work: Work, key: Key, model: BaseModel, version: int, extra: Mapping[str, Value] | None = None
) -> None:
    """Write a thing of the institution; `version` is the one it replaces, 0 for a new one."""
    sealed = seal_model(work.services.vault, Scope(work.call.caller.tenant), key, model)
    when = at_version(version) if version else ABSENT
    work.add(Put(key, {ATTRIBUTE: sealed, **(extra or {})}, when=when))


def note(work: Work, key: Key, extra: Mapping[str, Value] | None = None) -> None:
    """Write that something is so; the key says it, with what is beside it in clear."""
    work.add(Put(key, {"kind": "note", **(extra or {})}))


def last_part(keys: Sequence[Item]) -> list[str]:
    """The ids at the end of sort keys."""
    return [item.key.sk.rpartition("#")[2] for item in keys]


def put_of_patient(work: Work, key: Key, patient: str, model: BaseModel, version: int) -> None:
    """Write something of a patient, under their key; `version` as of `put`."""
    scope = Scope(work.call.caller.tenant, patient)
    sealed = seal_model(work.services.vault, scope, key, model)
    when = at_version(version) if version else ABSENT
    work.add(Put(key, {ATTRIBUTE: sealed, "patient": patient}, when=when))


def opened_of_patient(services: Services, tenant: str, item: Item, model: type[M]) -> M:
    """What an item of a patient holds. Raises Gone for a record that was shredded."""
    return open_model(services.vault, Scope(tenant, item.text("patient")), item, model)
