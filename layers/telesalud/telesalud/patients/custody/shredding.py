"""Destroying one patient's record: two people agree, nothing forbids it, the key goes.

    SHRED#<t> / <patient>    the request, sealed with the tenant's key; kept for ever

1. An administrator asks, with what allows it, a reason, and the record number typed; auditors are
   told.
2. Another one, who is really another (`standing.require_second_person`), agrees after a day and
   within a week, so that somebody has time to notice. One transaction checks that no hold was set
   meanwhile, writes the tombstones of the keys, marks the patient, and announces
   `patients.record_shredded`. From here nothing of the record opens.
3. Workers delete what is left (`erasing`), here and in the other contexts.

The audit trail stays: it holds ids and codes, and the law asks for it.
"""

from datetime import timedelta
from typing import Final

from schemas.care import AccessWay
from schemas.custody import (
    NewShredding,
    RecordShredded,
    Shredding,
    ShreddingBasis,
    ShreddingConfirmation,
    ShreddingState,
    ShreddingStatus,
)
from telesalud.patients.custody import retention
from telesalud.patients.custody.holds import hold_key
from telesalud.patients.custody.stored import StoredShredding
from telesalud.patients.errors import OnHold, TooEarly
from telesalud.patients.people import repository
from telesalud.patients.people.repository import Found
from telesalud.patients.policy import GRANTS, SHRED
from telesalud.patients.reviews.reporting import Reported, report
from telesalud.platform.access import require, require_person
from telesalud.platform.errors import (
    Conflict,
    FieldError,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.standing import require_second_person
from telesalud.platform.store import (
    ABSENT,
    Check,
    ConditionFailed,
    Item,
    Key,
    Put,
    Update,
    When,
    at_version,
)
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Call, Services, Work

AGREE_AFTER: Final = timedelta(days=1)
"""How long a request waits before anybody may agree to it."""
AGREE_WITHIN: Final = timedelta(days=7)
MOST_MEMBERS: Final = 20
"""Registrations that one transaction destroys: four operations each."""


def request(services: Services, call: Call, patient: str, new: NewShredding) -> Shredding:
    """Ask for the destruction of a record.

    Raises Forbidden, also for a machine, NotFound, Invalid for another record number, OnHold,
    RetentionRuns, Conflict.
    """
    require(call.caller, SHRED, GRANTS)
    require_person(call.caller)
    tenant = call.caller.tenant
    found = repository.load(services, tenant, patient)
    _check_number(found, new.record_number)
    _check_allowed(services, tenant, found, new.basis)
    known = services.store.get(shred_key(tenant, found.id))
    if known is not None:
        status = shredding_of(services.vault, tenant, known).status
        if status is not ShreddingStatus.WITHDRAWN:
            raise InvalidTransition(status.value, ShreddingStatus.REQUESTED.value)
    stored = StoredShredding(
        basis=new.basis,
        reason=new.reason,
        requested_by=call.caller.subject,
        requested_at=services.clock(),
        members=(found.id, *found.absorbed),
    )
    version = known.version if known else 0
    work = Work(services, call)
    work.add(shredding_put(services.vault, tenant, found.id, stored, version))
    who = call.caller.subject
    report(work, Reported(found.id, who, AccessWay.SHREDDING, f"shredding/{new.basis.value}"))
    work.audit("patients.request_shredding", found.id, f"patient/{found.id}", reason=new.basis)
    return _commit(work, stored.view(found.id, version + 1))


def withdraw(services: Services, call: Call, patient: str, version: int) -> Shredding:
    """Take a request back; whoever may ask may do so. Raises NotFound, StaleVersion."""
    require(call.caller, SHRED, GRANTS)
    tenant = call.caller.tenant
    stored = _waiting(services, tenant, patient, version)
    after = stored.model_copy(update={"status": ShreddingStatus.WITHDRAWN})
    work = Work(services, call)
    work.add(shredding_put(services.vault, tenant, patient, after, version))
    work.audit("patients.withdraw_shredding", patient, f"patient/{patient}")
    return _commit(work, after.view(patient, version + 1))


def confirm(
    services: Services, call: Call, patient: str, body: ShreddingConfirmation, version: int
) -> Shredding:
    """Agree to what somebody else asked for: from here nothing of the record opens.

    Raises Forbidden for who is no second person, NotFound, StaleVersion, InvalidTransition,
    Invalid, OnHold, RetentionRuns, TooEarly, Conflict when the request is too old or the patient
    was merged since.
    """
    require(call.caller, SHRED, GRANTS)
    tenant = call.caller.tenant
    stored = _waiting(services, tenant, patient, version)
    require_second_person(services, call.caller, stored.requested_by, stored.requested_at)
    now = services.clock()
    if now < stored.requested_at + AGREE_AFTER:
        raise TooEarly((stored.requested_at + AGREE_AFTER).isoformat())
    if now >= stored.requested_at + AGREE_WITHIN:
        raise Conflict("the request is older than a week; withdraw it and ask again")
    found = repository.load(services, tenant, patient)
    if (found.id, *found.absorbed) != stored.members:
        raise Conflict("the patient was merged since; withdraw the request and ask again")
    _check_number(found, body.record_number)
    _check_allowed(services, tenant, found, stored.basis)
    update = {
        "status": ShreddingStatus.SHREDDING,
        "confirmed_by": call.caller.subject,
        "confirmed_at": now,
    }
    after = stored.model_copy(update=update)
    work = Work(services, call)
    work.add(shredding_put(services.vault, tenant, found.id, after, version))
    for member in stored.members:
        when = at_version(found.version) if member == found.id else When(exists=True)
        work.add(
            services.vault.tombstone(Scope(tenant, member)),
            Update(
                repository.patient_key(tenant, member), set={repository.SHREDDED: True}, when=when
            ),
            Check(hold_key(tenant, member), ABSENT),
        )
        work.audit("patients.shred", member, f"patient/{member}", reason=stored.basis)
    fact = RecordShredded(patient_id=found.id, member_ids=stored.members)
    work.event("patients.record_shredded", found.id, version + 1, fact.model_dump(mode="json"))
    answer = _commit(work, after.view(found.id, version + 1))
    for member in stored.members:
        services.vault.forget(Scope(tenant, member))
    return answer


def read(services: Services, call: Call, patient: str) -> ShreddingState:
    """The request for a record, and what became of it. Raises Forbidden."""
    require(call.caller, SHRED, GRANTS)
    tenant = call.caller.tenant
    item = services.store.get(shred_key(tenant, patient))
    if item is None:
        return ShreddingState(request=None)
    known = shredding_of(services.vault, tenant, item).view(patient, item.version)
    return ShreddingState(request=known)


def shred_key(tenant: str, patient: str) -> Key:
    """Where a request is."""
    return Key(f"SHRED#{tenant}", patient)


def shredding_of(vault: Vault, tenant: str, item: Item) -> StoredShredding:
    """The request in its item."""
    return open_model(vault, Scope(tenant), item, StoredShredding)


def shredding_put(
    vault: Vault, tenant: str, patient: str, stored: StoredShredding, version: int
) -> Put:
    """The write of a request; `version` is the one it replaces, 0 for a new one."""
    key = shred_key(tenant, patient)
    when = at_version(version) if version else ABSENT
    return Put(key, {ATTRIBUTE: seal_model(vault, Scope(tenant), key, stored)}, when=when)


def _waiting(services: Services, tenant: str, patient: str, version: int) -> StoredShredding:
    item = services.store.get(shred_key(tenant, patient))
    if item is None:
        raise NotFound("nobody asked for the destruction of this record")
    stored = shredding_of(services.vault, tenant, item)
    if stored.status is not ShreddingStatus.REQUESTED:
        raise InvalidTransition(stored.status.value, ShreddingStatus.SHREDDING.value)
    if item.version != version:
        raise StaleVersion
    return stored


def _check_number(found: Found, typed: str) -> None:
    if typed != found.stored.record_number:
        fault = FieldError("/record_number", "differs", "it is not this patient's")
        raise Invalid("type the record number of the patient", [fault])


def _check_allowed(services: Services, tenant: str, found: Found, basis: ShreddingBasis) -> None:
    """Raise OnHold, RetentionRuns or Conflict when something forbids it."""
    members = (found.id, *found.absorbed)
    if len(members) > MOST_MEMBERS:
        raise Conflict("too many registrations were merged into this one; take some back")
    if services.store.get_many([hold_key(tenant, one) for one in members]):
        raise OnHold
    if basis is ShreddingBasis.REGISTERED_IN_ERROR:
        if retention.holds_anything(services, tenant, found):
            raise Conflict("something was recorded or ordered; it was not registered in error")
    elif basis is ShreddingBasis.RETENTION_EXPIRED:
        retention.check_over(services, tenant, found)


def _commit(work: Work, answer: Shredding) -> Shredding:
    """Write. Raises OnHold when a hold was set meanwhile, StaleVersion when anything changed."""
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if any(f.operation.key.sk == "HOLD" for f in failed.failures):
            raise OnHold from failed
        raise StaleVersion from failed
    return answer
