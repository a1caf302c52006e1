"""Every use case of admissions and coverages, as somebody calls it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from schemas.admissions import (
    AdmissionBody,
    AdmittedQuery,
    Condition,
    DischargeBody,
    Disposition,
    NewAdmission,
    Place,
    PlaceKind,
)
from schemas.billing import PayerContract
from schemas.coverage import CoverageBody
from telesalud.patients.admissions import admitting, discharging, reading
from telesalud.patients.coverage import keeping
from telesalud.platform.access import Role
from telesalud.platform.work import Call
from tests.worlds.patients.ward import DOCTOR, Ward, person

CLERK: Final = person("01900000-0000-7000-d000-00000000000a", Role.ADMISSIONS)
SOME: Final = "01900000-0000-7000-8000-000000000001"
WHERE: Final = {
    "place": Place(kind=PlaceKind.CHAIR, ward="Hospital de día", name="Sillón 1"),
    "responsible": DOCTOR,
    "diagnosis": "Neumonía",
}
LEAVING: Final = DischargeBody(
    condition=Condition.IMPROVED,
    disposition=Disposition.HOME,
    summary="Evolución favorable, alta con indicaciones.",
)
COVERED: Final = CoverageBody(contract=SOME, valid_from=date(2026, 1, 1))


class _Neighbours:
    """A pharmacy where nothing is left to account for, and a billing without contracts."""

    def close(self, admission: str) -> None:
        """Nothing is left."""

    def contract(self, which: str) -> PayerContract | None:  # whichever it is
        return None


def _admitted(ward: Ward) -> str:
    """The admission of the ward's patient, who is admitted when they are not."""
    there = reading.of_patient(ward.services, ward.by(CLERK), ward.patient).items
    if there:
        return there[0].id
    new = NewAdmission.model_validate(WHERE, strict=False)
    return admitting.admit(ward.services, ward.by(CLERK), ward.patient, new).id


ACTS: Final[Mapping[str, Callable[[Ward, Call], object]]] = {
    "admissions.admitting.admit": lambda w, by: admitting.admit(
        w.services, by, w.patient, NewAdmission.model_validate(WHERE, strict=False)
    ),
    "admissions.admitting.change": lambda w, by: admitting.change(
        w.services, by, _admitted(w), AdmissionBody.model_validate(WHERE, strict=False), 1
    ),
    "admissions.admitting.cancel": lambda w, by: admitting.cancel(
        w.services, _Neighbours(), by, admitting.Where(_admitted(w), 1), "Otra persona"
    ),
    "admissions.admitting.going_on": lambda w, by: admitting.going_on(
        w.services, by, _admitted(w), 1, "cancelled"
    ),
    "admissions.discharging.discharge": lambda w, by: discharging.discharge(
        w.services, _Neighbours(), by, admitting.Where(_admitted(w), 1), LEAVING
    ),
    "admissions.reading.read": lambda w, by: reading.read(w.services, by, _admitted(w)),
    "admissions.reading.of_patient": lambda w, by: reading.of_patient(w.services, by, w.patient),
    "admissions.reading.here": lambda w, by: reading.here(w.services, by, AdmittedQuery()),
    "coverage.keeping.listed": lambda w, by: keeping.listed(w.services, by, w.patient),
    "coverage.keeping.add": lambda w, by: keeping.add(
        w.services, _Neighbours(), by, w.patient, COVERED
    ),
    "coverage.keeping.change": lambda w, by: keeping.change(
        w.services, _Neighbours(), by, keeping.Where(w.patient, SOME, 1), COVERED
    ),
}
