"""Reading the record over FHIR: by id, by patient, and people by what names them.

A token that lacks the right to a part of the record is not asked about it: over FHIR such a client
sees what it may, as with SMART's scopes. What the record itself refuses is refused here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from schemas import chart_lists as lists
from schemas import orders as o
from schemas import prescriptions as p
from schemas.agendas import PractitionerList, SiteList
from schemas.appointments import Appointment, AppointmentList
from schemas.care import Admission
from schemas.documents import DocumentList
from schemas.encounters import Encounter
from schemas.patients import EncounterList, Patient, PatientList
from schemas.vitals import VitalsList
from telesalud.interop.fhir.exact import Object
from telesalud.interop.record import entries, measured, ordered, people, visits
from telesalud.interop.record.clinic import Clinic, pages
from telesalud.interop.record.naming import is_uuid, unpacked
from telesalud.platform.errors import Gone, NotFound

_READ, _RECORD = "patients.read", "patients.read_record"
_ORDERS, _PRESCRIPTIONS = "orders.read_orders", "orders.read_prescriptions"
_CHART, _AGENDA = "orders.read_chart", "appointments.read"
NEEDS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "Patient": (frozenset({_READ}),),
    "AllergyIntolerance": (frozenset({_RECORD}),),
    "Condition": (frozenset({_RECORD}),),
    "MedicationStatement": (frozenset({_RECORD}),),
    "Immunization": (frozenset({_RECORD}),),
    "Procedure": (frozenset({_RECORD}),),
    "Encounter": (frozenset({_RECORD}),),
    "DocumentReference": (frozenset({_RECORD}),),
    "Observation": (frozenset({_RECORD}), frozenset({_CHART, _ORDERS})),
    "ServiceRequest": (frozenset({_CHART, _ORDERS}),),
    "DiagnosticReport": (frozenset({_CHART, _ORDERS}),),
    "MedicationRequest": (frozenset({_CHART, _PRESCRIPTIONS}),),
    "Appointment": (frozenset({_AGENDA}),),
    "Practitioner": (frozenset({_AGENDA}),),
    "Location": (frozenset({_AGENDA}),),
}
"""Types that the record knows, and the product's scopes with which a token reaches each source."""
_AROUND: Final = timedelta(days=365)
"""How far back, and how far ahead, a patient's appointments are told."""


