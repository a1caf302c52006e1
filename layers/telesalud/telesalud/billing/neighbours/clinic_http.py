"""Patients and their coverage over its public API, with the token of whoever asked billing."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas.coverage import Coverage, CoverageList
from schemas.patients import Patient
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unauthenticated,
    Unavailable,
)

if TYPE_CHECKING:
    import httpx

TIMEOUT = 8.0
"""Seconds."""


class HttpNeighbours:
    """`telesalud.billing.services.Neighbours` for one caller."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def patient(self, which: str) -> Patient:
        return Patient.model_validate_json(self._get(f"/patients/{which}"))

    def coverages(self, which: str) -> tuple[Coverage, ...]:
        return CoverageList.model_validate_json(self._get(f"/patients/{which}/coverages")).items

    def _get(self, path: str) -> bytes:
        """The body of an answer, or the refusal that another answer means."""
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the other services")
        import httpx  # noqa: PLC0415  # 120 ms of import that reading prices does without

        try:
            answer = self._http().get(
                self._base_url + path,
                headers={"authorization": self._authorization},
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise Unavailable("another service did not answer") from error
        if answer.is_success:
            return answer.content
        raise _refusal(answer.status_code)


def _refusal(status: int) -> Exception:
    refusals: dict[int, Exception] = {
        401: Unauthenticated(),
        403: Forbidden("your account may not see this patient"),
        404: NotFound(),
        409: Conflict("the other service refused"),
        410: Gone("this record was shredded"),
        422: NotFound(),
    }
    return refusals.get(status) or Unavailable(f"another service answered {status}")
