"""Registering people and keeping their data right."""

import hashlib
from collections.abc import Callable
from typing import Any

from schemas.care import RelationKind
from schemas.clinical_events import PatientDeceased
from schemas.patients import NewPatient, Patient, PatientBody, PatientFact, PersonName
from telesalud.patients import country
from telesalud.patients.errors import DocumentTaken, LikelyDuplicate, RecordNumbersExhausted
from telesalud.patients.people import births, likenesses, names, repository
from telesalud.patients.people.identity_documents import check_document
from telesalud.patients.people.record_numbers import record_number
from telesalud.patients.people.relations import (
    REGISTERED_FOR,
    granted,
    relation_key,
    relations_in,
)
from telesalud.patients.people.repository import Found
from telesalud.patients.people.stored import StoredPatient
from telesalud.patients.policy import GRANTS, READ, READ_RECORD, WRITE
from telesalud.platform.access import CallerKind, allows, require
from telesalud.platform.errors import FieldError, Forbidden, Invalid, StaleVersion
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Key,
    Operation,
    Put,
    Update,
    at_version,
    every,
)
from telesalud.platform.work import Call, Services, Work

_TRIES = 5
_FIRST_NUMBER = 100_000_000
_NUMBERS = 900_000_000


def register(services: Services, call: Call, command: NewPatient) -> Patient:
    """Register a patient under a new record number.

    Raises Invalid, DocumentTaken, and LikelyDuplicate unless the command confirms. Somebody who
    is registered twice at the same moment is warned about as well: registrations with one birth
    date follow one another.
    """
    require(call.caller, WRITE, GRANTS)
    body = checked(services, call.caller.tenant, PatientBody(**_fields(command)))
    for attempt in range(_TRIES):
        guard = _warn(services, call.caller.tenant, body, confirmed=command.confirm_not_duplicate)
        patient = services.new_id()
        number = _number(patient, attempt)
        stored = StoredPatient(body=body, record_number=number, registered_at=services.clock())
        work, answer = Work(services, call), stored.view(patient, 1)
        _collect_registration(work, patient, stored, guard)
        try:
            work.commit(answer, 1)
        except ConditionFailed as failed:
            _explain_documents(services, call.caller.tenant, patient, body, failed)
            # The record number was taken, or a person with this birth date was registered.
            continue
        return answer
    raise RecordNumbersExhausted


def read(services: Services, call: Call, patient: str) -> Patient:
    """A patient's demographics, by their id or one that was merged into it; audited.

    Raises NotFound.
    """
    require(call.caller, READ, GRANTS)
    found = repository.load(services, call.caller.tenant, patient)
    work = Work(services, call)
    work.audit("patients.read", found.id, f"patient/{found.id}")
    work.commit()
    return found.view


def update(
    services: Services, call: Call, patient: str, body: PatientBody, version: int
) -> Patient:
    """Replace a patient's demographics; what they are found by moves in the same transaction.

    A death, and that it was none, is recorded by who is in the patient's care: from then on nothing
    is prescribed. Raises Forbidden, NotFound, StaleVersion, Invalid, DocumentTaken.
    """
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    found = repository.load(services, tenant, patient)
    if found.version != version:
        raise StaleVersion
    new = checked(services, tenant, body)
    if new.deceased_on != found.stored.body.deceased_on:
        _must_care(services, call, found)
    # What a later release knows of a patient stays.
    body = found.stored.body.model_copy(update=dict(new))
    stored = found.stored.model_copy(update={"body": body})
    work = Work(services, call)
    key = repository.patient_key(tenant, found.id)
    sealed = repository.patient_attributes(services.vault, tenant, key, stored)
    work.add(Update(key, set=sealed, when=at_version(version)))
    held = _held(services, tenant, found, new)
    old = found.stored.body
    work.add(*repository.lookup_moves(services.vault, tenant, found.id, old, new, held=held))
    announce(work, "patient_updated", found, version + 1)
    if new.deceased_on != old.deceased_on:
        _announce_death(work, found.id, version + 1, new)
    work.audit("patients.update", found.id, f"patient/{found.id}")
    answer = stored.view(found.id, version + 1)
    try:
        work.commit(answer, version + 1)
    except ConditionFailed as failed:
        if failed.at(key):
            raise StaleVersion from failed
        _explain_documents(services, tenant, found.id, new, failed)
        raise
    return answer


def _must_care(services: Services, call: Call, found: Found) -> None:
    """Raise Forbidden for a user without a care relation; a partner answers by its scope."""
    caller, now = call.caller, services.clock()
    if caller.kind is not CallerKind.USER:
        return
    keys = [relation_key(caller.tenant, one, caller.subject) for one in (found.id, *found.absorbed)]
    held = services.store.get_many(keys).values()
    if not allows(caller, READ_RECORD, GRANTS) or not any(any(relations_in(i, now)) for i in held):
        raise Forbidden(
            "a clinician of the patient's records the death; in an emergency break the glass",
            right="patients.care_relation",
        )


def _held(services: Services, tenant: str, found: Found, new: PatientBody) -> set[Key]:
    """Lookups of documents that came to this patient with one who was merged into them."""
    if not found.absorbed:
        return set()
    documents = repository.documents_of(new)
    keys = [repository.document_key(services.vault, tenant, d) for d in documents]
    items = services.store.get_many(keys)
    return {key for key, item in items.items() if item.text("patient") == found.id}


