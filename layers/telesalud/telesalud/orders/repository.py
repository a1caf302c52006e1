"""Where the orders context keeps things.

    <KIND>#<t>#<id>        / <KIND>          a prescription, order, referral or certificate, sealed;
                                             `patient` in clear, because it names the key
    PRESCRIPTION#<t>#<id>  / DISPENSED       what pharmacies have given of it, sealed
    ORDER#<t>#<id>         / RESULT#<nnnn>   one version of a result; never changed
    ORDER#<t>#<id>         / FILE#<id>       an attachment
    PATIENT#<t>#<p>        / LIST#<at>#<id>  what was written for a patient, sealed
    PATIENT#<t>#<p>        / NOW#STATE       `deceased_on`; counts changes of what checks look at
    PATIENT#<t>#<p>        / NOW#ALLERGY#<e> an allergy as the record announced it, sealed
    PATIENT#<t>#<p>        / NOW#MEDICATION#<e>   a medicine in use, likewise
    PATIENT#<t>#<p>        / NOW#PRESCRIPTION#<id>  in force, with the codes of its drugs, sealed
    PATIENT#<t>#<p>        / NOW#ORDER#<id>  a loop that is not closed, sealed
    WORK#<t>#<who>         / <rank>#<since>#<order>   work list of an orderer, and of ALL
    OPEN#<t>               / <signed>#<order>   a loop that is not closed (`open_orders.py`)
    VERIFY#<sha256>        / VERIFY          what a verification code stands for
    CATALOGUE#<t>          / <kind>          which release of a catalogue is in use
    PRESCRIBER#<t>         / <user>          who a user is on paper, sealed with the tenant's key

Patterns: one thing by id is one read (two with a cold key); everything that checks and the chart's
summary need of a patient is one query of `NOW#`; lists and work lists are one query a page.
Whatever makes a prescription more or less dangerous also counts `NOW#STATE` up, and signing is
conditional on that count, so no signature rests on what has changed meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from schemas.orders import EntryKind
from telesalud.orders.stored import NowDispensed, StoredEntry
from telesalud.platform.clock import to_text
from telesalud.platform.errors import StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    ALWAYS,
    Check,
    Delete,
    Item,
    Key,
    Put,
    Update,
    Value,
    at_version,
)
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Work

M = TypeVar("M", bound=BaseModel)


def main_key(tenant: str, kind: EntryKind, which: str) -> Key:
    """Where a thing itself is."""
    name = kind.value.upper()
    return Key(f"{name}#{tenant}#{which}", name)


def dispensed_key(tenant: str, prescription: str) -> Key:
    """Where it says what pharmacies have given of a prescription."""
    return Key(main_key(tenant, EntryKind.PRESCRIPTION, prescription).pk, "DISPENSED")


def patient_partition(tenant: str, patient: str) -> str:
    """Where everything by patient is."""
    return f"PATIENT#{tenant}#{patient}"


def patient_of(key: Key) -> str:
    """Whose partition an item is in."""
    return key.pk.rpartition("#")[2]


def now_key(tenant: str, patient: str, kind: str, which: str) -> Key:
    """Where something that counts now is."""
    return Key(patient_partition(tenant, patient), f"NOW#{kind}#{which}")


def state_key(tenant: str, patient: str) -> Key:
    """Where the patient's state is."""
    return Key(patient_partition(tenant, patient), "NOW#STATE")


def list_key(tenant: str, patient: str, at: datetime, which: str) -> Key:
    """Where a line of the patient's list is."""
    return Key(patient_partition(tenant, patient), f"LIST#{to_text(at)}#{which}")


def verify_key(digest: str) -> Key:
    """Where it says what a code stands for."""
    return Key(f"VERIFY#{digest}", "VERIFY")


def prescriber_key(tenant: str, user: str) -> Key:
    """Where it says who a user is on paper."""
    return Key(f"PRESCRIBER#{tenant}", user)


def opened(vault: Vault, tenant: str, item: Item, model: type[M]) -> M:
    """What a main item holds, with the item's version."""
    found = open_model(vault, Scope(tenant, item.text("patient")), item, model)
    return found.model_copy(update={"version": item.version})


def opened_dispensed(vault: Vault, tenant: str, item: Item) -> NowDispensed:
    """What pharmacies have given of a prescription."""
    return open_model(vault, Scope(tenant, item.text("patient")), item, NowDispensed)


def current(found_version: int, version: int) -> None:
    """Raise StaleVersion unless the caller has seen the present version."""
    if found_version != version:
        raise StaleVersion


def sealed(vault: Vault, tenant: str, patient: str, key: Key, model: BaseModel) -> bytes:
    """A model under the patient's key."""
    return seal_model(vault, Scope(tenant, patient), key, model)


def keep(
    work: Work,
    entry: StoredEntry,
    patient: str,
    model: BaseModel,
    version: int,
    *,
    extra: Mapping[str, Value] | None = None,
) -> None:
    """Write a thing (`version` is the one it replaces, 0 for a new one) and its list line."""
    tenant, vault = work.call.caller.tenant, work.services.vault
    key = main_key(tenant, entry.kind, entry.id)
    attributes: dict[str, Value] = {
        "patient": patient,
        ATTRIBUTE: sealed(vault, tenant, patient, key, model),
        **(extra or {}),
    }
    line = list_key(tenant, patient, entry.at, entry.id)
    work.add(
        Put(key, attributes, when=at_version(version) if version else ABSENT),
        Put(line, {ATTRIBUTE: sealed(vault, tenant, patient, line, entry)}),
    )


def keep_now(work: Work, patient: str, kind: str, which: str, model: BaseModel | None) -> None:
    """Make something count now, or (None) no longer."""
    tenant = work.call.caller.tenant
    key = now_key(tenant, patient, kind, which)
    if model is None:
        work.add(Delete(key))
        return
    work.add(Put(key, {ATTRIBUTE: sealed(work.services.vault, tenant, patient, key, model)}))


def count_change(work: Work, patient: str, seen: int | None = None) -> None:
    """Note that what checks look at changed; with `seen`, only if nothing had changed since.

    `seen` is the version of the patient's state as it was read, 0 when there was none.
    """
    key = state_key(work.call.caller.tenant, patient)
    when = ALWAYS if seen is None else at_version(seen) if seen else ABSENT
    work.add(Update(key, add={"changes": 1}, when=when))


def unchanged(work: Work, patient: str, seen: int) -> None:
    """Refuse the transaction if what checks look at, or a death, was recorded meanwhile."""
    key = state_key(work.call.caller.tenant, patient)
    work.add(Check(key, at_version(seen) if seen else ABSENT))
