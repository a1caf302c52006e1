"""The patients service over HTTP, asked in the caller's own name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas.care import Admission, Members
from schemas.prescriptions import PatientLabel
from telesalud.orders.errors import PatientDeceased
from telesalud.orders.services import Jurisdiction
from telesalud.platform.errors import Forbidden, Gone, NotFound, Unauthenticated, Unavailable

if TYPE_CHECKING:
    import httpx

    from schemas.patients import Address, Patient, PersonName

TIMEOUT = 8.0
"""Seconds."""


class HttpPeople:
    """`telesalud.orders.services.People` for one caller; without their token nobody is let in."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def label(self, patient: str) -> PatientLabel:
        from schemas.patients import Patient  # noqa: PLC0415  # 40 ms that few requests need

        found = Patient.model_validate_json(self._get(f"/patients/{patient}"))
        if found.deceased_on is not None:
            raise PatientDeceased
        return label_of(found)

    def jurisdiction(self) -> Jurisdiction:
        from schemas.terminology import CountryProfile  # noqa: PLC0415

        found = CountryProfile.model_validate_json(self._get("/patients/country-profile"))
        return Jurisdiction(found.country, found.zone)

    def altitude(self) -> int | None:
        from schemas.measuring import MeasuringRules  # noqa: PLC0415

        return MeasuringRules.model_validate_json(self._get("/patients/measuring-rules")).altitude_m

    def admit(self, patient: str) -> Admission:
        return Admission.model_validate_json(self._get(f"/patients/{patient}/admission"))

    def members(self, patient: str) -> tuple[str, ...]:
        return Members.model_validate_json(self._get(f"/patients/{patient}/members")).members

    def has_encounter(self, patient: str, encounter: str) -> bool:
        try:
            self._get(f"/patients/{patient}/encounters/{encounter}")
        except NotFound:
            return False
        return True

    def _get(self, path: str) -> bytes:
        """The body of an answer, or the refusal that another answer means."""
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the patients service")
        import httpx  # noqa: PLC0415  # 120 ms of import that printing and codes do without

        try:
            answer = self._http().get(
                self._base_url + path,
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
            raise Forbidden(
                "you have no care relation with this patient; in an emergency break the glass",
                right="patients.care_relation",
            )
        if answer.status_code == 410:
            raise Gone("this record was shredded")
        if not answer.is_success:
            raise Unavailable(f"the patients service answered {answer.status_code}")
        return answer.content


def label_of(found: "Patient") -> PatientLabel:
    """Who the patient is on paper: legal names, one document, the record number."""
    document = found.documents[0] if found.documents else None
    return PatientLabel(
        name=_full(found.name)[:200],
        birth_date=found.birth_date,
        record_number=found.record_number,
        document=f"{document.type} {document.number}" if document else None,
        language=found.language,
        birth_date_estimated=found.birth_date_estimated,
        birth_date_precision=found.birth_date_precision,
        sex=found.sex.value,
        social_name=found.name.social_name,
        address=_address(found.address),
        phone=found.phones[0] if found.phones else None,
    )


def _address(given: "Address | None") -> str | None:
    if given is None:
        return None
    parts = (*given.lines, given.district, given.city, given.region, given.postal_code)
    return ", ".join(part for part in parts if part)[:200] or None


def _full(name: "PersonName") -> str:
    parts = (name.given, name.middle, name.family, name.second_family)
    return " ".join(part for part in parts if part)
