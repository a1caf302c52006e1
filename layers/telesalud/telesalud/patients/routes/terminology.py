"""ICD-11, and ICD-10 where a country demands it, over HTTP."""

from schemas import terminology as contract
from telesalud.patients import country, wiring
from telesalud.patients.errors import NoTerminology
from telesalud.patients.terminology import answering as searching
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _icd11(edge)
    _icd10(edge)


def _icd11(edge: Edge) -> None:
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


def _icd10(edge: Edge) -> None:
    @edge.operation(
        "GET",
        "/patients/terminology/cie10",
        summary="Find codes of the national edition of ICD-10, if the country profile asks for it",
        query=contract.TerminologyQuery,
        answer=contract.TerminologyResult,
        errors=(Invalid, NotFound, NoTerminology),
    )
    def search_icd10(request: Request) -> contract.TerminologyResult:
        index = wiring.terminology(country.icd10_name(wiring.services(), request.call))
        return searching.search(request.call.caller, index, request.query)

    @edge.operation(
        "GET",
        "/patients/terminology/cie10/{code}",
        summary="One code of the national edition of ICD-10",
        query=contract.CodeQuery,
        answer=contract.TerminologyEntry,
        errors=(NotFound, NoTerminology),
    )
    def look_up_icd10(request: Request) -> contract.TerminologyEntry:
        index = wiring.terminology(country.icd10_name(wiring.services(), request.call))
        return searching.lookup(request.call.caller, index, request.path["code"], request.query)

    @edge.operation(
        "GET",
        "/patients/country-profile",
        summary="What the institution's country demands of records",
        answer=contract.CountryProfile,
    )
    def read_country_profile(request: Request) -> Answer:
        profile = country.read_profile(wiring.services(), request.call)
        return Answer(profile, profile.version)

    @edge.operation(
        "PUT",
        "/patients/country-profile",
        summary='Set the country profile; If-Match "0" the first time',
        body=contract.CountryProfileBody,
        answer=contract.CountryProfile,
        versioned=True,
        errors=(StaleVersion,),
    )
    def put_country_profile(request: Request) -> Answer:
        services = wiring.services()
        profile = country.put_profile(services, request.call, request.body, request.if_match)
        return Answer(profile, profile.version)
