"""Teleconsultations over the consults service's public HTTP API."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas.consents import ConsentRecords
from schemas.consult_content import Export, ExportedFile
from telesalud.platform.errors import DomainError, Forbidden, NotFound, Unavailable
from telesalud.platform.partners import connections
from telesalud.platform.partners.client import Credentials, PartnerClient
from telesalud.platform.partners.in_their_name import InTheirName, Problem
from telesalud.platform.work import Services

if TYPE_CHECKING:
    import httpx

_FILE_TIMEOUT = 60.0
"""Seconds for a file of 32 MB."""


class HttpTeleconsultations:
    """`telesalud.patients.teleconsultations.importing.Teleconsultations` over HTTP."""

    def __init__(self, client: PartnerClient, http: "Callable[[], httpx.Client]") -> None:
        self._client = client
        self._http = http

    def export(self, tenant: str, consult: str) -> Export:
        answer = self._client.call(tenant, "GET", f"/consults/{consult}/export")
        return Export.model_validate_json(answer)

    def consents(self, tenant: str, consult: str) -> ConsentRecords:
        answer = self._client.call(tenant, "GET", f"/consults/{consult}/consents")
        return ConsentRecords.model_validate_json(answer)

    def content(self, file: ExportedFile) -> bytes:
        import httpx  # noqa: PLC0415  # only the import of teleconsultations pays for it

        body = bytearray()
        try:
            with self._http().stream("GET", file.url, timeout=_FILE_TIMEOUT) as answer:
                if not answer.is_success:
                    raise Unavailable(f"a file's link answered {answer.status_code}")
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > file.size:
                        break
        except httpx.HTTPError as error:
            raise Unavailable("a file's link did not answer") from error
        return bytes(body)


class HttpConsults(InTheirName):
    """`telesalud.patients.teleconsultations.reserving.Consults` for one caller, in their name."""

    def patient_of(self, consult: str) -> str:
        return str(json.loads(self.ask("GET", f"/consults/{consult}"))["patient"]["id"])

    def refusal(self, status: int, problem: Problem) -> DomainError | None:  # noqa: ARG002  # the status says it
        kinds = {
            403: Forbidden("this teleconsultation is somebody else's", right="consults.attend"),
            404: NotFound("there is no such teleconsultation"),
        }
        return kinds.get(status)


def credentials_of(services: Services, tenant: str) -> Credentials:
    """The tenant's client credentials. Raises Unavailable while there are none."""
    body = connections.credentials(services, tenant)
    return Credentials(body.client_id, body.client_secret)
