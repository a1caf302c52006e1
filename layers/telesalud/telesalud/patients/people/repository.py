"""Where the patients context keeps people, and how they are found.

    PATIENT#<t>#<id>          / PATIENT         demographics, sealed with the tenant's key;
                                                `merged_into` on one that was merged, `absorbed`
                                                on the one that survived
    FIND#<t>#<H(document)>    / DOCUMENT        patient id; unique, so it is also the lock on it
    FIND#<t>#<H(number)>      / RECORD          patient id, by record number
    BIRTH#<t>#<H(date)>       / <id>            the names and sex of a person born then, sealed
    BIRTH#<t>#<H(date)>       / !               counts registrations, so that two of the same person
                                                at the same moment cannot both pass unwarned
    NAME#<t>#<H(prefix)>      / <chain>#<id>    `search_index`
    CHART#<t>#<id>            / …               what belongs to the chart (`access.opening`)

Patterns: a patient by id is one `get_many` that also brings the wrapped key; by document, number,
birth date or name it is one read of the lookup and one `get_many` of the patients. A search never
scans. Lookups move in the same transaction as the demographics they are made of.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.patients import IdentityDocument, Patient, PatientBody, PatientSummary
from telesalud.patients.people import search_index
from telesalud.patients.people.duplicates import Person
from telesalud.patients.people.identity_documents import Document, check_document
from telesalud.patients.people.stored import BirthPosting, NamePosting, StoredPatient
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Delete, Item, Key, Operation, Put, Update, When
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Services

GUARD = "!"
SHREDDED = "shredded"
"""Attribute of a patient whose record was destroyed; the id is never given to anybody else."""
_TELLING_DIGITS = 7
_LONGEST_CHAIN = 20
"""Merges of merged patients that an id is followed through."""


@dataclass(frozen=True, slots=True)
class Found:
    """A patient as read."""

    id: str
    version: int
    stored: StoredPatient
    absorbed: tuple[str, ...] = ()
    """Ids that were merged into this one; their charts are part of this one's."""

    @property
    def view(self) -> Patient:
        """What callers see."""
        return self.stored.view(self.id, self.version)


def patient_key(tenant: str, patient: str) -> Key:
    """Where a patient is."""
    return Key(f"PATIENT#{tenant}#{patient}", "PATIENT")


def document_key(vault: Vault, tenant: str, document: Document) -> Key:
    """Where the holder of an identity document is noted."""
    text = f"{document.country} {document.kind} {document.number}"
    return Key(f"FIND#{tenant}#{vault.lookup(tenant, 'document', text)}", "DOCUMENT")


def record_key(vault: Vault, tenant: str, number: str) -> Key:
    """Where the holder of a record number is noted."""
    return Key(f"FIND#{tenant}#{vault.lookup(tenant, 'record', number)}", "RECORD")


def birth_partition(vault: Vault, tenant: str, day: date) -> str:
    """Where the people born on a date are."""
    return f"BIRTH#{tenant}#{vault.lookup(tenant, 'birth', day.isoformat())}"


def name_partition(tenant: str, partition: str) -> str:
    """Where postings of a name prefix are."""
    return f"NAME#{tenant}#{partition}"


def name_hash(vault: Vault, tenant: str) -> search_index.Hash:
    """The keyed hash of the tenant's name index."""
    return lambda text: vault.lookup(tenant, "name", text)


def load(services: Services, tenant: str, patient: str) -> Found:
    """The patient, or the one they were merged into. Raises NotFound."""
    for _ in range(_LONGEST_CHAIN):
        item = fetch(services, tenant, [patient]).get(patient)
        if item is None:
            break
        if "merged_into" not in item.attributes:
            return found_of(services.vault, tenant, item)
        patient = item.text("merged_into")
    raise NotFound("there is no such patient")


def merged(services: Services, tenant: str, patient: str) -> Found:
    """The registration of this id itself, although it was merged. Raises NotFound."""
    item = fetch(services, tenant, [patient]).get(patient)
    if item is None:
        raise NotFound("there is no such patient")
    return found_of(services.vault, tenant, item)


def fetch(services: Services, tenant: str, patients: Sequence[str]) -> dict[str, Item]:
    """Patient items by id, in one round trip with the key that opens them.

    Those of shredded records are left out.
    """
    scope = Scope(tenant)
    keys = {patient_key(tenant, patient): patient for patient in patients}
    found = services.fetch(list(keys), scope)
    return {
        keys[key]: item
        for key, item in found.items()
        if key in keys and SHREDDED not in item.attributes
    }


def found_of(vault: Vault, tenant: str, item: Item) -> Found:
    """The patient in its item."""
    stored = open_model(vault, Scope(tenant), item, StoredPatient)
    absorbed = item.attributes.get("absorbed", ())
    return Found(
        id=item.key.pk.rpartition("#")[2],
        version=item.version,
        stored=stored,
        absorbed=absorbed if isinstance(absorbed, tuple) else (),
    )


def patient_attributes(
    vault: Vault, tenant: str, key: Key, stored: StoredPatient
) -> dict[str, bytes]:
    """What a patient's item holds."""
    return {ATTRIBUTE: seal_model(vault, Scope(tenant), key, stored)}


