"""Wards of the pharmacy over its public API, with the token of whoever discharges."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from telesalud.patients.errors import NotSettled
from telesalud.platform.errors import Conflict, Forbidden, Unauthenticated, Unavailable

if TYPE_CHECKING:
    import httpx

_TIMEOUT = 8.0
"""Seconds."""


class HttpWards:
    """`telesalud.patients.admissions.neighbours.Wards` for one caller."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def close(self, admission: str) -> None:
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the other services")
        import httpx  # noqa: PLC0415  # 120 ms of import that most requests do without

        try:
            answer = self._http().post(
                f"{self._base_url}/pharmacy/wards/{admission}/close",
                headers={"authorization": self._authorization},
                timeout=_TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise Unavailable("the pharmacy did not answer") from error
        if answer.is_success:
            return
        if answer.status_code == httpx.codes.CONFLICT:
            problem = answer.json()
            if str(problem.get("type", "")).endswith("ward-not-settled"):
                raise NotSettled(problem.get("items", []), problem.get("left", []))
            raise Conflict("the pharmacy refused")
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise Forbidden("your account may not close what the pharmacy delivered")
        raise Unavailable(f"the pharmacy answered {answer.status_code}")
