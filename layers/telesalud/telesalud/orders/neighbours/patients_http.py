"""The patients service over HTTP, asked in the caller's own name."""

from typing import TYPE_CHECKING

from schemas.care import Admission, Members
from schemas.prescriptions import PatientLabel
from telesalud.orders.errors import PatientDeceased
from telesalud.orders.services import Jurisdiction
from telesalud.platform.errors import DomainError, Forbidden, NotFound
from telesalud.platform.partners.in_their_name import InTheirName, Problem

if TYPE_CHECKING:
    from schemas.patients import Address, Patient, PersonName


class HttpPeople(InTheirName):
    """`telesalud.orders.services.People` for one caller; without their token nobody is let in."""

    def label(self, patient: str) -> PatientLabel:
        from schemas.patients import Patient  # noqa: PLC0415  # 40 ms that few requests need

        found = Patient.model_validate_json(self.ask("GET", f"/patients/{patient}"))
        if found.deceased_on is not None:
            raise PatientDeceased
        return label_of(found)

    def jurisdiction(self) -> Jurisdiction:
        from schemas.terminology import CountryProfile  # noqa: PLC0415

        found = CountryProfile.model_validate_json(self.ask("GET", "/patients/country-profile"))
        return Jurisdiction(found.country, found.zone)

    def altitude(self) -> int | None:
        from schemas.measuring import MeasuringRules  # noqa: PLC0415

        return MeasuringRules.model_validate_json(
            self.ask("GET", "/patients/measuring-rules")
        ).altitude_m

    def admit(self, patient: str) -> Admission:
        return Admission.model_validate_json(self.ask("GET", f"/patients/{patient}/admission"))

    def members(self, patient: str) -> tuple[str, ...]:
        return Members.model_validate_json(self.ask("GET", f"/patients/{patient}/members")).members

    def has_encounter(self, patient: str, encounter: str) -> bool:
        try:
            self.ask("GET", f"/patients/{patient}/encounters/{encounter}")
        except NotFound:
            return False
        return True

    def refusal(self, status: int, problem: Problem) -> DomainError | None:  # noqa: ARG002  # the status says it
        kinds = {
            403: Forbidden(
                "you have no care relation with this patient; in an emergency break the glass",
                right="patients.care_relation",
            ),
            404: NotFound("there is no such patient"),
        }
        return kinds.get(status)


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
