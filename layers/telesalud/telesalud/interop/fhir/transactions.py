"""Batches and transactions.

A transaction is decided as one: everything is read and resolved first, then all is written or
nothing. Its entries are done in the order DELETE, POST, PUT, GET, and answered in their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from telesalud.interop import policy
from telesalud.interop.fhir import bundles, interactions, staging, writing
from telesalud.interop.fhir.criteria import Pairs, parse
from telesalud.interop.fhir.definitions import definitions
from telesalud.interop.fhir.exact import Json, Object
from telesalud.interop.fhir.finding import find_all
from telesalud.interop.fhir.heads import Head, load_many
from telesalud.interop.fhir.links import Links, linked
from telesalud.interop.fhir.refusals import (
    Issue,
    Refused,
    bad_request,
    outcome_of,
    several,
    status_of,
)
from telesalud.interop.fhir.searching import search
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.structure import ID, check
from telesalud.platform.errors import DomainError, NotFound
from telesalud.platform.http import problems
from telesalud.platform.store import (
    MAX_OPERATIONS,
    ConditionFailed,
    Key,
    StoreBusy,
    When,
)
from telesalud.platform.work import Call, Work

MAX_ENTRIES: Final = 1000
_ORDER: Final = {"DELETE": 0, "POST": 1, "PUT": 2, "GET": 3}
_LETTERS: Final = {"DELETE": "d", "POST": "c", "PUT": "u", "GET": "r"}


@dataclass(slots=True)
class Entry:
    """One entry of a bundle, and what it came to."""

    at: int
    method: str
    type: str
    id: str
    pairs: Pairs
    """The condition, or what is searched."""
    full_url: str
    resource: Object = field(default_factory=dict)
    if_match: str = ""
    url: str = ""
    head: Head | None = None
    status: int = 0
    before: Head | None = None

    @property
    def name(self) -> str:
        """What it writes; `Type/id`."""
        return f"{self.type}/{self.id}"


def process(services: FhirServices, call: Call, bundle: Json) -> Object:
    """The answer to a batch or a transaction. Raises Forbidden, Refused."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise bad_request("the base takes a Bundle", "structure")
    kind = bundle.get("type")
    given = bundle.get("entry", [])
    if kind not in ("batch", "transaction") or not isinstance(given, list):
        raise bad_request("the Bundle is a batch or a transaction", "structure")
    if len(given) > MAX_ENTRIES:
        raise Refused(413, [Issue("too-long", f"a Bundle has at most {MAX_ENTRIES} entries")])
    if kind == "batch":
        answers = _batch(services, call, given)
    else:
        answers = _transaction(services, call, given)
    return {"resourceType": "Bundle", "type": f"{kind}-response", "entry": answers}


# --- one entry ----------------------------------------------------------------------------------


def _entry(services: FhirServices, at: int, given: Json) -> Entry:
    """An entry, understood. Raises Refused."""
    request = given.get("request") if isinstance(given, dict) else None
    if not isinstance(request, dict):
        raise bad_request(f"entry {at} has no request", "structure")
    method, url = str(request.get("method", "")), str(request.get("url", ""))
    if method not in _ORDER:
        raise bad_request(f"entry {at} has a method that is not done here", "not-supported")
    address = url.removeprefix(services.base).lstrip("/")
    path, _, query = address.partition("?")
    parts = path.split("/")
    if parts[0] not in definitions():
        raise Refused(404, [Issue("not-supported", f"entry {at} names no type of this server")])
    pairs = parse_qsl(query, keep_blank_values=True)
    if method == "POST":
        pairs = parse_qsl(str(request.get("ifNoneExist", "")).lstrip("?"), keep_blank_values=True)
    entry = Entry(
        at, method, parts[0], "/".join(parts[1:]), pairs, str(given.get("fullUrl", "")), url=path
    )
    entry.if_match = str(request.get("ifMatch", ""))
    if method in ("POST", "PUT"):
        entry.resource = check(given.get("resource"), entry.type)
    _check_id(entry)
    return entry


def _check_id(entry: Entry) -> None:
    if entry.method == "POST" and entry.id:
        raise bad_request(f"entry {entry.at} posts to an id")
    is_named = ID.fullmatch(entry.id) and entry.resource.get("id") == entry.id
    if entry.method == "PUT" and not entry.pairs and not is_named:
        raise bad_request(f"the resource of entry {entry.at} has another id than its url")
    if entry.method == "DELETE" and not entry.id and not entry.pairs:
        raise bad_request(f"entry {entry.at} would delete everything of its type")


