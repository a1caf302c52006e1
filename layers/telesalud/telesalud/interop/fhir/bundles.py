"""Bundles: what a search or a history is answered with, and how much of each resource."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from telesalud.interop import policy
from telesalud.interop.fhir import knowing, postings
from telesalud.interop.fhir.criteria import Include, Query
from telesalud.interop.fhir.definitions import Step, definitions
from telesalud.interop.fhir.exact import Object, read
from telesalud.interop.fhir.finding import Found, Results
from telesalud.interop.fhir.heads import Head, load_many
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.values import found, targets
from telesalud.platform.access import Caller
from telesalud.platform.store import every

MOST_INCLUDED: Final = 1000
_SUBSETTED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
_ALWAYS: Final = ("resourceType", "id", "meta")


def searched(
    services: FhirServices, caller: Caller, query: Query, results: Results, *, path: str, next_: str
) -> Object:
    """The bundle of a search's page. `path` is what was searched, `next_` the next page's link."""
    address = f"{services.base}/{path}"
    used = urlencode(query.used, quote_via=quote, safe="/:|,$")
    links = [{"relation": "self", "url": f"{address}?{used}" if used else address}]
    if next_:
        links.append({"relation": "next", "url": next_})
    bundle: Object = {"resourceType": "Bundle", "type": "searchset"}
    bundle["meta"] = {"lastUpdated": _now(services)}
    if results.total is not None and query.total != "none":
        bundle["total"] = results.total
    bundle["link"] = links
    if query.summary == "count" or not query.count:
        return bundle
    entries = [_entry(services, one, "match", query) for one in results.items]
    entries += [
        _entry(services, one, "include", query)
        for one in _included(services, caller, query, results.items)
    ]
    if entries:
        bundle["entry"] = entries
    return bundle


def told(services: FhirServices, heads: Sequence[Head], path: str) -> Object:
    """The bundle of a history."""
    entries = []
    for head in heads:
        is_first = head.version == 1
        method = "DELETE" if head.deleted else "POST" if is_first else "PUT"
        url = head.type if method == "POST" else head.name
        entry: Object = {"fullUrl": f"{services.base}/{head.name}"}
        if not head.deleted:
            entry["resource"] = head.resource
        entry["request"] = {"method": method, "url": url}
        status = {"DELETE": "204", "POST": "201", "PUT": "200"}[method]
        entry["response"] = {"status": status, "etag": etag(head)}
        if head.at:
            entry["response"]["lastModified"] = head.at
        entries.append(entry)
    return {
        "resourceType": "Bundle",
        "type": "history",
        "total": len(entries),
        "link": [{"relation": "self", "url": f"{services.base}/{path}"}],
        "entry": entries,
    }


def etag(head: Head) -> str:
    """The weak ETag of a version."""
    return f'W/"{head.version}"'


def _now(services: FhirServices) -> str:
    return services.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _entry(services: FhirServices, one: Found, mode: str, query: Query) -> Object:
    return {
        "fullUrl": f"{services.base}/{one.head.name}",
        "resource": subset(one.resource, query.summary, query.elements),
        "search": {"mode": mode},
    }


def subset(resource: Object, summary: str, elements: Sequence[str]) -> Object:
    """The part of a resource that `_summary` or `_elements` asks for, marked as one."""
    if not summary and not elements:
        return resource
    type_ = resource["resourceType"]
    if summary == "data":
        kept = {name: value for name, value in resource.items() if name != "text"}
    else:
        wanted = {*_ALWAYS, *_mandatory(type_)}
        if elements:
            wanted |= {*elements}
        elif summary == "text":
            wanted.add("text")
        else:
            wanted |= {path[0].element for path in _searched_paths(type_)}
        kept = {n: v for n, v in resource.items() if n.removeprefix("_") in wanted}
    meta = kept.get("meta", {})
    return {**kept, "meta": {**meta, "tag": [*meta.get("tag", []), _SUBSETTED]}}


def _searched_paths(type_: str) -> Iterator[tuple[Step, ...]]:
    for parameter in definitions()[type_].parameters.values():
        yield from parameter.paths


_MANDATORY: Final[Mapping[str, tuple[str, ...]]] = {
    "Patient": (),
    "Observation": ("status", "code"),
    "Encounter": ("status", "class"),
    "Condition": ("subject",),
    "DiagnosticReport": ("status", "code"),
}


def _mandatory(type_: str) -> tuple[str, ...]:
    return _MANDATORY.get(type_, ("status",))


# --- what comes with the matches ----------------------------------------------------------------


def _included(
    services: FhirServices, caller: Caller, query: Query, matched: Sequence[Found]
) -> list[Found]:
    """What the references of a page lead to, each once, and never a match again."""
    tenant = caller.tenant
    seen = {(one.head.type, one.head.id) for one in matched}
    included: list[Found] = []
    level = list(matched)
    for turn in range(4):
        rules = [i for i in query.includes if i.iterate or not turn]
        back = [i for i in query.revincludes if i.iterate or not turn]
        names = [*_forward(services, rules, level), *_backward(services, tenant, back, level)]
        wanted = [
            name
            for name in dict.fromkeys(names)
            if name not in seen
            and name[0] in definitions()
            and policy.allowed(caller, "r", name[0])
        ][: MOST_INCLUDED - len(included)]
        seen |= set(wanted)
        heads = load_many(services, tenant, wanted)
        there = (heads.get(name) or knowing.known(services, *name) for name in wanted)
        level = [Found(head, read(head.text)) for head in there if head and not head.deleted]
        included += level
        if not level or not (query.includes or query.revincludes):
            break
    return included


def _forward(
    services: FhirServices, rules: Iterable[Include], level: Sequence[Found]
) -> Iterator[tuple[str, str]]:
    for rule in rules:
        for one in level:
            if one.head.type == rule.source:
                for name in _references(services, one.resource, rule):
                    type_, _, id_ = name.partition("/")
                    if not rule.target or rule.target == type_:
                        yield type_, id_


def _references(services: FhirServices, resource: Object, rule: Include) -> Iterator[str]:
    if rule.parameter is None:
        yield from postings.references(resource, services.base)
        return
    for each in found(resource, rule.parameter):
        yield from (target.local for target in targets(each, services.base) if target.local)


def _backward(
    services: FhirServices, tenant: str, rules: Sequence[Include], level: Sequence[Found]
) -> Iterator[tuple[str, str]]:
    for rule in rules:
        for one in level:
            is_patient = one.head.type == "Patient"
            at = (
                f"C#{tenant}#{one.head.id}"
                if is_patient
                else postings.reference_partition(services, tenant, one.head.name)
            )
            ids = [
                row.key.sk.partition("/")[2] for row in every(services.store, at, f"{rule.source}/")
            ][:MOST_INCLUDED]
            heads = load_many(services, tenant, [(rule.source, id_) for id_ in ids])
            backwards = [*heads.values(), *_told_of(services, rule, one)]
            for head in backwards:
                if not head.deleted and one.head.name in set(
                    _references(services, head.resource, rule)
                ):
                    yield head.type, head.id


def _told_of(services: FhirServices, rule: Include, one: Found) -> list[Head]:
    """What the record knows of a patient, of the type that a rule goes back to."""
    if one.head.type != "Patient" or services.record is None:
        return []
    if rule.source not in knowing.TYPES or not definitions()[rule.source].owners:
        return []
    return [knowing.head_of(r) for r in services.record.of_patient(rule.source, one.head.id)]
