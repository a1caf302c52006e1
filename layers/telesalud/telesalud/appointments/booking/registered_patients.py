"""What this context knows of patients: that they exist.

The patients context announces registrations; remembering them spares booking a question over the
network. Until an announcement arrives, booking asks the patients service.
"""

from typing import Protocol

from telesalud.appointments.booking import repository
from telesalud.appointments.errors import PatientMerged
from telesalud.platform.store import Check, Item, Update, When
from telesalud.platform.work import Services


class Patients(Protocol):
    """What booking asks of the patients service."""

    def exists(self, tenant: str, patient: str) -> bool:
        """Whether the tenant has this patient. Raises Unavailable."""


def remember(services: Services, tenant: str, patient: str) -> None:
    """Note that a patient was registered; repeating it changes nothing."""
    services.store.transact([Update(repository.patient_key(tenant, patient), {"known": True})])


def check_not_merged(tenant: str, patient: str, item: Item | None) -> Check:
    """The check that keeps it so. Raises PatientMerged; books go to who survived."""
    if item is not None and (survivor := item.attributes.get("merged_into")):
        raise PatientMerged(survivor=str(survivor))
    return Check(repository.patient_key(tenant, patient), When(lacks=("merged_into",)))
