"""Orders and patients over HTTP, asked in the caller's own name."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from schemas.admissions import AdmittedPatient
from schemas.formulary import FormularyItem, FormularyPage
from schemas.patients import Patient
from schemas.prescriptions import Checks, Prescription
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
    """`telesalud.pharmacy.services.Neighbours` for one caller."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def prescription(self, which: str) -> Prescription:
        return Prescription.model_validate_json(self._get(f"/orders/prescriptions/{which}"))

    def checks(self, which: str, language: str | None) -> Checks:
        asked = f"?language={language}" if language else ""
        return Checks.model_validate_json(self._get(f"/orders/prescriptions/{which}/checks{asked}"))

    def patient(self, which: str) -> Patient:
        return Patient.model_validate_json(self._get(f"/patients/{which}"))

    def admitted(self, which: str) -> AdmittedPatient:
        return AdmittedPatient.model_validate_json(self._get(f"/patients/admissions/{which}"))

    def require_care(self, patient: str) -> None:
        self._get(f"/patients/{patient}/admission")

    def product(self, code: str) -> FormularyItem | None:
        cursor = ""
        while True:
            asked = f"/orders/formulary?limit=200&q={quote(code, safe='')}{cursor}"
            try:
                found = FormularyPage.model_validate_json(self._get(asked))
            except (Conflict, NotFound):
                return None  # no formulary yet, or nothing that can be looked for
            exact = next((item for item in found.items if item.code == code), None)
            if exact is not None or found.cursor is None:
                return exact
            cursor = f"&cursor={quote(found.cursor, safe='')}"

    def _get(self, path: str) -> bytes:
        """The body of an answer, or the refusal that another answer means."""
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the other services")
        import httpx  # noqa: PLC0415  # 120 ms of import that reading stock does without

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
        403: Forbidden("your account may not see this prescription or patient"),
        404: NotFound(),
        409: Conflict("the other service refused"),
        410: Gone("this record was shredded"),
        422: NotFound(),
    }
    return refusals.get(status) or Unavailable(f"another service answered {status}")
