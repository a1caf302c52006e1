"""Patients and their coverage over its public API, with the token of whoever asked billing."""

from schemas.coverage import Coverage, CoverageList
from schemas.patients import Patient
from telesalud.platform.partners.in_their_name import InTheirName


class HttpNeighbours(InTheirName):
    """`telesalud.billing.services.Neighbours` for one caller."""

    def patient(self, which: str) -> Patient:
        return Patient.model_validate_json(self.ask("GET", f"/patients/{which}"))

    def coverages(self, which: str) -> tuple[Coverage, ...]:
        found = CoverageList.model_validate_json(self.ask("GET", f"/patients/{which}/coverages"))
        return found.items
