"""The interactions of FHIR, as the walk asks them: API Gateway knows only how long a path is."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from telesalud.interop import wiring
from telesalud.interop.fhir import interactions
from telesalud.platform.access import Caller
from telesalud.platform.http.operations import Operation
from telesalud.platform.work import Call

BASE: Final = "/interop/fhir/r4"
SEGMENTS: Final = ("first", "second", "third", "fourth")
PATIENT: Final[Mapping[str, Any]] = {"resourceType": "Patient", "active": True}
OBSERVATION: Final[Mapping[str, Any]] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "Observación de demostración"},
}
BUNDLE: Final[Mapping[str, Any]] = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [{"resource": PATIENT, "request": {"method": "POST", "url": "Patient"}}],
}


@dataclass(frozen=True)
class Interaction:
    """Something that FHIR means: where, and with what body."""

    method: str
    path: str
    """Below the base; `{id}` is the patient that exists there."""
    body: Mapping[str, Any] | None = None
    query: str = ""


INTERACTIONS: Final = (
    Interaction("POST", "", BUNDLE),
    Interaction("GET", "/Patient"),
    Interaction("POST", "/Patient", PATIENT),
    Interaction("PUT", "/Patient", PATIENT, "identifier=urn:demo|1"),
    Interaction("DELETE", "/Patient", query="identifier=urn:demo|1"),
    Interaction("POST", "/Patient/_search"),
    Interaction("GET", "/Patient/{id}"),
    Interaction("PUT", "/Patient/{id}", PATIENT),
    Interaction("DELETE", "/Patient/{id}"),
    Interaction("GET", "/Patient/{id}/_history"),
    Interaction("GET", "/Patient/{id}/_history/1"),
    Interaction("GET", "/Patient/{id}/Observation"),
    Interaction("POST", "/Patient/{id}/Observation/_search"),
    Interaction("POST", "/Observation", OBSERVATION),
)


def made(machine: Caller) -> str:
    """The id of a patient that another system has written."""
    done = interactions.create(wiring.fhir(), Call(machine, "walk"), "Patient", dict(PATIENT))
    return done.head.id


def spelled(operations: list[Operation]) -> Iterator[Operation]:
    """One operation an interaction, by its own path."""
    by_form: dict[tuple[str, int], Operation] = {
        (each.method, each.path.count("{")): each for each in operations
    }
    for each in INTERACTIONS:
        form = by_form[each.method, each.path.count("/")]
        yield replace(form, path=BASE + each.path)


def parts(operation: Operation, existing: str) -> dict[str, Any]:
    """Path, query, headers and body of the request for a spelled operation."""
    asked = next(
        one
        for one in INTERACTIONS
        if (one.method, BASE + one.path) == (operation.method, operation.path)
    )
    segments = asked.path.replace("{id}", existing).split("/")[1:]
    pairs = [pair.split("=", 1) for pair in asked.query.split("&") if pair]
    media = "application/x-www-form-urlencoded" if asked.body is None else "application/fhir+json"
    resource = dict(asked.body or {})
    if asked.method == "PUT" and "{id}" in asked.path:
        resource["id"] = existing
    return {
        "path": dict(zip(SEGMENTS, segments, strict=False)),
        "raw_query": {name: [value] for name, value in pairs},
        "headers": {"content-type": media},
        "raw_body": json.dumps(resource).encode() if asked.body is not None else b"",
    }


def meaningless(operations: list[Operation]) -> list[Operation]:
    """Operations whose method no interaction uses at that length."""
    used = {(each.method, each.path.count("/")) for each in INTERACTIONS}
    return [each for each in operations if (each.method, each.path.count("{")) not in used]