def summary_of(found: Found) -> PatientSummary:
    """The patient in a list."""
    body = found.stored.body
    name = body.name
    shown = (name.social_name or name.given, name.middle, name.family, name.second_family)
    return PatientSummary(
        id=found.id,
        record_number=found.stored.record_number,
        display_name=" ".join(part for part in shown if part),
        birth_date=body.birth_date,
        birth_date_estimated=body.birth_date_estimated,
        birth_date_precision=body.birth_date_precision,
        sex=body.sex,
        documents=body.documents,
        phone_ending="".join(c for c in body.phones[0] if c.isdigit())[-4:]
        if body.phones
        else None,
        deceased=body.deceased_on is not None,
        deceased_on=body.deceased_on,
    )


def documents_of(body: PatientBody) -> list[Document]:
    """The documents in canonical form. Raises Invalid."""
    return [check_document(d.country, d.type, d.number) for d in body.documents]


def canonical(documents: Iterable[Document]) -> tuple[IdentityDocument, ...]:
    """Documents as they are stored and shown."""
    return tuple(
        IdentityDocument(country=d.country, type=d.kind, number=d.number) for d in documents
    )


def person_of(body: PatientBody) -> Person:
    """What the duplicate score compares."""
    name = body.name
    given = " ".join(part for part in (name.given, name.middle) if part)
    family = " ".join(part for part in (name.family, name.second_family) if part)
    return Person(
        given_names=given,
        surnames=family,
        birth_date=body.birth_date,
        birth_estimated=body.birth_date_estimated,
        sex=body.sex.value,
        documents=frozenset(documents_of(body)),
        contacts=contacts_of(body),
    )


def contacts_of(body: PatientBody) -> frozenset[str]:
    """Telephones by their last digits, with or without country and area, and the mail address."""
    digits = ("".join(c for c in phone if c.isdigit()) for phone in body.phones)
    phones = [number[-_TELLING_DIGITS:] for number in digits if len(number) >= _TELLING_DIGITS]
    return frozenset([*phones, *([body.email.casefold()] if body.email else [])])


def words_of(body: PatientBody) -> list[str]:
    """The words by which a patient is found."""
    name = body.name
    parts = (name.given, name.family, name.second_family, name.middle, name.social_name)
    return search_index.words_of((*parts, name.birth_name))


def lookups(vault: Vault, tenant: str, patient: str, body: PatientBody) -> list[Put]:
    """The lookup items by which a patient is found, apart from the record number."""
    puts = [
        Put(document_key(vault, tenant, d), {"patient": patient}, when=ABSENT)
        for d in documents_of(body)
    ]
    person = person_of(body)
    born = Key(birth_partition(vault, tenant, body.birth_date), patient)
    lived = BirthPosting(
        given_names=person.given_names, surnames=person.surnames, sex=person.sex or ""
    )
    puts.append(Put(born, {ATTRIBUTE: seal_model(vault, Scope(tenant), born, lived)}))
    words = words_of(body)
    for partition, chain in search_index.postings(words, name_hash(vault, tenant)):
        key = Key(name_partition(tenant, partition), f"{chain}#{patient}")
        sealed = seal_model(vault, Scope(tenant), key, NamePosting(words=tuple(words)))
        puts.append(Put(key, {ATTRIBUTE: sealed}))
    return puts


def lookup_moves(
    vault: Vault,
    tenant: str,
    patient: str,
    old: PatientBody,
    new: PatientBody,
    *,
    held: Container[Key] = (),
) -> list[Operation]:
    """The writes that take a patient's lookups from `old` to `new` demographics.

    `held` are document lookups that they hold already, from a patient who was merged into them.
    """
    before = {put.key: put for put in lookups(vault, tenant, patient, old)}
    after = {put.key: put for put in lookups(vault, tenant, patient, new)}
    same_names = words_of(old) == words_of(new) and person_of(old) == person_of(new)
    moves: list[Operation] = [
        Delete(key, when=When(equals={"patient": patient}) if put.when == ABSENT else When())
        for key, put in before.items()
        if key not in after
    ]
    for key, put in after.items():
        known = key in before or key in held
        if not known or (put.when != ABSENT and not same_names):
            moves.append(put)
    return moves


def guard_of(items: Iterable[Item]) -> int:
    """The guard's version among a birth partition's items; 0 when it is not there yet."""
    return next((item.version for item in items if item.key.sk == GUARD), 0)


def guard_update(partition: str, version: int) -> Update:
    """The write that lets one registration at a time pass for one birth date."""
    when = When(exists=True, version=version) if version else ABSENT
    return Update(Key(partition, GUARD), add={"registered": 1}, when=when)


def born_then(
    vault: Vault, tenant: str, day: date, items: Iterable[Item]
) -> Iterator[tuple[str, Person]]:
    """The people in the items of a birth partition."""
    for item in items:
        if item.key.sk == GUARD:
            continue
        lived = open_model(vault, Scope(tenant), item, BirthPosting)
        yield item.key.sk, Person(lived.given_names, lived.surnames, day, sex=lived.sex)


def people_of(
    services: Services, tenant: str, patients: Sequence[str]
) -> Iterator[tuple[str, Person]]:
    """What the duplicate score compares, of these ids; merged and shredded ones are left out."""
    for patient, item in fetch(services, tenant, patients).items():
        if "merged_into" not in item.attributes:
            yield patient, person_of(found_of(services.vault, tenant, item).stored.body)


def words_in(vault: Vault, tenant: str, item: Item) -> tuple[str, ...]:
    """The words of the name that a posting belongs to."""
    return open_model(vault, Scope(tenant), item, NamePosting).words
