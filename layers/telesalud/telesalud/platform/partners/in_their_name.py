"""Calls to other contexts' public APIs with the token of whoever asked.

So what may be seen or written is decided where it is kept, by the same rules as for the site, and
it is audited there under the caller's own name. What the other context refuses is refused here.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from telesalud.platform.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    StaleVersion,
    Unauthenticated,
    Unavailable,
)

if TYPE_CHECKING:
    import httpx

Problem = Mapping[str, Any]
"""The problem (RFC 9457) of an answer; empty when it has none."""
TIMEOUT = 8.0
"""Seconds for one call; the functions that make several have 29 or 30."""


class InTheirName:
    """The contexts below `base_url`, for one caller; without their token nothing is asked."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def ask(
        self, method: str, path: str, body: str | None = None, key: str = "", if_match: int = 0
    ) -> bytes:
        """The body of an answer that is a success.

        Raises Unauthenticated, Forbidden, NotFound, Conflict, Gone, StaleVersion, Invalid, or what
        `refusal` makes of another answer; Unavailable when there is none, or nobody knows why.
        """
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the other services")
        import httpx  # noqa: PLC0415  # 120 ms of import that most requests do without

        headers = {"authorization": self._authorization}
        if body is not None:
            headers["content-type"] = "application/json"
        if key:
            headers["idempotency-key"] = key
        if if_match:
            headers["if-match"] = f'"{if_match}"'
        try:
            answer = self._http().request(
                method, self._base_url + path, headers=headers, content=body, timeout=TIMEOUT
            )
        except httpx.HTTPError as error:
            raise Unavailable("another service did not answer") from error
        if answer.is_success:
            return answer.content
        problem = _problem(answer)
        raise self.refusal(answer.status_code, problem) or _usual(answer.status_code, problem)

    def refusal(self, status: int, problem: Problem) -> DomainError | None:  # noqa: ARG002  # for those who know more
        """What an answer means here in particular; None for what it means everywhere."""
        return None


def _usual(status: int, problem: Problem) -> DomainError:
    detail = str(problem.get("detail", ""))[:300]
    right = {"right": str(problem["right"])} if "right" in problem else {}
    kinds: dict[int, Callable[[], DomainError]] = {
        401: Unauthenticated,
        403: lambda: Forbidden(detail, **right),
        404: lambda: NotFound(detail),
        409: lambda: Conflict(detail or "the other service refused"),
        410: lambda: Gone(detail or "this record was shredded"),
        412: StaleVersion,
        422: lambda: Invalid(detail or "the other service refused"),
    }
    if status in kinds:
        return kinds[status]()
    return Unavailable(f"another service answered {status}")


def _problem(answer: "httpx.Response") -> Problem:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
