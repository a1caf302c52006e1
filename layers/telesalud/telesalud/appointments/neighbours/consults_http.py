"""The consults service over its public HTTP API."""

from schemas.consults import Cancel, CreatedConsult, Reschedule
from telesalud.appointments.neighbours.consults import Move
from telesalud.platform.partners import connections
from telesalud.platform.partners.client import PartnerClient
from telesalud.platform.work import Services


class HttpConsults:
    """`Consults` over HTTP."""

    def __init__(self, client: PartnerClient, services: Services) -> None:
        self._client = client
        self._services = services

    def create(self, tenant: str, key: str, body: str) -> CreatedConsult:
        answer = self._client.call(tenant, "POST", "/consults", json=body, headers=_once(key))
        return CreatedConsult.model_validate_json(answer, extra="ignore")

    def reschedule(self, tenant: str, key: str, consult: str, move: Move) -> CreatedConsult:
        body = Reschedule(
            start=move.start, planned_minutes=move.minutes, external_sequence=move.sequence
        )
        path = f"/consults/{consult}/reschedule"
        answer = self._client.call(
            tenant, "POST", path, json=body.model_dump_json(), headers=_once(key)
        )
        return CreatedConsult.model_validate_json(answer, extra="ignore")

    def cancel(self, tenant: str, key: str, consult: str, sequence: int) -> None:
        body = Cancel(external_sequence=sequence)
        path = f"/consults/{consult}/cancel"
        self._client.call(tenant, "POST", path, json=body.model_dump_json(), headers=_once(key))

    def target(self, tenant: str) -> str | None:
        return connections.credentials(self._services, tenant).notification_target


def _once(key: str) -> dict[str, str]:
    return {"idempotency-key": key}
