"""Orders and patients over HTTP, asked in the caller's own name."""

from urllib.parse import quote

from schemas.admissions import AdmittedPatient
from schemas.formulary import FormularyItem, FormularyPage
from schemas.patients import Patient
from schemas.prescriptions import Checks, Prescription
from telesalud.platform.errors import Conflict, Invalid, NotFound
from telesalud.platform.partners.in_their_name import InTheirName


class HttpNeighbours(InTheirName):
    """`telesalud.pharmacy.services.Neighbours` for one caller."""

    def prescription(self, which: str) -> Prescription:
        return Prescription.model_validate_json(self.ask("GET", f"/orders/prescriptions/{which}"))

    def checks(self, which: str, language: str | None) -> Checks:
        asked = f"?language={language}" if language else ""
        return Checks.model_validate_json(
            self.ask("GET", f"/orders/prescriptions/{which}/checks{asked}")
        )

    def patient(self, which: str) -> Patient:
        return Patient.model_validate_json(self.ask("GET", f"/patients/{which}"))

    def admitted(self, which: str) -> AdmittedPatient:
        return AdmittedPatient.model_validate_json(self.ask("GET", f"/patients/admissions/{which}"))

    def require_care(self, patient: str) -> None:
        self.ask("GET", f"/patients/{patient}/admission")

    def product(self, code: str) -> FormularyItem | None:
        cursor = ""
        while True:
            asked = f"/orders/formulary?limit=200&q={quote(code, safe='')}{cursor}"
            try:
                found = FormularyPage.model_validate_json(self.ask("GET", asked))
            except (Conflict, Invalid, NotFound):
                return None  # no formulary yet, or nothing that can be looked for
            exact = next((item for item in found.items if item.code == code), None)
            if exact is not None or found.cursor is None:
                return exact
            cursor = f"&cursor={quote(found.cursor, safe='')}"
