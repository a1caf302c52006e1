"""Reports over records, and what is under surveillance."""

from typing import TYPE_CHECKING

from schemas import surveillance as s
from schemas.reports import NewPatientsReport
from telesalud.patients import wiring
from telesalud.platform.errors import Invalid, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request
from telesalud.platform.reports import routes

if TYPE_CHECKING:
    from telesalud.platform.reports.model import Reports


def register(edge: Edge) -> None:
    """Register the operations below `/patients/reports` and of `/patients/surveillance`."""
    routes.register(edge, "patients", NewPatientsReport, _reports)

    @edge.operation(
        "GET",
        "/patients/surveillance",
        summary="Which diagnoses the institution must tell the health authority of",
        answer=s.Surveillance,
    )
    def read_surveillance(request: Request) -> Answer:
        from telesalud.patients.surveillance import rules  # noqa: PLC0415  # these routes only

        found = rules.read(wiring.services(), request.call)
        return Answer(found, found.version)

    @edge.operation(
        "PUT",
        "/patients/surveillance",
        summary='Change what differs from the country\'s list; If-Match "0" the first time',
        body=s.SurveillanceBody,
        answer=s.Surveillance,
        versioned=True,
        errors=(Invalid, StaleVersion),
    )
    def put_surveillance(request: Request) -> Answer:
        from telesalud.patients.surveillance import rules  # noqa: PLC0415  # these routes only

        changed = rules.put(wiring.services(), request.call, request.body, request.if_match)
        return Answer(changed, changed.version)


def _reports() -> "Reports":
    from telesalud.patients.reports import reports  # noqa: PLC0415  # these routes only

    return reports()
