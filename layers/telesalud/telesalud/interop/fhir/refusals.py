"""What FHIR refuses, and OperationOutcome, in which every refusal is told.

Issue codes: http://hl7.org/fhir/R4/valueset-issue-type.html.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from telesalud.interop.fhir.exact import Object, write
from telesalud.platform.errors import DomainError
from telesalud.platform.http.problems import ProblemDetails
from telesalud.platform.http.replies import Reply

FHIR_JSON: Final = "application/fhir+json"


class Issue(NamedTuple):
    """One reason: its code, a sentence, and a path into the resource where there is one."""

    code: str
    detail: str
    path: str = ""


class Refused(DomainError):
    """FHIR's answer to what cannot be done, with all the reasons."""

    slug = "fhir-refused"
    title = "The interaction was refused"

    def __init__(self, status: int, issues: Sequence[Issue]) -> None:
        super().__init__(issues[0].detail)
        self.http_status = status
        self.issues = tuple(issues)


def bad_request(detail: str, code: str = "invalid") -> Refused:
    """400: the request itself is wrong."""
    return Refused(400, [Issue(code, detail)])


def unprocessable(detail: str, path: str = "", code: str = "business-rule") -> Refused:
    """422: well-formed, and against a rule of this server."""
    return Refused(422, [Issue(code, detail, path)])


def several(detail: str = "several resources match; the criteria have to name one") -> Refused:
    """412: a condition that has to name one resource names more."""
    return Refused(412, [Issue("multiple-matches", detail)])


def not_one(detail: str) -> Refused:
    """412: something that has to be there once is not."""
    return Refused(412, [Issue("conflict", detail)])


_CODES: Final = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "deleted",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    503: "transient",
}


def status_of(error: Exception, problem: ProblemDetails) -> int:
    """The HTTP status with which a refusal is told."""
    return error.http_status if isinstance(error, Refused) else problem.status


def outcome_of(error: Exception, problem: ProblemDetails) -> Object:
    """OperationOutcome of a refusal."""
    if isinstance(error, Refused):
        return outcome(error.issues)
    code = _CODES.get(problem.status, "exception" if problem.status >= 500 else "processing")
    found = [Issue(code, f.detail, f.pointer) for f in problem.errors]
    return outcome(found or [Issue(code, problem.detail)], diagnostics=problem.instance)


def outcome(issues: Sequence[Issue], severity: str = "error", diagnostics: str = "") -> Object:
    """OperationOutcome with these issues."""
    told = []
    for issue in issues:
        made: Object = {"severity": severity, "code": issue.code}
        made["details"] = {"text": issue.detail}
        if diagnostics:
            made["diagnostics"] = diagnostics
        if issue.path:
            made["expression"] = [issue.path]
        told.append(made)
    return {"resourceType": "OperationOutcome", "issue": told}


def tell(error: Exception, problem: ProblemDetails) -> Reply:
    """The reply to what was refused: the dialect of every operation of FHIR."""
    status = status_of(error, problem)
    headers = {
        "Content-Type": FHIR_JSON,
        "Cache-Control": "no-store",
        "X-Request-Id": problem.instance.rpartition(":")[2],
    }
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 429 and problem.model_extra:
        headers["Retry-After"] = str(problem.model_extra["retry_after"])
    return Reply(status, write(outcome_of(error, problem)), headers)
