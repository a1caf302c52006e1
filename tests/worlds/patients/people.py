"""Synthetic people for the tests of this context."""

from datetime import date
from typing import Any

from schemas.patients import IdentityDocument, NewPatient, Patient, PatientBody, PersonName, Sex
from telesalud.patients.people import registration
from telesalud.platform.access import Caller, Role
from telesalud.platform.work import Services
from tests.worlds.world import TENANT, World, call, user


def desk(tenant: str = TENANT) -> Caller:
    """Somebody who registers people and reads records."""
    return user(Role.PHYSICIAN, Role.FRONT_DESK, tenant=tenant)


def dni(number: int) -> IdentityDocument:
    """A Peruvian DNI without its check character."""
    return IdentityDocument(country="AR", type="DNI", number=f"{10_000_000 + number}")


def person(**changes: Any) -> NewPatient:
    """A registration, valid unless the changes say otherwise."""
    name = {"given": "Paciente", "family": "Demostración", "second_family": "Uno"}
    name |= changes.pop("name", {})
    fields: dict[str, Any] = {
        "name": PersonName.model_validate(name),
        "birth_date": date(1980, 3, 25),
        "sex": Sex.FEMALE,
    }
    return NewPatient.model_validate(fields | changes)


def body_of(patient: Patient, **changes: Any) -> PatientBody:
    """The patient's demographics with changes, as a client would send them back."""
    fields = {name: getattr(patient, name) for name in PatientBody.model_fields}
    return PatientBody.model_validate(fields | changes)


def register(
    world: World,
    *,
    key: str = "",
    services: Services | None = None,
    subject: str = "",
    **changes: Any,
) -> Patient:
    """Register by the desk, or by a physician with this id."""
    by = call(user(Role.PHYSICIAN, subject=subject) if subject else desk(), key=key)
    return registration.register(services or world.services, by, person(**changes))
