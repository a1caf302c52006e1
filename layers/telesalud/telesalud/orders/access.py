"""The one way to what was ordered for a patient, which decides who may.

Denied unless (1) the role or scope has the right and (2) a user has a care relation with the
patient: booked, treated, referred, team, or a broken glass. The patients service keeps the
relations and is asked in the caller's own name. A right that somebody has by a role other than
physician or nurse (the laboratory, the pharmacy), by a partner's scope or as a worker of ours
needs no relation: such work comes with the order.

Whoever calls a use case, an HTTP route or not, comes through here: `open_record` for a patient,
`open_prescription`, `open_order` and `open_paper` for one thing. What they return is the proof
that other functions take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from pydantic import BaseModel

from schemas.care import Admission, RelationKind
from schemas.orders import EntryKind
from schemas.papers import PaperKind
from telesalud.orders import repository
from telesalud.orders.policy import GRANTS
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import StoredOrder, StoredPaper, StoredPrescription
from telesalud.platform.access import CallerKind, Role, allows, require
from telesalud.platform.errors import NotFound
from telesalud.platform.store import Item, Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

M = TypeVar("M", bound=BaseModel)

BROKEN_GLASS: Final = "break-glass"
"""Reason code of audit entries of accesses that only a broken glass allowed."""
_BY_PATIENT: Final = frozenset({Role.PHYSICIAN, Role.NURSE})


@dataclass(frozen=True, slots=True)
class Record:
    """What was ordered for a patient, for a caller who may come to it."""

    services: OrdersServices
    call: Call
    admission: Admission

    @property
    def tenant(self) -> str:
        """The institution."""
        return self.call.caller.tenant

    @property
    def patient(self) -> str:
        """The patient's id; of merged ones, the registration that survived."""
        return self.admission.patient

    @property
    def members(self) -> tuple[str, ...]:
        """Ids under which things of this patient are kept, their own first."""
        return self.admission.members


@dataclass(frozen=True, slots=True)
class Opened(Generic[M]):
    """One thing that was ordered, and the record that it belongs to."""

    thing: M
    record: Record
    beside: Mapping[Key, Item]
    """What was asked for along with it and exists."""


def open_record(services: OrdersServices, call: Call, patient: str, right: str) -> Record:
    """The patient's record, for a caller who may use `right` on it.

    An access that only a broken glass allows leaves an entry of its own. Raises Forbidden,
    NotFound, Gone for a record that was shredded, Unavailable.
    """
    require(call.caller, right, GRANTS)
    otherwise = replace(call.caller, roles=call.caller.roles - _BY_PATIENT)
    if allows(otherwise, right, GRANTS):
        return _with_the_order(services, call, patient)
    admission = services.people.admit(patient)
    if admission.relations == (RelationKind.GLASS,):
        # The Idempotency-Key is for the answer of the use case, not for this entry.
        work = Work(services, Call(call.caller, call.request_id))
        work.audit("orders.enter", admission.patient, f"patient/{patient}", reason=BROKEN_GLASS)
        work.commit()
    return Record(services, call, admission)


def whole(record: Record) -> Record:
    """The record under all the patient's ids, for whoever came to it by the order alone.

    Who was admitted knows them. Raises Unavailable, Gone.
    """
    if record.admission.relations or record.call.caller.kind is not CallerKind.USER:
        return record
    members = record.services.people.members(record.patient)
    patient = members[0]
    record.services.fetch([], *(Scope(record.tenant, member) for member in members))
    update = {"patient": patient, "members": members}
    return replace(record, admission=record.admission.model_copy(update=update))


def open_prescription(
    services: OrdersServices, call: Call, which: str, right: str
) -> Opened[StoredPrescription]:
    """A prescription: one read, two with a cold key. Raises what `open_record` does."""
    key = repository.main_key(call.caller.tenant, EntryKind.PRESCRIPTION, which)
    item = _fetch(services, call, key, right)[key]
    record = open_record(services, call, item.text("patient"), right)
    return Opened(_opened(record, item, StoredPrescription), record, {})


def open_paper(
    services: OrdersServices, call: Call, kind: PaperKind, which: str, right: str
) -> Opened[StoredPaper]:
    """A referral or a certificate, likewise."""
    key = repository.main_key(call.caller.tenant, EntryKind(kind.value), which)
    item = _fetch(services, call, key, right)[key]
    record = open_record(services, call, item.text("patient"), right)
    return Opened(_opened(record, item, StoredPaper), record, {})


def open_order(
    services: OrdersServices,
    call: Call,
    which: str,
    right: str,
    *,
    beside: Sequence[Key] = (),
    signing: bool = False,
) -> Opened[StoredOrder]:
    """An order, likewise, with the items at `beside` in the same read.

    Who wrote the order or answers for it always comes to it, or a result would stay unsigned; only
    for `signing` it do they need a relation as everybody does.
    """
    key = repository.main_key(call.caller.tenant, EntryKind.ORDER, which)
    found = _fetch(services, call, key, right, beside)
    own = _with_the_order(services, call, found[key].text("patient"))
    order = _opened(own, found[key], StoredOrder)
    if signing or call.caller.subject not in (order.created_by, order.orderer):
        return Opened(order, open_record(services, call, order.patient, right), found)
    return Opened(order, own, found)


def open_renewed(record: Record, which: str) -> StoredPrescription:
    """The prescription that another one of the same record renews. Raises NotFound."""
    item = record.services.store.get(
        repository.main_key(record.tenant, EntryKind.PRESCRIPTION, which)
    )
    if item is None or item.text("patient") not in record.members:
        raise NotFound("there is no such prescription")
    return _opened(record, item, StoredPrescription)


def _with_the_order(services: OrdersServices, call: Call, patient: str) -> Record:
    """The record for whoever needs no relation: nothing is known but the id that the order has.

    One read, of the patient's key: nobody asks the patients service whether it was destroyed.
    """
    services.fetch([], Scope(call.caller.tenant, patient))
    admission = Admission(patient=patient, members=(patient,), relations=(), deceased=False)
    return Record(services, call, admission)


def _fetch(
    services: OrdersServices, call: Call, key: Key, right: str, beside: Sequence[Key] = ()
) -> Mapping[Key, Item]:
    """The item at `key` and those beside it. Raises Forbidden, NotFound."""
    require(call.caller, right, GRANTS)
    found = services.store.get_many([key, *beside])
    if key not in found:
        raise NotFound(f"there is no such {key.sk.lower()}")
    return found


def _opened(record: Record, item: Item, model: type[M]) -> M:
    return repository.opened(record.services.vault, record.tenant, item, model)
