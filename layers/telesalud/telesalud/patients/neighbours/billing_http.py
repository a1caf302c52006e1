"""Contracts of billing over its public API, with the token of whoever asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas.billing import PayerContract
from telesalud.platform.errors import Forbidden, Unauthenticated, Unavailable

if TYPE_CHECKING:
    import httpx

_TIMEOUT = 8.0
"""Seconds."""


class HttpContracts:
    """`telesalud.patients.coverage.keeping.Contracts` for one caller."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def contract(self, which: str) -> PayerContract | None:
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the other services")
        import httpx  # noqa: PLC0415  # 120 ms of import that most requests do without

        try:
            answer = self._http().get(
                f"{self._base_url}/billing/contracts/{which}",
                headers={"authorization": self._authorization},
                timeout=_TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise Unavailable("billing did not answer") from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise Forbidden("your account may not see this contract")
        if not answer.is_success:
            raise Unavailable(f"billing answered {answer.status_code}")
        return PayerContract.model_validate_json(answer.content)
