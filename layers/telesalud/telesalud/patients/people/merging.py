"""One person who was registered twice: merging two patients, and taking it back.

The merged patient's item stays and names the survivor, so every id that was ever given out still
leads to the record; the survivor remembers whom they absorbed, so both charts are read as one.
Nothing sealed is moved. Documents and record number of the merged one find the survivor; by name
and birth date only the survivor is found. Both directions are one transaction.
"""

from schemas.care import AccessWay
from schemas.patients import MergedList, Patient
from telesalud.patients.people import repository
from telesalud.patients.people.registration import announce
from telesalud.patients.people.relations import relation_key, to_come
from telesalud.patients.people.repository import Found
from telesalud.patients.policy import GRANTS, MERGE
from telesalud.patients.reviews.reporting import Reported, report
from telesalud.platform.access import CallerKind, require
from telesalud.platform.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.store import (
    ConditionFailed,
    Delete,
    Item,
    Key,
    Operation,
    Put,
    Update,
    When,
    at_version,
)
from telesalud.platform.work import Call, Services, Work

_AT_ONCE = 50


def merge(services: Services, call: Call, survivor: str, other: str, version: int) -> Patient:
    """Merge `other` into `survivor`, whose version was read. Repeating it changes nothing.

    Whoever sees one record then sees both, so an auditor is told. Raises NotFound, Invalid for a
    patient and themselves, Conflict for one who was merged elsewhere and for who would let
    themselves in, StaleVersion.
    """
    require(call.caller, MERGE, GRANTS)
    tenant = call.caller.tenant
    if survivor == other:
        fault = FieldError("/patient", "same", "name another patient")
        raise Invalid("a patient is not merged into themselves", [fault])
    kept, gone = _both(services, tenant, survivor, other)
    if gone.attributes.get("merged_into") == survivor:
        return repository.found_of(services.vault, tenant, kept).view
    if "merged_into" in kept.attributes or "merged_into" in gone.attributes:
        raise Conflict("one of the two was merged before; take the patient that survived")
    into = repository.found_of(services.vault, tenant, kept)
    absorbed = repository.found_of(services.vault, tenant, gone)
    if into.version != version:
        raise StaleVersion
    _check_stands_outside(services, call, into, absorbed)
    members = (*into.absorbed, absorbed.id, *absorbed.absorbed)
    work = Work(services, call)
    if call.caller.kind is CallerKind.USER:
        about = f"patient/{absorbed.id}"
        report(work, Reported(into.id, call.caller.subject, AccessWay.MERGED, about))
    work.add(
        Update(kept.key, set={"absorbed": members}, when=at_version(into.version)),
        Update(gone.key, set={"merged_into": survivor}, when=at_version(absorbed.version)),
        *_hand_over(services, tenant, absorbed, survivor),
    )
    announce(work, "patient_updated", into, into.version + 1)
    announce(work, "patient_updated", absorbed, absorbed.version + 1, merged_into=survivor)
    _trace(work, "patients.merge", into, absorbed)
    _commit(work)
    return into.stored.view(survivor, into.version + 1)


def unmerge(services: Services, call: Call, survivor: str, other: str, version: int) -> Patient:
    """Take back the merge of `other` into `survivor`; the other is a patient of their own again.

    What was added to the survivor meanwhile stays there. Raises NotFound when they are not
    merged, Conflict when a document of the other was taken over, StaleVersion.
    """
    require(call.caller, MERGE, GRANTS)
    tenant = call.caller.tenant
    kept, gone = _both(services, tenant, survivor, other)
    into = repository.found_of(services.vault, tenant, kept)
    if gone.attributes.get("merged_into") != survivor:
        raise NotFound("these two are not merged")
    if into.version != version:
        raise StaleVersion
    absorbed = repository.found_of(services.vault, tenant, gone)
    mine = set(repository.documents_of(into.stored.body))
    if mine & set(repository.documents_of(absorbed.stored.body)):
        raise Conflict("remove the other's identity document from this patient first")
    leaving = {absorbed.id, *absorbed.absorbed}
    members = tuple(one for one in into.absorbed if one not in leaving)
    work = Work(services, call)
    work.add(
        Update(kept.key, set={"absorbed": members}, when=at_version(into.version)),
        Update(gone.key, remove=("merged_into",), when=at_version(gone.version)),
        *_hand_back(services, tenant, absorbed, survivor),
    )
    announce(work, "patient_updated", into, into.version + 1)
    announce(work, "patient_updated", absorbed, gone.version + 1)
    _trace(work, "patients.unmerge", into, absorbed)
    _commit(work)
    return into.stored.view(survivor, into.version + 1)