class Record:
    """What the record knows, for one caller."""

    def __init__(self, clinic: Clinic, scopes: Iterable[str], now: datetime) -> None:
        self._clinic = clinic
        self._scopes = frozenset(scopes)
        self._now = now
        self._held: dict[tuple[str, str], list[Object]] = {}

    def read(self, type_: str, id_: str) -> Object | None:
        """A resource; None when the record has none, or the token does not reach it."""
        if not self._reaches(type_):
            return None
        try:
            return self._read(type_, id_)
        except NotFound:
            return None

    def of_patient(self, type_: str, patient: str) -> list[Object]:
        """What belongs to a patient; empty when the record knows none of that id."""
        if not is_uuid(patient) or not self._reaches(type_):
            return []
        if (type_, patient) not in self._held:
            try:
                self._held[type_, patient] = list(self._listed(type_, patient))
            except NotFound:
                self._held[type_, patient] = []
        return self._held[type_, patient]

    def register(self, type_: str) -> list[Object]:
        """Everybody or every place that the institution has registered."""
        if not self._reaches(type_):
            return []
        if type_ == "Practitioner":
            found = pages(self._clinic, "/appointments/practitioners", PractitionerList)
            return [visits.practitioner(each) for each in found]
        if type_ == "Location":
            found = pages(self._clinic, "/appointments/sites", SiteList)
            return [visits.location(each) for each in found]
        return []

    def identified(self, system: str, value: str) -> list[Object]:
        """Patients with an identifier: a document under its system, or a record number."""
        country, _, kind = system.removeprefix(people.DOCUMENTS).partition(":")
        if system.startswith(people.DOCUMENTS) and kind:
            return self._people(document_country=country, document_type=kind, document_number=value)
        if system == people.RECORD_NUMBER:
            return self._people(record_number=value)
        return []

    def named(self, name: str, birth_date: str = "") -> list[Object]:
        """Patients whose names begin so; with a whole birth date, those born then."""
        asked = {"name": name} if name else {}
        return self._people(**asked, **({"birth_date": birth_date} if birth_date else {}))

    def members(self, patient: str) -> tuple[str, ...]:
        """Ids under which things of a patient may be kept, for whom the caller is let in.

        Raises NotFound, Forbidden, Gone.
        """
        text = self._clinic.get(f"/patients/{quote(patient, safe='')}/admission")
        return tuple(Admission.model_validate_json(text).members)

    def _reaches(self, type_: str) -> bool:
        return any(needed <= self._scopes for needed in NEEDS.get(type_, ()))

    def _may(self, *needed: str) -> bool:
        return frozenset(needed) <= self._scopes

    def _people(self, **query: str) -> list[Object]:
        if not self._reaches("Patient"):
            return []
        text = self._clinic.get(f"/patients?{urlencode({**query, 'limit': '50'})}")
        found = PatientList.model_validate_json(text).items
        return [self._patient(each.id) for each in found]

    def _patient(self, id_: str) -> Object:
        return people.patient(Patient.model_validate_json(self._clinic.get(f"/patients/{id_}")))

    def _read(self, type_: str, id_: str) -> Object | None:
        if type_ in ("Practitioner", "Location"):
            return next((one for one in self.register(type_) if one["id"] == id_), None)
        entry = unpacked(id_)
        if entry is not None:
            of = self.of_patient(type_, entry.patient)
            return next((one for one in of if one["id"] == id_), None)
        own, _, part = id_.partition(".")
        if not is_uuid(own) or (part and type_ not in ("Observation", "MedicationRequest")):
            return None
        found = self._by_own_id(type_, own)
        return next((one for one in found if one["id"] == id_), None)

    def _by_own_id(self, type_: str, id_: str) -> Iterator[Object]:
        get = self._clinic.get
        if type_ == "Patient":
            yield self._patient(id_)
        elif type_ == "Encounter":
            found = Encounter.model_validate_json(get(f"/patients/encounters/{id_}"))
            yield visits.encounter(found)
        elif type_ == "Appointment":
            yield visits.appointment(Appointment.model_validate_json(get(f"/appointments/{id_}")))
        elif type_ == "MedicationRequest":
            text = get(f"/orders/prescriptions/{id_}")
            yield from ordered.medication_requests(p.Prescription.model_validate_json(text))
        elif type_ in _OF_ORDERS and self._may(_ORDERS):
            order = o.Order.model_validate_json(get(f"/orders/requests/{id_}"))
            yield from _of_order(type_, order)

    def _listed(self, type_: str, patient: str) -> Iterator[Object]:
        if type_ == "Patient":
            yield self._patient(patient)
        elif type_ in _ENTRIES:
            path, model, mapped = _ENTRIES[type_]
            found = pages(self._clinic, f"/patients/{patient}/{path}", model)
            yield from (made for made in map(mapped, found) if made is not None)
        elif type_ == "Appointment":
            yield from self._appointments(patient)
        elif type_ == "MedicationRequest":
            yield from self._prescribed(patient)
        elif type_ in _OF_ORDERS:
            yield from self._measured_and_ordered(type_, patient)

    def _prescribed(self, patient: str) -> Iterator[Object]:
        for entry in self._ordered(patient, o.EntryKind.PRESCRIPTION):
            text = self._clinic.get(f"/orders/prescriptions/{entry.id}")
            yield from ordered.medication_requests(p.Prescription.model_validate_json(text))

    def _measured_and_ordered(self, type_: str, patient: str) -> Iterator[Object]:
        if type_ == "Observation" and self._may(_RECORD):
            for each in pages(self._clinic, f"/patients/{patient}/vitals", VitalsList):
                yield from measured.observations(each)
        if self._may(_CHART, _ORDERS):
            for entry in self._ordered(patient, o.EntryKind.ORDER):
                text = self._clinic.get(f"/orders/requests/{entry.id}")
                yield from _of_order(type_, o.Order.model_validate_json(text))

    def _ordered(self, patient: str, kind: o.EntryKind) -> Iterator[o.Entry]:
        """What was ordered for a patient; of a record that orders has shredded, nothing."""
        try:
            found = pages(self._clinic, f"/orders/patients/{patient}", o.EntryList)
            yield from (each for each in found if each.kind is kind)
        except Gone:
            return

    def _appointments(self, patient: str) -> Iterator[Object]:
        for since in (self._now - _AROUND, self._now):
            asked = {"since": since.isoformat(), "until": (since + _AROUND).isoformat()}
            path = "/appointments/agenda"
            for one in pages(self._clinic, path, AppointmentList, patient=patient, **asked):
                # one that goes on now is on both pages: it belongs to the time of its start
                if since <= one.start < since + _AROUND:
                    yield visits.appointment(one)


_OF_ORDERS: Final = ("ServiceRequest", "DiagnosticReport", "Observation")
_ENTRIES: Final[Mapping[str, tuple[str, type, Callable[..., Object | None]]]] = {
    "AllergyIntolerance": ("allergies", lists.AllergyList, entries.allergy),
    "Condition": ("problems", lists.ProblemList, entries.condition),
    "MedicationStatement": (
        "medications",
        lists.MedicationList,
        entries.medication_statement,
    ),
    "Immunization": ("immunizations", lists.ImmunizationList, entries.immunization),
    "Procedure": ("procedures", lists.ProcedureList, entries.procedure),
    "Encounter": ("encounters", EncounterList, visits.encounter),
    "DocumentReference": ("documents", DocumentList, visits.document),
}


def _of_order(type_: str, order: o.Order) -> Iterator[Object]:
    if type_ == "ServiceRequest":
        yield ordered.service_request(order)
    else:
        yield from (each for each in ordered.results(order) if each["resourceType"] == type_)
