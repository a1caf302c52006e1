"""Patients by their ids, for lists that name them."""

from collections.abc import Sequence

from telesalud.patients.people import repository
from telesalud.patients.people.repository import Found
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.work import Services


def people(services: Services, tenant: str, patients: Sequence[str]) -> dict[str, Found]:
    """The patients of these ids, or those they were merged into: one round trip for most."""
    found: dict[str, Found] = {}
    wanted = list(dict.fromkeys(patients))
    for patient, item in repository.fetch(services, tenant, wanted).items():
        if "merged_into" not in item.attributes:
            found[patient] = repository.found_of(services.vault, tenant, item)
            continue
        try:
            found[patient] = repository.load(services, tenant, patient)
        except (NotFound, Gone):
            continue  # merged into somebody who is no more
    return found


def shown(person: Found | None) -> str:
    """A patient's name as their chart shows it, the social name first; empty when erased."""
    return "" if person is None else repository.summary_of(person).display_name


def called(person: Found | None) -> str:
    """A patient's name as it is written on lists; empty when they were erased."""
    if person is None:
        return ""
    name = person.stored.body.name
    parts = (name.family, name.second_family, name.given, name.middle)
    return " ".join(part for part in parts if part)