def _answer(services: FhirServices, entry: Entry) -> Object:
    status = HTTPStatus(entry.status)
    response: Object = {"status": f"{status.value} {status.phrase}"}
    answer: Object = {}
    head = entry.head
    if head is not None:
        response["etag"] = bundles.etag(head)
        if head.at:
            response["lastModified"] = head.at
        if not head.deleted:
            response["location"] = f"{services.base}/{head.name}/_history/{head.version}"
            answer["fullUrl"] = f"{services.base}/{head.name}"
            answer["resource"] = head.resource
    return {**answer, "response": response}


def _get(services: FhirServices, call: Call, entry: Entry) -> Object:
    """A read or a search inside a bundle."""
    parts = [part for part in entry.id.split("/") if part]
    if not parts:
        found = search(services, call, entry.type, entry.pairs)
        return {"resource": found, "response": {"status": "200 OK"}}
    if len(parts) == 1:
        entry.head = interactions.read(services, call, entry.type, parts[0])
    elif len(parts) == 3 and parts[1] == "_history":
        entry.head = interactions.read_version(services, call, entry.type, parts[0], parts[2])
    else:
        raise bad_request(f"entry {entry.at} asks for what a Bundle does not do", "not-supported")
    entry.status = 200
    return _answer(services, entry)


# --- batches ------------------------------------------------------------------------------------


def _batch(services: FhirServices, call: Call, given: Sequence[Json]) -> list[Object]:
    answers: dict[int, Object] = {}
    entries: list[Entry] = []
    for at, each in enumerate(given):
        try:
            entries.append(_entry(services, at, each))
        except DomainError as error:
            answers[at] = _refused(call, error)
    for entry in sorted(entries, key=lambda one: _ORDER[one.method]):
        try:
            answers[entry.at] = _done(services, call, entry)
        except (DomainError, ConditionFailed, StoreBusy) as error:
            answers[entry.at] = _refused(call, error)
    return [answers[at] for at in range(len(given))]


def _refused(call: Call, error: Exception) -> Object:
    problem = problems.of(error, call.request_id)
    status = HTTPStatus(status_of(error, problem))
    response = {
        "status": f"{status.value} {status.phrase}",
        "outcome": outcome_of(error, problem),
    }
    return {"response": response}


def _done(services: FhirServices, call: Call, entry: Entry) -> Object:
    if entry.method == "GET":
        return _get(services, call, entry)
    if entry.method == "DELETE":
        if entry.id:
            interactions.delete(services, call, entry.type, entry.id, entry.if_match)
        else:
            interactions.conditional_delete(services, call, entry.type, entry.pairs)
        entry.status = 204
        return _answer(services, entry)
    if entry.method == "POST":
        condition = entry.pairs or None
        done = interactions.create(services, call, entry.type, entry.resource, condition)
    elif entry.pairs:
        done = interactions.conditional_update(
            services, call, entry.type, entry.resource, entry.pairs, if_match=entry.if_match
        )
    else:
        done = interactions.update(
            services, call, entry.type, entry.id, entry.resource, if_match=entry.if_match
        )
    entry.status, entry.head = done.status, done.head
    return _answer(services, entry)


# --- transactions -------------------------------------------------------------------------------


def _transaction(services: FhirServices, call: Call, given: Sequence[Json]) -> list[Object]:
    parsed = [_entry(services, at, each) for at, each in enumerate(given)]
    for entry in parsed:
        policy.demand(call.caller, _LETTERS[entry.method], entry.type)
        if entry.pairs and entry.method != "GET":
            policy.demand(call.caller, "s", entry.type)
    entries: list[Entry] = []

    def step() -> None:
        entries[:] = [replace(entry) for entry in parsed]
        _write(services, call, entries)

    if any(entry.method != "GET" for entry in parsed):
        staging.settling(services, call.caller.tenant, step)
    else:
        entries[:] = parsed
    return [
        _get(services, call, entry) if entry.method == "GET" else _answer(services, entry)
        for entry in entries
    ]


