"""Asking for a qualified signature, and which papers get one."""

from datetime import datetime

from schemas.orders import EntryKind
from schemas.papers import PaperKind
from schemas.qualified import QualifiedSignature, QualifiedState
from schemas.signing import Signing, SigningBody
from telesalud.orders import due
from telesalud.orders.access import open_order, open_paper, open_prescription
from telesalud.orders.due import Due
from telesalud.orders.policy import GRANTS, MANAGE, ORDER, PRESCRIBE
from telesalud.orders.qualified.repository import settings_key, shown, signature_key
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import StoredSigning
from telesalud.platform.access import require, require_person
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Put, Value, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

KINDS = tuple(EntryKind)
"""Their places are the numbers of what is due."""
_KINDS = {kind.value: kind for kind in EntryKind}
_OVER = frozenset({QualifiedState.REFUSED.value, QualifiedState.EXPIRED.value})


def read(services: OrdersServices, call: Call) -> Signing:
    """The institution's setting; version 0 when none was made. Raises Forbidden."""
    require(call.caller, MANAGE, GRANTS)
    item = services.store.get(settings_key(call.caller.tenant))
    stored = setting_of(services, call.caller.tenant, item)
    return _view(services, stored, item.version if item else 0)


def put(services: OrdersServices, call: Call, body: SigningBody, version: int) -> Signing:
    """Set (version 0: for the first time) which papers are signed. Raises Invalid, StaleVersion."""
    require(call.caller, MANAGE, GRANTS)
    tenant, key = call.caller.tenant, settings_key(call.caller.tenant)
    present = setting_of(services, tenant, services.store.get(key))
    token = body.token or (present.token if present else "")
    if not token:
        fault = FieldError("/token", "required", "the service knows an institution by its token")
        raise Invalid("a token is needed", [fault])
    stored = StoredSigning(token=token, kinds=tuple(dict.fromkeys(body.kinds)))
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit("orders.put_signing", tenant, "signing")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return _view(services, stored, version + 1)


def setting_of(services: Services, tenant: str, item: Item | None) -> StoredSigning | None:
    """The setting in its item."""
    return open_model(services.vault, Scope(tenant), item, StoredSigning) if item else None


def ask(services: OrdersServices, work: Work, kind: EntryKind, which: str, patient: str) -> None:
    """Have a paper signed that this transaction issues, where the institution wants it.

    In the same transaction: what is issued either has its signature or visibly waits for it.
    """
    if not services.qualified:
        return
    tenant = work.call.caller.tenant
    setting = setting_of(services, tenant, services.store.get(settings_key(tenant)))
    if setting is None or kind not in setting.kinds:
        return
    now = services.clock()
    state: dict[str, Value] = {
        "patient": patient,
        "state": QualifiedState.WAITING.value,
        "asked": to_text(now),
        "due": to_text(now),
        "round": 1,
    }
    work.add(
        Put(signature_key(tenant, kind, which), state, when=ABSENT),
        listed(tenant, kind, which, now).listed,
    )


def again(services: OrdersServices, call: Call, name: str, which: str) -> QualifiedSignature:
    """Ask anew for a signature that was refused or that nobody approved.

    `name` is a value of `EntryKind`. Raises Forbidden, NotFound, InvalidTransition, StaleVersion.
    """
    require(call.caller, PRESCRIBE, GRANTS)
    require_person(call.caller)
    kind = _KINDS.get(name)
    if kind is None:
        raise NotFound("there is no such kind of paper")
    _open(services, call, kind, which)
    tenant = call.caller.tenant
    item = services.store.get(signature_key(tenant, kind, which))
    if item is None:
        raise NotFound("this paper gets no qualified signature")
    if item.text("state") not in _OVER:
        raise InvalidTransition(item.text("state"), "asked for again")
    now = services.clock()
    state: dict[str, Value] = {
        "patient": item.text("patient"),
        "state": QualifiedState.WAITING.value,
        "asked": to_text(now),
        "due": to_text(now),
        "round": item.number("round") + 1,
    }
    work = Work(services, call)
    work.add(
        Put(item.key, state, when=at_version(item.version)),
        listed(tenant, kind, which, now).listed,
    )
    work.audit("orders.ask_qualified_signature", item.text("patient"), f"{kind.value}/{which}")
    answer = QualifiedSignature(state=QualifiedState.WAITING, asked_at=now)
    try:
        work.commit(answer)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer


def _open(services: OrdersServices, call: Call, kind: EntryKind, which: str) -> None:
    if kind is EntryKind.PRESCRIPTION:
        open_prescription(services, call, which, PRESCRIBE)
    elif kind is EntryKind.ORDER:
        open_order(services, call, which, ORDER)
    else:
        open_paper(services, call, PaperKind(kind.value), which, PRESCRIBE)


def listed(tenant: str, kind: EntryKind, which: str, at: datetime) -> Due:
    """Where a paper waits for its next attempt."""
    return Due(due.SIGNATURE, tenant, which, KINDS.index(kind), at)


def state_of(
    services: OrdersServices, tenant: str, kind: EntryKind, which: str
) -> tuple[QualifiedSignature | None, Item | None]:
    """How far a paper's signature is, and the item; nothing where no service is connected."""
    if not services.qualified:
        return None, None
    item = services.store.get(signature_key(tenant, kind, which))
    return shown(services, tenant, item), item


def _view(services: OrdersServices, stored: StoredSigning | None, version: int) -> Signing:
    return Signing(
        kinds=stored.kinds if stored else (),
        token=stored is not None,
        connected=services.qualified,
        version=version,
    )
