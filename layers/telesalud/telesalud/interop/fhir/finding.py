"""Finding resources: where to look, what meets the criteria, in which order, a page at a time.

What names a patient, an identifier, another resource or the beginning of a name is looked up; all
of it is read and filtered, so its total is exact. What names nothing of the kind goes through the
resources of its type in the order of their ids: up to SCANNED of them like the rest, beyond that
page by page, without a total and without sorting. A page begins after (sort values, id) of the
last entry, never at a number, so what changes meanwhile makes no entry appear twice or vanish.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from telesalud.interop.fhir import knowing, postings
from telesalud.interop.fhir.criteria import Criterion, Query, parse, too_costly, unescaped
from telesalud.interop.fhir.definitions import COMMON, Parameter, definitions
from telesalud.interop.fhir.exact import Object
from telesalud.interop.fhir.heads import Head, load_many
from telesalud.interop.fhir.matching import Asked, matches, reference_of, token_of
from telesalud.interop.fhir.refusals import bad_request
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.values import dates, found, plain, quantities, targets, tokens, words
from telesalud.platform.store import every

SCANNED = 2000
"""Resources of a search that names nothing selective."""
MOST = 10_000
"""Resources of a selective one."""
CHAINED = 1000
"""Resources that a chained search may lead through."""


class Found(NamedTuple):
    """A resource that meets a search."""

    head: Head
    resource: Object


class Results(NamedTuple):
    """A page: its matches, how many there are in all if that is known, and where to go on."""

    items: Sequence[Found]
    total: int | None
    after: Sequence[str] | None


def find(
    services: FhirServices, tenant: str, query: Query, after: Sequence[str] | None = None
) -> Results:
    """A page of a search. Raises Refused for what would read too much."""
    criteria = [*query.criteria, *_chained(services, tenant, query)]
    asked = Asked(services.base, services.clock())
    names = _selected(services, tenant, query.type, criteria)
    if names is None:
        scan = _scan(services, tenant, query.type)
        first = list(islice(scan, SCANNED + 1))
        if len(first) > SCANNED:
            return _walk(services, tenant, query, criteria, asked=asked, after=after)
        names = first
    if len(names) > MOST:
        raise too_costly("the search names too much; narrow it, by a patient for instance")
    matched = list(_matching(services, tenant, names, criteria, asked))
    matched += _known(services, query.type, criteria, asked)
    keyed = _sorted(matched, query.sort)
    total = len(keyed)
    if after is not None:
        keyed = [one for one in keyed if _is_after(one[0], after, query.sort)]
    page = keyed[: query.count]
    more = len(keyed) > len(page) and page
    return Results([one for _, one in page], total, page[-1][0] if more else None)


def find_all(services: FhirServices, tenant: str, query: Query) -> list[Found]:
    """Up to a few of what meets a condition: enough to know whether it is one."""
    return list(find(services, tenant, replace(query, count=3)).items)


def _matching(
    services: FhirServices,
    tenant: str,
    names: Iterable[tuple[str, str]],
    criteria: Sequence[Criterion],
    asked: Asked,
) -> Iterator[Found]:
    waiting = iter(names)
    while some := list(islice(waiting, 100)):
        heads = load_many(services, tenant, some)
        for name in some:
            head = heads.get(name)
            if head is None or head.deleted:
                continue
            resource = head.resource
            if all(matches(resource, each, asked) for each in criteria):
                yield Found(head, resource)


def _known(
    services: FhirServices, type_: str, criteria: Sequence[Criterion], asked: Asked
) -> Iterator[Found]:
    """What the record knows and meets the criteria."""
    for head, resource in knowing.selected(services, type_, criteria):
        if all(matches(resource, each, asked) for each in criteria):
            yield Found(head, resource)


def _walk(
    services: FhirServices,
    tenant: str,
    query: Query,
    criteria: Sequence[Criterion],
    *,
    asked: Asked,
    after: Sequence[str] | None,
) -> Results:
    """A page of a search through everything of a type."""
    if query.sort and query.sort[0][0].code != "_id":
        raise too_costly("sorting needs a narrower search, by a patient for instance")
    if not query.count:
        return Results([], None, None)
    start = after[-1] if after else None
    names = list(islice(_scan(services, tenant, query.type, start), SCANNED + 1))
    items = list(
        islice(_matching(services, tenant, names[:SCANNED], criteria, asked), query.count + 1)
    )
    if len(items) > query.count:
        return Results(items[: query.count], None, [items[query.count - 1].head.id])
    more = len(names) > SCANNED
    return Results(items, None, [names[SCANNED - 1][1]] if more else None)


def _scan(
    services: FhirServices, tenant: str, type_: str, after: str | None = None
) -> Iterator[tuple[str, str]]:
    rows = every(services.store, f"T#{tenant}#{type_}", after=after)
    return ((type_, row.key.sk) for row in rows)


def _selected(
    services: FhirServices, tenant: str, type_: str, criteria: Sequence[Criterion]
) -> list[tuple[str, str]] | None:
    """Where to look, by the first criterion that says so; None when none does."""
    for choose in (_by_id, _by_identifier, _by_owner, _by_reference, _by_name):
        for criterion in criteria:
            if criterion.modifier in ("not", "missing", "text", "contains", "identifier"):
                continue
            names = choose(services, tenant, type_, criterion)
            if names is not None:
                return names
    return None


def _by_id(
    _: FhirServices, __: str, type_: str, criterion: Criterion
) -> list[tuple[str, str]] | None:
    if criterion.parameter.code != "_id":
        return None
    return [(type_, unescaped(value)) for value in criterion.values if len(value) <= 64]


def _by_identifier(
    services: FhirServices, tenant: str, type_: str, criterion: Criterion
) -> list[tuple[str, str]] | None:
    codes = [token_of(value).code for value in criterion.values]
    if criterion.parameter.code != "identifier" or not all(codes):
        return None
    at = (postings.identifier_partition(services, tenant, type_, code) for code in codes)
    return _posted(services, type_, at)


def _by_owner(
    services: FhirServices, tenant: str, type_: str, criterion: Criterion
) -> list[tuple[str, str]] | None:
    if not postings.is_owner(type_, criterion.parameter):
        return None
    named = [reference_of(criterion, value, services.base)[0] for value in criterion.values]
    known = all(name.startswith("Patient/") for name in named)
    plain_ids = criterion.parameter.code in ("patient", "subject", "beneficiary")
    if not known and not (plain_ids and all(n and "/" not in n for n in named)):
        return None
    ids = (name.rpartition("/")[2] for name in named)
    return _posted(services, type_, (f"C#{tenant}#{id_}" for id_ in ids))


def _by_reference(
    services: FhirServices, tenant: str, type_: str, criterion: Criterion
) -> list[tuple[str, str]] | None:
    if criterion.parameter.kind != "reference":
        return None
    named = [reference_of(criterion, value, services.base)[0] for value in criterion.values]
    if not all("/" in name for name in named):
        return None
    if any(name.startswith("Patient/") for name in named):
        return None
    at = (postings.reference_partition(services, tenant, name) for name in named)
    return _posted(services, type_, at)


def _by_name(
    services: FhirServices, tenant: str, type_: str, criterion: Criterion
) -> list[tuple[str, str]] | None:
    begins = [plain(unescaped(value)) for value in criterion.values]
    short = any(len(text) < postings.NAME_LETTERS for text in begins)
    if criterion.parameter.code not in postings.NAMED or short:
        return None
    at = (
        postings.name_partition(services, tenant, type_, text[: postings.NAME_LETTERS])
        for text in begins
    )
    return _posted(services, type_, at)


def _posted(services: FhirServices, type_: str, at: Iterable[str]) -> list[tuple[str, str]]:
    prefix = f"{type_}/"
    ids = {
        row.key.sk.removeprefix(prefix)
        for partition in dict.fromkeys(at)
        for row in islice(every(services.store, partition, prefix), MOST + 1)
    }
    return [(type_, id_) for id_ in sorted(ids)]


# --- chains -------------------------------------------------------------------------------------


def _chained(services: FhirServices, tenant: str, query: Query) -> Iterator[Criterion]:
    """Chains and `_has` as criteria that name what they lead to."""
    for chain in query.chains:
        inner = _inner(services, tenant, chain.target, chain.inner)
        named = tuple(f"{chain.target}/{one.head.id}" for one in inner)
        yield Criterion(chain.parameter, "", named or (_NOTHING,))
    for reverse in query.reverses:
        inner = _inner(services, tenant, reverse.type, reverse.inner)
        own = {
            target.local.partition("/")[2]
            for one in inner
            for each in found(one.resource, reverse.parameter)
            for target in targets(each, services.base)
            if target.local.startswith(query.type + "/")
        }
        yield Criterion(COMMON["_id"], "", tuple(sorted(own)) or (_NOTHING,))


_NOTHING = "Basic/nothing-leads-here"


def _inner(
    services: FhirServices, tenant: str, type_: str, inner: tuple[str, str]
) -> Sequence[Found]:
    query = replace(parse(type_, [inner], condition=True), count=CHAINED)
    results = find(services, tenant, query)
    if results.after is not None:
        raise too_costly("the chained search leads through too much; narrow it")
    return results.items


# --- order --------------------------------------------------------------------------------------

_ABSENT = "\U0010ffff"


def _sorted(
    items: Sequence[Found], sort: Sequence[tuple[Parameter, bool]]
) -> list[tuple[list[str], Found]]:
    """By the parameters, then by id; what lacks a value comes last, in either direction."""
    keyed = [([*_keys(one, sort), one.head.id], one) for one in items]
    keyed.sort(key=lambda one: one[0][-1])
    for at in reversed(range(len(sort))):
        descending = sort[at][1]
        present = [one for one in keyed if one[0][at] != _ABSENT]
        absent = [one for one in keyed if one[0][at] == _ABSENT]
        present.sort(key=lambda one: one[0][at], reverse=descending)
        keyed = [*present, *absent]
    return keyed


def _is_after(
    key: Sequence[str], after: Sequence[str], sort: Sequence[tuple[Parameter, bool]]
) -> bool:
    if len(after) != len(key):
        raise bad_request("this page belongs to another search")
    for at, (_, descending) in enumerate(sort):
        if key[at] == after[at]:
            continue
        if _ABSENT in (key[at], after[at]):
            return key[at] == _ABSENT
        return key[at] < after[at] if descending else key[at] > after[at]
    return key[-1] > after[-1]


def _keys(one: Found, sort: Sequence[tuple[Parameter, bool]]) -> Iterator[str]:
    for parameter, descending in sort:
        keys = [key for each in found(one.resource, parameter) for key in _key(parameter, each)]
        yield (max(keys) if descending else min(keys)) if keys else _ABSENT


def _key(parameter: Parameter, value: object) -> Iterator[str]:
    if parameter.kind == "date":
        yield from (span.low.isoformat(timespec="microseconds") for span in dates(value))
    elif parameter.kind in ("number", "quantity"):
        yield from (f"{float(q.value) + 1e15:032.9f}" for q in quantities(value))
    elif parameter.kind == "token":
        yield from (token.code.casefold() for token in tokens(value))
    elif parameter.kind == "string":
        yield from (plain(word) for word in words(value))
    else:
        yield str(value.get("reference", "") if isinstance(value, dict) else value)


def owner_criterion(type_: str, patient: str) -> Criterion:
    """That a resource belongs to a patient, or names them where types differ. Raises Refused."""
    for parameter in definitions()[type_].parameters.values():
        if postings.is_owner(type_, parameter):
            return Criterion(parameter, "", (f"Patient/{patient}",))
    raise bad_request(f"{type_} belongs to no patient", "not-supported")
