"""The other contexts over their public API, with the token of whoever asked interop.

So what may be seen or written is decided where the record is kept, by the same rules as for the
site, and it is audited there in the caller's own name.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

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

TIMEOUT = 8.0
"""Seconds."""


class HttpRecord:
    """`telesalud.interop.record.clinic.Clinic` for one caller."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def get(self, path: str) -> bytes:
        return self._call("GET", path)

    def post(self, path: str, body: str, key: str) -> bytes:
        return self._call("POST", path, body, key)

    def _call(
        self, method: str, path: str, body: str | None = None, key: str = "", if_match: int = 0
    ) -> bytes:
        """The body of an answer, or the refusal that another answer means."""
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the other services")
        import httpx  # noqa: PLC0415  # 120 ms of import that reading what is kept here does without

        headers = {"authorization": self._authorization}
        if body is not None:
            headers |= {"content-type": "application/json", "idempotency-key": key}
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
        raise _refusal(answer)


def _refusal(answer: "httpx.Response") -> DomainError:
    refusals: dict[int, DomainError] = {
        401: Unauthenticated(),
        403: Forbidden("the token does not reach this part of the record"),
        404: NotFound(),
        409: Conflict("the record refused"),
        412: StaleVersion(),
        410: Gone("this record was shredded"),
        422: Invalid("the record refused: " + _detail(answer)),
    }
    return refusals.get(answer.status_code) or Unavailable(
        f"another service answered {answer.status_code}"
    )


def _detail(answer: "httpx.Response") -> str:
    """Why, as the problem (RFC 9457) of the answer tells it."""
    try:
        told = answer.json()
    except ValueError:
        return "no reason was given"
    return str(told.get("detail", "") if isinstance(told, dict) else "")[:300]
