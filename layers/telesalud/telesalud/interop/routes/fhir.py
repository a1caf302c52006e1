"""FHIR R4 over HTTP. The dialect routes inside: the paths are known by their length only."""

from collections.abc import Callable
from typing import get_args

from telesalud.interop import wiring
from telesalud.interop.fhir import refusals
from telesalud.platform.http.operations import Answer, Auth, Group, Method, Request

MAX_BODY = 5 * 1024 * 1024

group = Group("/interop/fhir/r4")

_SEGMENTS = ("first", "second", "third", "fourth")
_SUMMARIES = {
    0: "FHIR R4 at its base: batches and transactions",
    1: "FHIR R4 for a type of resource: search, create, conditions",
    2: "FHIR R4 for a resource: read, update, delete; operations of a type",
    3: "FHIR R4 for a resource's history, operations and compartment",
    4: "FHIR R4 for a version of a resource",
}


def _serving(method: str) -> Callable[[Request], Answer]:
    def serve(request: Request) -> Answer:
        from telesalud.interop.fhir import dialect  # noqa: PLC0415  # what discovery does without

        own = wiring.fhir_of(request.call.caller, request.headers.get("authorization", ""))
        return dialect.serve(own, method, request)

    return serve


def _declare() -> None:
    for method in get_args(Method):
        for length, summary in _SUMMARIES.items():
            path = "".join(f"/{{{name}}}" for name in _SEGMENTS[:length])
            group.add(
                method,
                path,
                _serving(method),
                name=f"fhir_{method.lower()}_{length}",
                summary=summary,
                dialect=refusals.tell,
                max_body=MAX_BODY,
            )


_declare()


@group.get("/metadata", auth=Auth.PUBLIC, dialect=refusals.tell)
def read_capabilities(request: Request) -> Answer:
    """FHIR R4: what this server does, as a CapabilityStatement."""
    from telesalud.interop.fhir import dialect  # noqa: PLC0415  # once in a client's life

    return dialect.capabilities(wiring.fhir(), request)
