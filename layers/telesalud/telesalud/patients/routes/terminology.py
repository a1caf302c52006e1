"""ICD-11, and ICD-10 where a country demands it, over HTTP."""

from schemas import terminology as contract
from telesalud.patients import country, wiring
from telesalud.patients.errors import NoTerminology
from telesalud.patients.terminology import answering as searching
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")


@group.get(
    "/terminology/cie11",
    query=contract.TerminologyQuery,
    answer=contract.TerminologyResult,
    errors=(Invalid, NoTerminology),
)
def search_terminology(request: Request) -> contract.TerminologyResult:
    """Find ICD-11 codes by words, code or cluster."""
    return searching.search(request.call.caller, wiring.terminology(), request.query)


@group.get(
    "/terminology/cie11/{code}",
    query=contract.CodeQuery,
    answer=contract.TerminologyEntry,
    errors=(NotFound, NoTerminology),
)
def look_up_code(request: Request) -> contract.TerminologyEntry:
    """One ICD-11 code."""
    caller, code = request.call.caller, request.path["code"]
    return searching.lookup(caller, wiring.terminology(), code, request.query)


@group.get(
    "/terminology/cie11-cluster",
    query=contract.ClusterQuery,
    answer=contract.ClusterResult,
    errors=(Invalid, NoTerminology),
)
def check_cluster(request: Request) -> contract.ClusterResult:
    """Check an ICD-11 code or cluster."""
    return searching.check(request.call.caller, wiring.terminology(), request.query)


@group.get(
    "/terminology/cie10",
    query=contract.TerminologyQuery,
    answer=contract.TerminologyResult,
    errors=(Invalid, NotFound, NoTerminology),
)
def search_icd10(request: Request) -> contract.TerminologyResult:
    """Find codes of the national edition of ICD-10, if the country profile asks for it."""
    index = wiring.terminology(country.icd10_name(wiring.services(), request.call))
    return searching.search(request.call.caller, index, request.query)


@group.get(
    "/terminology/cie10/{code}",
    query=contract.CodeQuery,
    answer=contract.TerminologyEntry,
    errors=(NotFound, NoTerminology),
)
def look_up_icd10(request: Request) -> contract.TerminologyEntry:
    """One code of the national edition of ICD-10."""
    index = wiring.terminology(country.icd10_name(wiring.services(), request.call))
    return searching.lookup(request.call.caller, index, request.path["code"], request.query)


@group.get("/country-profile", answer=contract.CountryProfile)
def read_country_profile(request: Request) -> Answer:
    """What the institution's country demands of records."""
    profile = country.read_profile(wiring.services(), request.call)
    return Answer(profile, profile.version)


@group.put(
    "/country-profile",
    body=contract.CountryProfileBody,
    answer=contract.CountryProfile,
    versioned=True,
    errors=(StaleVersion,),
)
def put_country_profile(request: Request) -> Answer:
    """Set the country profile; If-Match "0" the first time."""
    services = wiring.services()
    profile = country.put_profile(services, request.call, request.body, request.if_match)
    return Answer(profile, profile.version)
