"""The patients service over HTTP, asked in the caller's own name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas.prescriptions import PatientLabel
from telesalud.orders.refusals import PatientDeceased
from telesalud.platform.errors import Forbidden, NotFound, Unauthenticated, Unavailable

if TYPE_CHECKING:
    import httpx

    from schemas.patients import Patient, PersonName

TIMEOUT = 8.0
"""Seconds."""


class HttpPeople:
    """`telesalud.orders.desk.People` for one request."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def label(self, patient: str) -> PatientLabel:
        import httpx  # noqa: PLC0415  # 120 ms of import that most requests do without

        from schemas.patients import Patient  # noqa: PLC0415  # 40 ms, likewise

        try:
            answer = self._http().get(
                f"{self._base_url}/patients/{patient}",
                headers={"authorization": self._authorization},
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise Unavailable("the patients service did not answer") from error
        if answer.status_code == 404:
            raise NotFound("there is no such patient")
        if answer.status_code == 401:
            raise Unauthenticated
        if answer.status_code == 403:
            raise Forbidden("you may not see this patient")
        if not answer.is_success:
            raise Unavailable(f"the patients service answered {answer.status_code}")
        found = Patient.model_validate_json(answer.content)
        if found.deceased_on is not None:
            raise PatientDeceased
        return label_of(found)


def label_of(found: "Patient") -> PatientLabel:
    """Who the patient is on paper: legal names, one document, the record number."""
    document = found.documents[0] if found.documents else None
    return PatientLabel(
        name=_full(found.name)[:200],
        birth_date=found.birth_date,
        record_number=found.record_number,
        document=f"{document.type} {document.number}" if document else None,
        language=found.language,
    )


def _full(name: "PersonName") -> str:
    parts = (name.given, name.middle, name.family, name.second_family)
    return " ".join(part for part in parts if part)
