"""Finding people: one read of a lookup, one of the patients."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.patients import PatientList, PatientSearch, PatientSummary
from telesalud.patients.people import names, repository, search_index
from telesalud.patients.people.identity_documents import check_document
from telesalud.patients.people.record_numbers import check_record_number
from telesalud.patients.policy import GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import Key
from telesalud.platform.work import Call, Services, Work

_SIFTED = 1000
"""Postings read at once when words beyond the index have to be checked."""


class _Hits(NamedTuple):
    patients: Sequence[str]
    next_after: str | None = None


def search(services: Services, call: Call, query: PatientSearch) -> PatientList:
    """The patients who match, in at most two reads; the search is audited.

    A search whose words are more than the index holds (`mar gar lop`, `mari g`) sifts one stretch
    of postings a page, so a page may be short, or empty, although a cursor follows. Raises Invalid.
    """
    require(call.caller, READ, GRANTS)
    prefixes: Sequence[str] = search_index.prefixes_in(query.name) if query.name else []
    if query.document_number is not None:
        kind, hits = "document", _by_document(services, call.caller.tenant, query)
    elif query.record_number is not None:
        kind, hits = "record_number", _by_record(services, call.caller.tenant, query.record_number)
    elif query.birth_date is not None:
        kind, hits = "birth_date", _by_birth(services, call.caller.tenant, query)
    else:
        kind = "name"
        hits, prefixes = _by_name(services, call.caller.tenant, query, prefixes)
    items = _people(services, call.caller.tenant, hits.patients, prefixes)
    work = Work(services, call)
    work.audit("patients.search", call.caller.subject, f"search/{kind}")
    work.commit()
    return PatientList(items=tuple(items), cursor=to_cursor(hits.next_after))


def _by_document(services: Services, tenant: str, query: PatientSearch) -> _Hits:
    try:
        document = check_document(
            query.document_country or "", query.document_type or "", query.document_number or ""
        )
    except Invalid as refusal:
        faults = [f._replace(pointer=f"/query/document_{f.pointer[1:]}") for f in refusal.fields]
        raise Invalid("the document is not valid", faults) from refusal
    return _holder(services, repository.document_key(services.vault, tenant, document))


def _by_record(services: Services, tenant: str, number: str) -> _Hits:
    try:
        digits = check_record_number(number)
    except Invalid as refusal:
        faults = [f._replace(pointer=f"/query{f.pointer}") for f in refusal.fields]
        raise Invalid("the record number is not valid", faults) from refusal
    return _holder(services, repository.record_key(services.vault, tenant, digits))


def _holder(services: Services, key: Key) -> _Hits:
    item = services.store.get(key)
    return _Hits([item.text("patient")] if item else [])


def _by_birth(services: Services, tenant: str, query: PatientSearch) -> _Hits:
    assert query.birth_date is not None  # the caller looked
    partition = repository.birth_partition(services.vault, tenant, query.birth_date)
    after = from_cursor(query.cursor) or repository.GUARD
    page = services.store.query(partition, after=after, limit=query.limit)
    return _Hits([item.key.sk for item in page.items], page.next_after)


def _by_name(
    services: Services, tenant: str, query: PatientSearch, prefixes: Sequence[str]
) -> tuple[_Hits, Sequence[str]]:
    """The hits, and the reading of what was typed that gave them.

    What is not found as pair of words is looked for by the longer word, and then with single
    letters drawn to the next word. A cursor goes on with the reading that it came from.
    """
    if not search_index.telling(prefixes):
        detail = f"give at least {search_index.FIRST} letters of a name"
        raise Invalid(detail, [FieldError("/query/name", "too-short", detail)])
    together = search_index.prefixes_in(names.joined(query.name or ""))
    readings = [(prefixes, True), (prefixes, False), (together, True), (together, False)]
    which, _, after = (from_cursor(query.cursor) or "").rpartition("~")
    first = int(which) if which.isdecimal() and int(which) < len(readings) else 0
    hits = _Hits([])
    for number, (words, pairs) in enumerate(readings[first:], first):
        if number > first and (words, pairs) in readings[first:number]:
            continue
        if number % 2 and len(search_index.telling(words)) < 2:
            continue  # the same range as the reading before
        hits = _sifted(services, tenant, query, words, pairs=pairs, after=after or None)
        if hits.patients or hits.next_after:
            marked = f"{number}~{hits.next_after}" if hits.next_after else None
            return hits._replace(next_after=marked), words
    return hits, prefixes


def _sifted(
    services: Services,
    tenant: str,
    query: PatientSearch,
    prefixes: Sequence[str],
    *,
    pairs: bool,
    after: str | None,
) -> _Hits:
    """One stretch of the postings that these prefixes lead to."""
    hashed = repository.name_hash(services.vault, tenant)
    plan = search_index.plan(prefixes, hashed, pairs=pairs)
    if plan is None:
        return _Hits([])
    page = services.store.query(
        repository.name_partition(tenant, plan.partition),
        plan.prefix,
        after=after,
        limit=query.limit if plan.exact else _SIFTED,
    )
    hits = []
    wanted = search_index.telling(prefixes)
    for item in page.items:
        words = repository.words_in(services.vault, tenant, item)
        chain = item.key.sk.partition("#")[0]
        if search_index.matches(words, wanted) and search_index.is_first(
            words, plan, chain, hashed
        ):
            hits.append(item.key.sk)
    more = hits[query.limit - 1] if len(hits) > query.limit else page.next_after
    return _Hits([sk.rpartition("#")[2] for sk in hits[: query.limit]], more)


def _people(
    services: Services, tenant: str, patients: Sequence[str], prefixes: Sequence[str]
) -> Iterable[PatientSummary]:
    """The patients as they are now; who no longer matches (or never did) is left out."""
    if not patients:
        return
    items = repository.fetch(services, tenant, patients)
    for patient in dict.fromkeys(patients):
        item = items.get(patient)
        if item is None or "merged_into" in item.attributes:
            continue
        found = repository.found_of(services.vault, tenant, item)
        words = repository.words_of(found.stored.body)
        if search_index.matches(words, prefixes):
            yield repository.summary_of(found)
