"""ICD-11 over HTTP."""

from schemas import terminology as contract
from telesalud.patients import wiring
from telesalud.patients.chart import terminology_search as searching
from telesalud.patients.refusals import NoTerminology
from telesalud.platform.edge import Edge, Request
from telesalud.platform.errors import Invalid, NotFound


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET",
        "/patients/terminology/cie11",
        summary="Find ICD-11 codes by words, code or cluster",
        query=contract.TerminologyQuery,
        answer=contract.TerminologyResult,
        errors=(Invalid, NoTerminology),
    )
    def search_terminology(request: Request) -> contract.TerminologyResult:
        return searching.search(request.call.caller, wiring.terminology(), request.query)

    @edge.operation(
        "GET",
        "/patients/terminology/cie11/{code}",
        summary="One ICD-11 code",
        query=contract.CodeQuery,
        answer=contract.TerminologyEntry,
        errors=(NotFound, NoTerminology),
    )
    def look_up_code(request: Request) -> contract.TerminologyEntry:
        caller, code = request.call.caller, request.path["code"]
        return searching.lookup(caller, wiring.terminology(), code, request.query)

    @edge.operation(
        "GET",
        "/patients/terminology/cie11-cluster",
        summary="Check an ICD-11 code or cluster",
        query=contract.ClusterQuery,
        answer=contract.ClusterResult,
        errors=(Invalid, NoTerminology),
    )
    def check_cluster(request: Request) -> contract.ClusterResult:
        return searching.check(request.call.caller, wiring.terminology(), request.query)
