"""The consults service and the patients service over their public HTTP APIs."""

from schemas.consults import Cancel, CreatedConsult, NewConsult, Reschedule
from telesalud.appointments.link import Move
from telesalud.platform import connections
from telesalud.platform.partner_client import Credentials, PartnerClient, Refused
from telesalud.platform.work import Services


class HttpConsults:
    """`telesalud.appointments.link.Consults` over HTTP."""

    def __init__(self, client: PartnerClient, services: Services) -> None:
        self._client = client
        self._services = services

    def create(self, tenant: str, key: str, body: NewConsult) -> CreatedConsult:
        answer = self._client.call(
            tenant, "POST", "/consults", json=body.model_dump_json(), headers=_once(key)
        )
        return CreatedConsult.model_validate_json(answer)

    def reschedule(self, tenant: str, key: str, consult: str, move: Move) -> CreatedConsult:
        body = Reschedule(
            start=move.start, planned_minutes=move.minutes, external_sequence=move.sequence
        )
        path = f"/consults/{consult}/reschedule"
        answer = self._client.call(
            tenant, "POST", path, json=body.model_dump_json(), headers=_once(key)
        )
        return CreatedConsult.model_validate_json(answer)

    def cancel(self, tenant: str, key: str, consult: str, sequence: int) -> None:
        body = Cancel(external_sequence=sequence)
        path = f"/consults/{consult}/cancel"
        self._client.call(tenant, "POST", path, json=body.model_dump_json(), headers=_once(key))

    def target(self, tenant: str) -> str | None:
        return connections.credentials(self._services, tenant).notification_target


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


def _once(key: str) -> dict[str, str]:
    return {"idempotency-key": key}
