"""Which types of resources there are, to whom they belong, and by what they are found.

Everything that a type promises is read from `parameters.txt`: the search, the CapabilityStatement
and the references that are kept for going back along them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from telesalud.interop.fhir.exact import Json, Object

KINDS: Final = ("date", "number", "quantity", "reference", "string", "token", "uri")


class Step(NamedTuple):
    """One element of a path; with a filter, only where its `name` has this `value`."""

    element: str
    name: str = ""
    value: str = ""


class Parameter(NamedTuple):
    """A search parameter of one type."""

    code: str
    kind: str
    paths: tuple[tuple[Step, ...], ...]


class Definition(NamedTuple):
    """A type of resource."""

    name: str
    owners: tuple[tuple[Step, ...], ...]
    """Elements whose reference to a Patient says to whom it belongs."""
    parameters: Mapping[str, Parameter]

    @property
    def is_clinical(self) -> bool:
        """Whether it can belong to a patient."""
        return bool(self.owners)


COMMON: Final = {
    "_id": Parameter("_id", "token", ((Step("id"),),)),
    "_lastUpdated": Parameter("_lastUpdated", "date", ((Step("meta"), Step("lastUpdated")),)),
    "_profile": Parameter("_profile", "uri", ((Step("meta"), Step("profile")),)),
    "_security": Parameter("_security", "token", ((Step("meta"), Step("security")),)),
    "_source": Parameter("_source", "uri", ((Step("meta"), Step("source")),)),
    "_tag": Parameter("_tag", "token", ((Step("meta"), Step("tag")),)),
}
"""What every type is found by."""


@cache
def definitions() -> Mapping[str, Definition]:
    """All types, by name."""
    found: dict[str, Definition] = {}
    text = files("telesalud.interop.fhir").joinpath("parameters.txt").read_text("utf-8")
    parameters: dict[str, Parameter] = {}
    for line in text.splitlines():
        words = line.split()
        if line.startswith("#") or not words:
            continue
        if line[0].isupper():
            parameters = {}
            owners = () if words[1] == "-" else _paths(words[1])
            found[words[0]] = Definition(words[0], owners, parameters)
        else:
            code, kind, paths = words
            parameters[code] = Parameter(code, kind, _paths(paths))
    return found


def parameter_of(type_: str, code: str) -> Parameter | None:
    """The search parameter of a type with this code."""
    return COMMON.get(code) or definitions()[type_].parameters.get(code)


def _paths(text: str) -> tuple[tuple[Step, ...], ...]:
    return tuple(tuple(_step(part) for part in path.split(".")) for path in text.split("|"))


def _step(text: str) -> Step:
    element, _, condition = text.rstrip("]").partition("[")
    name, _, value = condition.partition("=")
    return Step(element, name, value)


def values_at(resource: Object, path: tuple[Step, ...]) -> Iterator[Json]:
    """Every value at a path; lists are walked through."""
    level: list[Json] = [resource]
    for step in path:
        level = [
            inner
            for outer in level
            if isinstance(outer, dict) and step.element in outer
            for inner in _listed(outer[step.element])
            if not step.name or (isinstance(inner, dict) and inner.get(step.name) == step.value)
        ]
    yield from (value for value in level if value is not None)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