def _write(services: FhirServices, call: Call, entries: Sequence[Entry]) -> None:
    tenant = call.caller.tenant
    guards: dict[Key, When] = {}
    links = Links(services.base)
    for entry in entries:
        if entry.method in ("POST", "PUT") and not entry.pairs:
            entry.id = entry.id or services.new_id()
            links.add(entry.full_url, entry.name)
    created: dict[str, Entry] = {}
    for entry in entries:
        if entry.pairs and entry.method != "GET":
            entry.pairs = [(name, links.within(value)) for name, value in entry.pairs]
            _resolve(services, tenant, entry, guards, created)
            if entry.id:
                links.add(entry.full_url, entry.name)
    writing_ = [e for e in entries if e.method != "GET" and not e.status]
    _check_distinct(writing_)
    heads = load_many(services, tenant, [(e.type, e.id) for e in writing_])
    staging.free(services, tenant, heads.values())
    changes = _changes(services, call, writing_, heads, links)
    by_name = {change.after.name: change.after for change in changes}
    for entry in entries:
        if entry.status == HTTPStatus.OK and entry.head is None:
            entry.head = by_name.get(entry.name)
    _commit(services, call, changes, guards)


def _resolve(
    services: FhirServices,
    tenant: str,
    entry: Entry,
    guards: dict[Key, When],
    created: dict[str, Entry],
) -> None:
    """Which resource a condition names; a new id where it names none."""
    query = parse(entry.type, entry.pairs, condition=True)
    guards |= interactions.locks_of(services, tenant, entry.type, entry.pairs)
    found = find_all(services, tenant, query)
    if len(found) > 1:
        raise several(f"several resources meet the condition of entry {entry.at}")
    same = f"{entry.type}?{sorted(entry.pairs)}"
    if entry.method == "DELETE":
        entry.id = found[0].head.id if found else ""
        entry.status = 0 if found else 204
    elif entry.method == "POST" and found:
        entry.id, entry.head, entry.status = found[0].head.id, found[0].head, 200
    elif entry.method == "POST" and same in created:
        first = created[same]
        entry.id, entry.status, entry.head = first.id, 200, None
    elif found:
        own = entry.resource.get("id")
        if own is not None and own != found[0].head.id and not str(own).startswith("urn:"):
            raise bad_request(f"entry {entry.at} has another id than the resource that matches")
        entry.id = found[0].head.id
    else:
        own = entry.resource.get("id") if entry.method == "PUT" else None
        entry.id = own or services.new_id()
        created[same] = entry


def _check_distinct(entries: Sequence[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise bad_request(f"two entries write {entry.name}")
        seen.add(entry.name)


def _changes(
    services: FhirServices,
    call: Call,
    entries: Sequence[Entry],
    heads: Mapping[tuple[str, str], Head],
    links: Links,
) -> list[writing.Change]:
    tenant = call.caller.tenant
    known = {e.name: e for e in entries if e.method != "DELETE"}
    changes = []
    for entry in sorted(entries, key=lambda one: _ORDER[one.method]):
        before = heads.get((entry.type, entry.id))
        interactions.check_match(before, entry.if_match)
        if entry.method == "DELETE":
            if before is None:
                interactions.refuse_of_record(services, entry.type, entry.id)
                raise NotFound(f"there is no {entry.name}")
            entry.status = 204
            if not before.deleted:
                changes.append(writing.Change(writing.deletion(services, before), before))
            continue
        if before is None and entry.method == "PUT":
            interactions.refuse_of_record(services, entry.type, entry.id)
        resource = linked(services, tenant, entry.resource, links)
        owner = interactions.owner_of(services, tenant, entry.type, entry.id, resource, known=known)
        entry.head = writing.next_version(
            services,
            before,
            entry.type,
            entry.id,
            resource,
            owner=owner,
            by=call.caller.subject,
        )
        entry.status = 200 if before and not before.deleted else 201
        changes.append(writing.Change(entry.head, before))
    return changes


def _commit(
    services: FhirServices,
    call: Call,
    changes: Sequence[writing.Change],
    guards: Mapping[Key, When],
) -> None:
    if not changes:
        return
    made = writing.effects(services, call.caller.tenant, changes, guards)
    if len(made) + len(changes) <= MAX_OPERATIONS:
        work = Work(services, call)
        for change in changes:
            after = change.after
            action = "delete" if after.deleted else "write"
            work.audit(f"interop.{action}", after.patient or after.id, after.name)
        writing.commit(work, made)
    else:
        staging.commit(services, call, changes, made)
