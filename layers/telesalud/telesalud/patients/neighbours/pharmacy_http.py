"""Wards of the pharmacy over its public API, with the token of whoever discharges."""

from telesalud.patients.errors import NotSettled
from telesalud.platform.errors import DomainError
from telesalud.platform.partners.in_their_name import InTheirName, Problem


class HttpWards(InTheirName):
    """`telesalud.patients.admissions.neighbours.Wards` for one caller."""

    def close(self, admission: str) -> None:
        self.ask("POST", f"/pharmacy/wards/{admission}/close")

    def refusal(self, status: int, problem: Problem) -> DomainError | None:  # noqa: ARG002  # its type says it
        if str(problem.get("type", "")).endswith(":ward-not-settled"):
            return NotSettled(problem.get("items", []), problem.get("left", []))
        return None
