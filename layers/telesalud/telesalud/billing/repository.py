"""Where billing keeps things. What is not a patient's is sealed with the tenant's key.

PAYER#<t>                  / <id>             who pays
CONTRACT#<t>               / <id>             an agreement; its version guards its prices
PRICE#<t>#<contract>       / <code>           prices of a code, by the day from which they apply
CHARGE#<t>#<patient>       / <id>             what they got, by the patient's key; `state` clear
VOUCHER#<t>#<id>           / VOUCHER          by the patient's key; `patient`, `state` in clear
VOUCHERS#<t>#P#<patient>   / <at>#<id>        vouchers of a patient
VOUCHERS#<t>#C#<contract>  / <at>#<id>        vouchers of a contract that wait for an invoice
NUMBERS#<t>                / <series>#<site>  the block that a place numbers from
BLOCKS#<t>                 / <series>         the last block that was leased
INVOICE#<t>#<id>           / INVOICE          with its credit notes; its version guards money
INVOICES#<t>               / <at>#<id>        all of them
INVOICES#<t>#<contract>    / <at>#<id>        those of a contract
PAYMENTS#<t>               / <at>#<id>        money that came in, in the order of time
SENT#<t>                   / <id>             what the recorder of electronic invoicing was told
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from telesalud.billing.stored import StoredCharge, StoredVoucher
from telesalud.platform.clock import to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, MAX_OPERATIONS, Item, Key, Put, Value, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services, Work

M = TypeVar("M", bound=BaseModel)


def payer_key(tenant: str, which: str) -> Key:
    """Where a payer is."""
    return Key(f"PAYER#{tenant}", which)


def contract_key(tenant: str, which: str) -> Key:
    """Where a contract is."""
    return Key(f"CONTRACT#{tenant}", which)


def price_key(tenant: str, contract: str, code: str) -> Key:
    """Where the prices of a code are."""
    return Key(f"PRICE#{tenant}#{contract}", code)


def charge_key(tenant: str, patient: str, which: str) -> Key:
    """Where a charge is."""
    return Key(f"CHARGE#{tenant}#{patient}", which)


def voucher_key(tenant: str, which: str) -> Key:
    """Where a voucher is."""
    return Key(f"VOUCHER#{tenant}#{which}", "VOUCHER")


def invoice_key(tenant: str, which: str) -> Key:
    """Where an invoice is."""
    return Key(f"INVOICE#{tenant}#{which}", "INVOICE")


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


def opened_of_patient(services: Services, tenant: str, item: Item, model: type[M]) -> M:
    """What an item of a patient holds. Raises Gone for a record that was shredded."""
    return open_model(services.vault, Scope(tenant, item.text("patient")), item, model)


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


def put_of_patient(work: Work, key: Key, model: StoredCharge | StoredVoucher, version: int) -> None:
    """Write something of a patient, under their key; `version` as of `put`."""
    scope = Scope(work.call.caller.tenant, model.patient)
    sealed = seal_model(work.services.vault, scope, key, model)
    when = at_version(version) if version else ABSENT
    fields: dict[str, Value] = {
        ATTRIBUTE: sealed,
        "patient": model.patient,
        "state": model.state.value,
    }
    work.add(Put(key, fields, when=when))


def listed(work: Work, partition: str, at: datetime, which: str) -> None:
    """Put an id into a list that is in the order of time."""
    key = Key(partition, f"{to_text(at)}#{which}")
    work.add(Put(key, {"kind": "note"}, when=ABSENT))


def last_part(items: Sequence[Item]) -> list[str]:
    """The ids at the end of sort keys."""
    return [item.key.sk.rpartition("#")[2] for item in items]
