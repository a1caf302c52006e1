"""Legal holds: while one is set, a record cannot be shredded.

PATIENT#<t>#<id> / HOLD    who set it and when; the reason is sealed with the tenant's key
"""

from schemas.custody import Hold, HoldBody
from telesalud.patients.custody.stored import StoredHold
from telesalud.patients.people import repository
from telesalud.patients.policy import GRANTS, HOLD
from telesalud.platform.access import require
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ALWAYS, Delete, Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def hold_key(tenant: str, patient: str) -> Key:
    """Where a hold is."""
    return Key(repository.patient_key(tenant, patient).pk, "HOLD")


def read(services: Services, call: Call, patient: str) -> Hold:
    """Whether the record is on hold. Raises Forbidden, NotFound."""
    require(call.caller, HOLD, GRANTS)
    tenant = call.caller.tenant
    found = repository.load(services, tenant, patient)
    for member in (found.id, *found.absorbed):
        item = services.store.get(hold_key(tenant, member))
        if item is not None:
            held = open_model(services.vault, Scope(tenant), item, StoredHold)
            return Hold(patient=found.id, held=True, **held.model_dump())
    return Hold(patient=found.id, held=False, reason=None, by=None, since=None)


def put(services: Services, call: Call, patient: str, body: HoldBody) -> Hold:
    """Set a hold, or replace its reason; audited. Raises Forbidden, NotFound."""
    require(call.caller, HOLD, GRANTS)
    tenant = call.caller.tenant
    found = repository.load(services, tenant, patient)
    stored = StoredHold(reason=body.reason, by=call.caller.subject, since=services.clock())
    key = hold_key(tenant, found.id)
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=ALWAYS))
    work.audit("patients.hold", found.id, f"patient/{found.id}")
    work.commit()
    return Hold(patient=found.id, held=True, **stored.model_dump())


def lift(services: Services, call: Call, patient: str) -> Hold:
    """Lift every hold of the record; audited. Raises Forbidden, NotFound."""
    require(call.caller, HOLD, GRANTS)
    tenant = call.caller.tenant
    found = repository.load(services, tenant, patient)
    work = Work(services, call)
    work.add(*(Delete(hold_key(tenant, one)) for one in (found.id, *found.absorbed)))
    work.audit("patients.lift_hold", found.id, f"patient/{found.id}")
    work.commit()
    return Hold(patient=found.id, held=False, reason=None, by=None, since=None)
