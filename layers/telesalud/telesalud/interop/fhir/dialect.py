"""FHIR's own HTTP: which interaction a request asks for, media types, ETags and what is preferred.

API Gateway knows these paths only by the number of their segments: `$` cannot stand in a resource
of it. The dialect ignores what it does not know, asks for no Idempotency-Key, and answers every
refusal with an OperationOutcome.
"""

from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl

from telesalud.interop.fhir import bundles, interactions
from telesalud.interop.fhir.capabilities import capability_statement
from telesalud.interop.fhir.compartment import everything
from telesalud.interop.fhir.criteria import Pairs, pairs_of
from telesalud.interop.fhir.definitions import definitions
from telesalud.interop.fhir.exact import Json, Object, read, write
from telesalud.interop.fhir.heads import Head
from telesalud.interop.fhir.interactions import Done
from telesalud.interop.fhir.refusals import FHIR_JSON, Issue, Refused, bad_request, outcome
from telesalud.interop.fhir.searching import search
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.structure import ID, problems_of
from telesalud.interop.fhir.transactions import process
from telesalud.platform.clock import from_text
from telesalud.platform.http.operations import Answer, Request
from telesalud.platform.http.problems import UnsupportedMediaType

MAX_BODY: Final = 5 * 1024 * 1024
_JSON: Final = ("application/fhir+json", "application/json", "text/json", "json")
_FORM: Final = "application/x-www-form-urlencoded"


def serve(services: FhirServices, method: str, request: Request) -> Answer:
    """The answer to a request below the base. Raises DomainError."""
    _negotiate(request)
    segments = [
        request.path[name]
        for name in ("first", "second", "third", "fourth")
        if name in request.path
    ]
    match method, segments:
        case "POST", []:
            return _fhir(process(services, request.call, _body(request)))
        case _, [str(type_), *rest] if type_ in definitions():
            return _of_type(services, method, type_, rest, request)
    raise _unknown(method, segments)


def capabilities(services: FhirServices, request: Request) -> Answer:
    """What this server does. Raises Refused for another format than JSON."""
    _negotiate(request)
    return _fhir(capability_statement(services), headers={"Cache-Control": "public, max-age=300"})


def _of_type(
    services: FhirServices, method: str, type_: str, rest: list[str], request: Request
) -> Answer:
    call, query = request.call, pairs_of(request.raw_query)
    strict = "handling=strict" in _preferences(request)
    match method, rest:
        case "GET", []:
            return _fhir(search(services, call, type_, query, strict=strict))
        case "POST", ["_search"]:
            pairs = [*query, *_form(request)]
            return _fhir(search(services, call, type_, pairs, strict=strict))
        case "GET", [str(id_), str(inner)] if type_ == "Patient" and inner in definitions():
            return _fhir(search(services, call, inner, query, patient=id_, strict=strict))
        case "POST", [str(id_), str(inner), "_search"] if (
            type_ == "Patient" and inner in definitions()
        ):
            pairs = [*query, *_form(request)]
            return _fhir(search(services, call, inner, pairs, patient=id_, strict=strict))
        case _, []:
            return _conditional(services, method, type_, query, request)
    return _of_one(services, method, type_, rest, request)


def _conditional(
    services: FhirServices, method: str, type_: str, query: Pairs, request: Request
) -> Answer:
    call = request.call
    match method:
        case "POST":
            condition = _condition(request.headers.get("if-none-exist"))
            done = interactions.create(services, call, type_, _body(request), condition)
            return _written(services, done, request)
        case "PUT":
            match = request.headers.get("if-match", "")
            updated = interactions.conditional_update(
                services, call, type_, _body(request), query, if_match=match
            )
            return _written(services, updated, request)
        case "DELETE":
            interactions.conditional_delete(services, call, type_, query)
            return Answer(None, status=204)
    raise _unknown(method, [type_])


def _of_one(
    services: FhirServices, method: str, type_: str, rest: list[str], request: Request
) -> Answer:
    call = request.call
    match method, rest:
        case _, [*_, str(name)] if name.startswith("$"):
            return _operation(services, method, type_, rest, request)
        case "GET", [str(id_)] if ID.fullmatch(id_):
            return _read(interactions.read(services, call, type_, id_), request)
        case "PUT", [str(id_)]:
            match = request.headers.get("if-match", "")
            done = interactions.update(services, call, type_, id_, _body(request), if_match=match)
            return _written(services, done, request)
        case "DELETE", [str(id_)]:
            interactions.delete(services, call, type_, id_, request.headers.get("if-match", ""))
            return Answer(None, status=204)
        case "GET", [str(id_), "_history"]:
            found = interactions.versions(services, call, type_, id_)
            return _fhir(bundles.told(services, found, f"{type_}/{id_}/_history"))
        case "GET", [str(id_), "_history", str(version)]:
            return _read(interactions.read_version(services, call, type_, id_, version), request)
    raise _unknown(method, [type_, *rest])


def _operation(
    services: FhirServices, method: str, type_: str, rest: list[str], request: Request
) -> Answer:
    match method, rest:
        case "POST", ["$validate"]:
            return _validate(request, type_)
        case "GET", [str(id_), "$everything"] if type_ == "Patient":
            return _fhir(everything(services, request.call, id_))
    raise _unknown(method, [type_, *rest])


