"""A clinician takes an external entry into the record, by the record's own use case.

First it is noted who adopts what, then the record is asked with the clinician's token and a key
that is the same for every try, then it is noted what became of it. A try that dies in between is
finished by the same clinician's next one: the record answers it as it did the first.
"""

from contextlib import suppress
from typing import NamedTuple

from pydantic import BaseModel

from schemas.external import Adopted, Adoption
from telesalud.interop import policy
from telesalud.interop.external import becoming
from telesalud.interop.external.reading import (
    adopted_of,
    adoption_key,
    let_in,
    may_see,
    source_of,
)
from telesalud.interop.fhir.heads import Head, load
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.record.clinic import Clinic
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Conflict, DomainError, NotFound, StaleVersion, Unavailable
from telesalud.platform.store import ABSENT, ConditionFailed, Delete, Item, Key, Put, at_version
from telesalud.platform.work import Call, Work


class Where(NamedTuple):
    """An external entry of a patient."""

    patient: str
    type: str
    id: str


class _Made(BaseModel):
    id: str


def adopt(
    services: FhirServices, clinic: Clinic, call: Call, where: Where, body: Adoption
) -> Adopted:
    """What an external entry became.

    Raises Forbidden, NotFound, Gone, Conflict, StaleVersion when the sender changed it since it
    was looked at, Invalid for what the record refuses, Unavailable.
    """
    admission = let_in(clinic, call, where.patient, policy.ADOPT)
    head = load(services, call.caller.tenant, where.type, where.id)
    if head is None or head.deleted or head.patient not in admission.members:
        raise NotFound("there is no such external entry of this patient")
    if not may_see(admission, head.resource):
        raise NotFound("there is no such external entry of this patient")
    if head.version != body.version:
        raise StaleVersion("its sender changed it since it was looked at")
    entry = becoming.body_of(head.resource, source_of(head))
    claim = _claimed(services, call, head)
    known = adopted_of(claim)
    if known is not None:
        return known
    kind = becoming.KINDS[head.type]
    key = f"adopt-{head.id}-{claim.text('at')}"
    try:
        made = clinic.post(f"/patients/{where.patient}/{kind.value}", entry.model_dump_json(), key)
    except Unavailable:
        raise  # it may have been written: the next try asks with the same key
    except DomainError:
        services.store.transact([Delete(claim.key, when=at_version(claim.version))])
        raise
    return _done(services, call, head, claim, _Made.model_validate_json(made).id)


def _claimed(services: FhirServices, call: Call, head: Head) -> Item:
    """The note that this clinician adopts it, made now or by an earlier try. Raises Conflict."""
    key: Key = adoption_key(call.caller.tenant, head.patient, head.name)
    note = {"by": call.caller.subject, "at": to_text(services.clock())}
    with suppress(ConditionFailed):  # it is there: below it says whose it is
        services.store.transact([Put(key, note, when=ABSENT)])
    found = services.store.get(key)
    if found is None:
        raise Unavailable("another try ended this moment; repeat it")
    if "entry" not in found.attributes and found.text("by") != call.caller.subject:
        raise Conflict("somebody else is adopting this entry")
    return found


def _done(services: FhirServices, call: Call, head: Head, claim: Item, entry: str) -> Adopted:
    kind = becoming.KINDS[head.type]
    at = services.clock()
    adopted = Adopted(by=call.caller.subject, at=at, kind=kind, entry=entry)
    written = {
        "by": call.caller.subject,
        "at": to_text(at),
        "kind": kind.value,
        "entry": entry,
        "n": head.version,
    }
    work = Work(services, call)
    work.add(Put(claim.key, written, when=at_version(claim.version)))
    work.audit("interop.adopted", head.patient, f"{head.name} as {kind.value}/{entry}")
    try:
        work.commit(adopted)
    except ConditionFailed:
        # the same try, twice at once: the other one was faster, and got the same entry
        found = services.store.get(claim.key)
        known = adopted_of(found) if found else None
        if known is None:
            raise
        return known
    return adopted
