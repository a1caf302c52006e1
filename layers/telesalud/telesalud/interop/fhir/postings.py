"""Where a resource can be looked for: its identifiers, what it refers to, how its names begin.

Each is a keyed hash, so the table tells nobody who has which document number.
"""

from collections.abc import Iterator
from typing import Final

from telesalud.interop.fhir.definitions import COMMON, Parameter, definitions
from telesalud.interop.fhir.exact import Json, Object
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.values import found, plain, targets, tokens, words

NAME_LETTERS: Final = 3
NAMED: Final = ("family", "given", "name")


def identifiers(resource: Object) -> set[str]:
    """The values of a resource's identifiers."""
    parameter = definitions()[resource["resourceType"]].parameters.get("identifier")
    if parameter is None:
        return set()
    return {token.code.casefold() for each in found(resource, parameter) for token in tokens(each)}


def references(resource: Json, base: str) -> Iterator[str]:
    """Every resource here that a resource refers to, wherever in it; `Type/id`."""
    if isinstance(resource, dict):
        if isinstance(resource.get("reference"), str):
            yield from (t.local for t in targets(resource, base) if t.local)
        for inner in resource.values():
            yield from references(inner, base)
    elif isinstance(resource, list):
        for inner in resource:
            yield from references(inner, base)


def beginnings(resource: Object) -> set[str]:
    """The first letters of its names, from each word on."""
    parameters = definitions()[resource["resourceType"]].parameters
    texts = {
        plain(word)
        for code in NAMED
        if code in parameters
        for each in found(resource, parameters[code])
        for word in words(each)
    }
    return {
        text[at : at + NAME_LETTERS]
        for text in texts
        for at in range(len(text))
        if at == 0 or text[at - 1] == " "
    }


def partition(services: FhirServices, tenant: str, kind: str, value: str) -> str:
    """Where the postings of a value are."""
    return f"P#{tenant}#{services.vault.lookup(tenant, f'fhir-{kind}', value)}"


def identifier_partition(services: FhirServices, tenant: str, type_: str, value: str) -> str:
    """Where those with an identifier are."""
    return partition(services, tenant, f"identifier-{type_}", value.casefold())


def name_partition(services: FhirServices, tenant: str, type_: str, beginning: str) -> str:
    """Where those are with a name that begins so."""
    return partition(services, tenant, f"name-{type_}", beginning)


def reference_partition(services: FhirServices, tenant: str, name: str) -> str:
    """Where those are that refer to a resource."""
    return partition(services, tenant, "reference", name)


def partitions(services: FhirServices, tenant: str, resource: Object) -> set[str]:
    """All the places at which a resource is posted."""
    type_ = resource["resourceType"]
    made = {identifier_partition(services, tenant, type_, v) for v in identifiers(resource)}
    made |= {
        reference_partition(services, tenant, name)
        for name in set(references(resource, services.base))
        if not name.startswith("Patient/")
    }
    return made | {
        name_partition(services, tenant, type_, begin) for begin in beginnings(resource) if begin
    }


def is_owner(type_: str, parameter: Parameter) -> bool:
    """Whether a parameter looks at the element that says to which patient a resource belongs."""
    owners = definitions()[type_].owners
    return bool(owners) and parameter.paths == owners and parameter.code not in COMMON