def _unknown(method: str, segments: list[str]) -> Refused:
    is_known = not segments or segments[0] in definitions()
    status = 405 if is_known and len(segments) < 2 else 404
    return Refused(status, [Issue("not-supported", f"{method} means nothing at this address")])


# --- what comes in ------------------------------------------------------------------------------


def _negotiate(request: Request) -> None:
    """Raise Refused for an answer in something else than JSON."""
    wanted = (request.raw_query.get("_format") or [request.headers.get("accept", "")])[0]
    for each in wanted.split(",") if wanted else ():
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        version = next((p for p in parameters if p.startswith("fhirversion=")), "")
        is_json = name.replace(" ", "+") in (*_JSON, "*/*", "application/*", "")
        if is_json and version.removeprefix("fhirversion=") in ("", "4.0", "4.0.1"):
            return
    if wanted:
        raise Refused(406, [Issue("not-supported", "answers are FHIR 4.0 in JSON")])


def _body(request: Request) -> Json:
    given = request.headers.get("content-type", FHIR_JSON)
    media = given.partition(";")[0].strip().lower()
    if media not in _JSON or "fhirversion=5" in given.lower().replace(" ", ""):
        raise UnsupportedMediaType("send application/fhir+json in FHIR 4.0")
    if not request.raw_body:
        raise bad_request("there is no body", "structure")
    return read(request.raw_body)


def _form(request: Request) -> Pairs:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _FORM:
        if not request.raw_body:
            return []
        raise UnsupportedMediaType(f"send {_FORM}")
    try:
        return parse_qsl(request.raw_body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise bad_request("the body is not UTF-8", "structure") from None


def _condition(text: str | None) -> Pairs | None:
    """If-None-Exist: the parameters of a search, with or without `?`."""
    if text is None:
        return None
    pairs = parse_qsl(text.strip().partition("?")[2] or text.strip(), keep_blank_values=True)
    if not pairs:
        raise bad_request("If-None-Exist names nothing")
    return pairs


def _preferences(request: Request) -> set[str]:
    return {part.strip().lower() for part in request.headers.get("prefer", "").split(",")}


# --- what goes out ------------------------------------------------------------------------------


def _fhir(body: Object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    sent = {"Content-Type": FHIR_JSON, **(headers or {})}
    return Answer(None, headers=sent, status=status, text=write(body))


def _version_headers(head: Head) -> dict[str, str]:
    made = {"ETag": bundles.etag(head)}
    if head.at:
        made["Last-Modified"] = format_datetime(from_text(head.at), usegmt=True)
    return made


def _read(head: Head, request: Request) -> Answer:
    headers = {"Content-Type": FHIR_JSON, **_version_headers(head)}
    if _is_known(head, request.headers):
        return Answer(None, headers=headers, status=304)
    return Answer(None, headers=headers, text=_shown(head, request))


def _is_known(head: Head, headers: Mapping[str, str]) -> bool:
    """Whether the client has this version already."""
    given = headers.get("if-none-match")
    if given is not None:
        known = (each.strip().removeprefix("W/").strip('"') for each in given.split(","))
        return str(head.version) in known
    since = headers.get("if-modified-since")
    try:
        moment = parsedate_to_datetime(since) if since else None
    except ValueError:
        return False
    if moment is None or moment.tzinfo is None or not head.at:
        return False
    return from_text(head.at).replace(microsecond=0) <= moment


def _shown(head: Head, request: Request) -> str:
    summary = (request.raw_query.get("_summary") or [""])[0]
    elements = (request.raw_query.get("_elements") or [""])[0]
    if summary in ("", "false") and not elements:
        return head.text
    wanted = [each.strip() for each in elements.split(",") if each.strip()]
    summary = summary if summary in ("true", "text", "data") else ""
    return write(bundles.subset(head.resource, summary, wanted))


def _written(services: FhirServices, done: Done, request: Request) -> Answer:
    head, wanted = done.head, _preferences(request)
    location = f"{services.base}/{head.name}/_history/{head.version}"
    headers = {"Content-Type": FHIR_JSON, "Location": location, **_version_headers(head)}
    if "return=minimal" in wanted:
        return Answer(None, headers=headers, status=done.status)
    if "return=operationoutcome" in wanted:
        told = outcome([Issue("informational", "written")], severity="information")
        return Answer(None, headers=headers, status=done.status, text=write(told))
    return Answer(None, headers=headers, status=done.status, text=head.text)


def _validate(request: Request, type_: str) -> Answer:
    resource = _body(request)
    if isinstance(resource, dict) and resource.get("resourceType") == "Parameters":
        named = {p.get("name"): p.get("resource") for p in resource.get("parameter", ())}
        resource = named.get("resource")
    if not isinstance(resource, dict):
        raise bad_request("there is no resource to look at", "structure")
    issues = problems_of(resource)
    if resource.get("resourceType") != type_:
        issues.append(Issue("invalid", f"this is not a {type_}"))
    if issues:
        return _fhir(outcome(issues))
    return _fhir(outcome([Issue("informational", "well-formed")], severity="information"))