def merged(services: Services, call: Call, patient: str) -> MergedList:
    """The registrations that were merged into a patient's; audited. Raises Forbidden, NotFound."""
    require(call.caller, MERGE, GRANTS)
    tenant = call.caller.tenant
    found = repository.load(services, tenant, patient)
    items = [
        item
        for first in range(0, len(found.absorbed), _AT_ONCE)
        for item in repository.fetch(
            services, tenant, found.absorbed[first : first + _AT_ONCE]
        ).values()
    ]
    work = Work(services, call)
    work.audit("patients.list_merged", found.id, f"patient/{found.id}")
    work.commit()
    people = (repository.found_of(services.vault, tenant, item) for item in items)
    return MergedList(items=tuple(repository.summary_of(one) for one in people))


def _check_stands_outside(services: Services, call: Call, into: Found, absorbed: Found) -> None:
    """Raise Conflict for who sees one of the records, or is to, and by merging would see both."""
    tenant, user, now = call.caller.tenant, call.caller.subject, services.clock()
    if call.caller.kind is not CallerKind.USER:
        return
    sides = [[relation_key(tenant, m, user) for m in (f.id, *f.absorbed)] for f in (into, absorbed)]
    keys = [key for side in sides for key in side]
    found: dict[Key, Item] = {}
    for first in range(0, len(keys), _AT_ONCE):
        found |= services.store.get_many(keys[first : first + _AT_ONCE])
    first, second = (any(to_come(found.get(key), now) for key in side) for side in sides)
    if first != second:
        raise Conflict(
            "you treat one of the two and would let yourself into the record of the other: ask "
            "another administrator, or break the glass first"
        )


def _both(services: Services, tenant: str, survivor: str, other: str) -> tuple[Item, Item]:
    found = repository.fetch(services, tenant, [survivor, other])
    if survivor not in found or other not in found:
        raise NotFound("there is no such patient")
    return found[survivor], found[other]


def _hand_over(services: Services, tenant: str, absorbed: Found, survivor: str) -> list[Operation]:
    """Unique lookups now find the survivor; the others are removed."""
    unique, others = _lookups(services, tenant, absorbed)
    held = When(equals={"patient": absorbed.id})
    moves: list[Operation] = [Put(p.key, {"patient": survivor}, when=held) for p in unique]
    return [*moves, *(Delete(put.key) for put in others)]


def _hand_back(services: Services, tenant: str, absorbed: Found, survivor: str) -> list[Operation]:
    unique, others = _lookups(services, tenant, absorbed)
    held = When(equals={"patient": survivor})
    return [*(Put(p.key, {"patient": absorbed.id}, when=held) for p in unique), *others]


def _lookups(services: Services, tenant: str, found: Found) -> tuple[list[Put], list[Put]]:
    """A patient's unique lookups (documents, record number), and their postings."""
    vault = services.vault
    every = repository.lookups(vault, tenant, found.id, found.stored.body)
    unique = [put for put in every if "patient" in put.attributes]
    numbered = repository.record_key(vault, tenant, found.stored.record_number)
    unique.append(Put(numbered, {"patient": found.id}))
    return unique, [put for put in every if "patient" not in put.attributes]


def _trace(work: Work, action: str, into: Found, absorbed: Found) -> None:
    """Both records tell of it."""
    work.audit(action, into.id, f"patient/{absorbed.id}")
    work.audit(action, absorbed.id, f"patient/{into.id}")


def _commit(work: Work) -> None:
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
