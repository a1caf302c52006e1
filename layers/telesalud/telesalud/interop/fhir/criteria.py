"""A search as it was asked, parameter by parameter.

Unknown parameters are left out (or refused, when the client asks for strictness or the search is a
condition of a write); what is left is what the answer's self link says. A modifier or a value that
is not understood is refused always: to ignore it would find too much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from telesalud.interop.fhir.definitions import Parameter, definitions, parameter_of
from telesalud.interop.fhir.refusals import Refused, bad_request
from telesalud.interop.fhir.values import interval

Pairs = Sequence[tuple[str, str]]

MAX_COUNT: Final = 200
DEFAULT_COUNT: Final = 20
MAX_CRITERIA: Final = 40
MAX_VALUES: Final = 300

MODIFIERS: Final[Mapping[str, frozenset[str]]] = {
    "token": frozenset({"not", "missing", "text"}),
    "string": frozenset({"exact", "contains", "missing"}),
    "reference": frozenset({"identifier", "missing"}),
    "date": frozenset({"missing"}),
    "number": frozenset({"missing"}),
    "quantity": frozenset({"missing"}),
    "uri": frozenset({"missing", "below"}),
}
PREFIXES: Final = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_CHAINED_TO: Final[Mapping[str, str]] = {
    "actor": "Practitioner",
    "appointment": "Appointment",
    "author": "Practitioner",
    "based-on": "ServiceRequest",
    "beneficiary": "Patient",
    "context": "Encounter",
    "device": "Device",
    "encounter": "Encounter",
    "general-practitioner": "Practitioner",
    "location": "Location",
    "managing-entity": "Organization",
    "medication": "Medication",
    "organization": "Organization",
    "part-of": "Organization",
    "partof": "Location",
    "patient": "Patient",
    "performer": "Practitioner",
    "practitioner": "Practitioner",
    "prescription": "MedicationRequest",
    "provider": "Practitioner",
    "request": "Claim",
    "requester": "Practitioner",
    "result": "Observation",
    "schedule": "Schedule",
    "service-provider": "Organization",
    "slot": "Slot",
    "specimen": "Specimen",
    "subject": "Patient",
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One parameter with its alternatives, as they were written."""

    parameter: Parameter
    modifier: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """What a reference leads to has to meet a search of its own."""

    parameter: Parameter
    target: str
    inner: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reverse:
    """Something of another type that meets a search refers to it (`_has`)."""

    type: str
    parameter: Parameter
    inner: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Include:
    """Which references the answer follows."""

    source: str
    parameter: Parameter | None
    """None follows every reference of the source."""
    target: str
    iterate: bool = False


@dataclass(slots=True)
class Query:
    """A search of one type."""

    type: str
    criteria: list[Criterion] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    reverses: list[Reverse] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    revincludes: list[Include] = field(default_factory=list)
    sort: list[tuple[Parameter, bool]] = field(default_factory=list)
    """Parameters, and whether the greatest comes first."""
    count: int = DEFAULT_COUNT
    summary: str = ""
    elements: tuple[str, ...] = ()
    total: str = ""
    used: list[tuple[str, str]] = field(default_factory=list)
    """What the search went by, for its self link."""

    @property
    def is_unconditional(self) -> bool:
        """Whether it finds everything of its type."""
        return not (self.criteria or self.chains or self.reverses)


def parse(type_: str, pairs: Pairs, *, strict: bool = False, condition: bool = False) -> Query:
    """The search that these parameters ask for. Raises Refused.

    As a `condition` of a write it has to name something: nothing unknown, nothing empty.
    """
    if len(pairs) > MAX_CRITERIA:
        raise bad_request(f"at most {MAX_CRITERIA} parameters", "too-costly")
    query = Query(type_)
    for name, value in pairs:
        if name in {"_format", "_pretty"}:
            continue
        if not value.strip():
            if condition:
                raise bad_request(f"{name} of the condition is empty")
            continue
        if _take(query, name, value, condition=condition):
            query.used.append((name, value))
        elif strict or condition:
            raise bad_request(f"{type_} is not searched by {name[:80]}", "not-supported")
    if condition and query.is_unconditional:
        raise bad_request("the condition names nothing")
    return query


def _take(query: Query, name: str, value: str, *, condition: bool) -> bool:
    """Include a parameter; False when it is not known."""
    if name in _RESULT:
        if not condition:
            _RESULT[name](query, value)
        return not condition
    if name.startswith(("_include", "_revinclude")):
        return not condition and _take_include(query, name, value)
    if name.startswith("_has:"):
        return _take_reverse(query, name, value)
    if "." in name:
        return _take_chain(query, name, value)
    code, _, modifier = name.partition(":")
    parameter = parameter_of(query.type, code)
    if parameter is not None:
        query.criteria.append(criterion(parameter, modifier, value))
    return parameter is not None


