"""The patients service over its public HTTP API, and the credentials for calling others."""

from telesalud.platform import connections
from telesalud.platform.partner_client import Credentials, PartnerClient, Refused
from telesalud.platform.work import Services


class HttpPatients:
    """`telesalud.appointments.patients.Patients` over HTTP."""

    def __init__(self, client: PartnerClient) -> None:
        self._client = client

    def exists(self, tenant: str, patient: str) -> bool:
        try:
            self._client.call(tenant, "GET", f"/patients/{patient}")
        except Refused as refusal:
            if refusal.http_status == 404:
                return False
            raise
        return True


def credentials_of(services: Services, tenant: str) -> Credentials:
    """The tenant's client credentials. Raises Unavailable while there are none."""
    body = connections.credentials(services, tenant)
    return Credentials(body.client_id, body.client_secret)