def announce(work: Work, verb: str, found: Found, version: int, merged_into: str = "") -> None:
    """Collect the event that tells other contexts of a patient."""
    fact = PatientFact(patient_id=found.id, merged_into=merged_into or None)
    work.event(f"patients.{verb}", found.id, version, fact.model_dump(mode="json"))


def _announce_death(work: Work, patient: str, version: int, body: PatientBody) -> None:
    """Other contexts stop ordering for the dead, and go on when it was an error."""
    fact = PatientDeceased(patient_id=patient, deceased_on=body.deceased_on)
    work.event("patients.patient_deceased", patient, version, fact.model_dump(mode="json"))


def checked(services: Services, tenant: str, body: PatientBody) -> PatientBody:
    """The body with tidy names and canonical documents. Raises Invalid naming every fault."""
    faults: list[FieldError] = []
    today = country.today(services, tenant)
    body = body.model_copy(update=births.known(body.birth_date, body.birth_date_precision))
    name: dict[str, str | None] = {}
    for part in PersonName.model_fields:
        text = getattr(body.name, part)
        pointer = f"/name/{part}"
        tidied = _gather(faults, "", names.tidy, text, pointer) if text else None
        name[part] = tidied
    documents = []
    for index, given in enumerate(body.documents):
        triple = (given.country, given.type, given.number)
        documents.append(_gather(faults, f"/documents/{index}", check_document, *triple))
    _gather(faults, "", births.check_birth_date, body.birth_date, today)
    if body.deceased_on is not None:
        limits = (body.deceased_on, body.birth_date, today, "/deceased_on")
        _gather(faults, "", births.check_life_date, *limits)
    if len(set(documents)) != len(documents):
        faults.append(FieldError("/documents", "repeated", "a document is given twice"))
    if faults:
        raise Invalid("some fields are missing or invalid", faults)
    return body.model_copy(
        update={
            "name": PersonName.model_validate(name),
            "documents": repository.canonical(d for d in documents if d is not None),
        }
    )


def _gather(
    faults: list[FieldError], prefix: str, check: Callable[..., Any], *arguments: object
) -> Any:
    """What the check returns; its refusals join the faults instead of ending the request."""
    try:
        return check(*arguments)
    except Invalid as refusal:
        faults += [f._replace(pointer=prefix + f.pointer) for f in refusal.fields]
        return None


def _fields(body: PatientBody) -> dict[str, Any]:
    return {name: getattr(body, name) for name in PatientBody.model_fields}


def _number(patient: str, attempt: int) -> str:
    """A record number drawn from the patient's random id: no counter to queue at or to lose."""
    digest = hashlib.sha256(f"{patient}#{attempt}".encode()).digest()
    return record_number(_FIRST_NUMBER + int.from_bytes(digest[:8]) % _NUMBERS)


def _warn(services: Services, tenant: str, body: PatientBody, *, confirmed: bool) -> Update:
    """The guard to pass with. Raises LikelyDuplicate when somebody similar is registered."""
    partition = repository.birth_partition(services.vault, tenant, body.birth_date)
    items = list(every(services.store, partition, page_size=1000))
    if not confirmed:
        likely = likenesses.similar(services, tenant, body, items)
        if any(match.is_probable for _, match in likely):
            reasons = [f"{who} {match.score} {' '.join(match.reasons)}" for who, match in likely]
            raise LikelyDuplicate([who for who, _ in likely], reasons)
    return repository.guard_update(partition, repository.guard_of(items))


def _collect_registration(work: Work, patient: str, stored: StoredPatient, guard: Update) -> None:
    vault, tenant = work.services.vault, work.call.caller.tenant
    key = repository.patient_key(tenant, patient)
    numbered = repository.record_key(vault, tenant, stored.record_number)
    attributes = repository.patient_attributes(vault, tenant, key, stored)
    operations: list[Operation] = [
        Put(key, attributes, when=ABSENT),
        Put(numbered, {"patient": patient}, when=ABSENT),
        guard,
        *repository.lookups(vault, tenant, patient, stored.body),
    ]
    caller = work.call.caller
    if caller.kind is CallerKind.USER and allows(caller, READ_RECORD, GRANTS):
        until = work.services.clock() + REGISTERED_FOR
        who = (tenant, patient, caller.subject)
        operations.append(granted(*who, RelationKind.REGISTERED, until))
    work.add(*operations)
    announce(work, "patient_registered", Found(id=patient, version=1, stored=stored), 1)
    if stored.body.deceased_on is not None:
        _announce_death(work, patient, 1, stored.body)
    work.audit("patients.register", patient, f"patient/{patient}")


def _explain_documents(
    services: Services, tenant: str, patient: str, body: PatientBody, failed: ConditionFailed
) -> None:
    """Raise DocumentTaken when the transaction failed because of a document's holder."""
    for document in repository.documents_of(body):
        key = repository.document_key(services.vault, tenant, document)
        failure = failed.at(key)
        if failure is None:
            continue
        holder = failure.found or services.store.get(key)
        if holder is not None and holder.text("patient") != patient:
            raise DocumentTaken(holder.text("patient")) from failed