def criterion(parameter: Parameter, modifier: str, value: str) -> Criterion:
    """A parameter with its alternatives. Raises Refused for what is not understood."""
    by_type = parameter.kind == "reference" and modifier in definitions()
    if modifier and not by_type and modifier not in MODIFIERS[parameter.kind]:
        raise bad_request(f"{parameter.code} has no modifier {modifier[:40]}", "not-supported")
    values = tuple(split(value, ","))
    if len(values) > MAX_VALUES:
        raise bad_request(f"at most {MAX_VALUES} alternatives", "too-costly")
    if modifier == "missing" and value not in ("true", "false"):
        raise bad_request(f"{parameter.code}:missing is true or false")
    if parameter.kind == "date" and modifier != "missing":
        for each in values:
            if interval(prefixed(each)[1]) is None:
                raise bad_request(f"{parameter.code} is searched by dates such as ge2026-03-01")
    return Criterion(parameter, modifier, values)


def prefixed(text: str) -> tuple[str, str]:
    """The prefix of a value, `eq` without one, and the value."""
    return (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)


def split(text: str, separator: str) -> list[str]:
    """The parts between separators that are not escaped; escapes stay in the parts."""
    parts, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def unescaped(text: str) -> str:
    """The text without the backslashes before `,`, `|`, `$` and backslashes."""
    if "\\" not in text:
        return text
    made, at = [], 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in (",", "|", "$", "\\"):
            at += 1
        made.append(text[at])
        at += 1
    return "".join(made)


def _take_chain(query: Query, name: str, value: str) -> bool:
    first, _, rest = name.partition(".")
    code, _, target = first.partition(":")
    parameter = parameter_of(query.type, code)
    if parameter is None or parameter.kind != "reference":
        return False
    target = target or _CHAINED_TO.get(code, "")
    if target not in definitions():
        raise bad_request(f"name the type that {code} leads to, as in {code}:Patient.{rest[:40]}")
    parse(target, [(rest, value)], condition=True)
    query.chains.append(Chain(parameter, target, (rest, value)))
    return True


def _take_reverse(query: Query, name: str, value: str) -> bool:
    parts = name.split(":", 3)
    if len(parts) < 4 or parts[1] not in definitions():
        raise bad_request("_has is written _has:Type:reference:parameter")
    parameter = parameter_of(parts[1], parts[2])
    if parameter is None or parameter.kind != "reference":
        raise bad_request(f"{parts[1]} has no reference {parts[2][:40]}", "not-supported")
    parse(parts[1], [(parts[3], value)], condition=True)
    query.reverses.append(Reverse(parts[1], parameter, (parts[3], value)))
    return True


def _take_include(query: Query, name: str, value: str) -> bool:
    option, _, modifier = name.partition(":")
    if modifier not in ("", "iterate", "recurse"):
        raise bad_request(f"{option} has no modifier {modifier[:40]}", "not-supported")
    source, _, rest = value.partition(":")
    code, _, target = rest.partition(":")
    if source not in definitions() or (target and target not in definitions()):
        raise bad_request(f"{option} is written Type:parameter", "not-supported")
    parameter = None if code in ("*", "") else parameter_of(source, code)
    if code not in ("*", "") and (parameter is None or parameter.kind != "reference"):
        raise bad_request(f"{source} has no reference {code[:40]}", "not-supported")
    made = Include(source, parameter, target, bool(modifier))
    (query.includes if option == "_include" else query.revincludes).append(made)
    return True


def _sort(query: Query, value: str) -> None:
    for each in value.split(","):
        code = each.strip().removeprefix("-")
        parameter = parameter_of(query.type, code)
        if parameter is None:
            raise bad_request(f"{query.type} is not sorted by {code[:40]}", "not-supported")
        query.sort.append((parameter, each.strip().startswith("-")))


def _count(query: Query, value: str) -> None:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise bad_request("_count is a whole number")
    query.count = min(int(value), MAX_COUNT)


def _summary(query: Query, value: str) -> None:
    if value not in ("true", "text", "data", "count", "false"):
        raise bad_request("_summary is true, text, data, count or false")
    query.summary = "" if value == "false" else value


def _elements(query: Query, value: str) -> None:
    query.elements = tuple(each.strip().rpartition(".")[2] for each in value.split(","))


def _total(query: Query, value: str) -> None:
    if value not in ("none", "estimate", "accurate"):
        raise bad_request("_total is none, estimate or accurate")
    query.total = value


_RESULT: Final = {
    "_sort": _sort,
    "_count": _count,
    "_summary": _summary,
    "_elements": _elements,
    "_total": _total,
}


def pairs_of(query: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """The parameters of a request in pairs."""
    return [(name, value) for name, values in query.items() for value in values]


def too_costly(detail: str) -> Refused:
    """400: the search would read too much."""
    return bad_request(detail, "too-costly")
