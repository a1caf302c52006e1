"""The patients service over its public HTTP API, and the credentials for calling others."""

from typing import TYPE_CHECKING

from schemas.reminders import ReminderChannel
from telesalud.appointments.neighbours.patients import Contact, Registered
from telesalud.platform.partners import connections
from telesalud.platform.partners.client import Credentials, PartnerClient, Refused
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from schemas.patients import Patient


class HttpPatients:
    """`Patients` and `Contacts` over HTTP."""

    def __init__(self, client: PartnerClient) -> None:
        self._client = client

    def person(self, tenant: str, patient: str) -> Registered | None:
        from schemas.patients import Patient  # noqa: PLC0415  # few requests ask

        try:
            answer = self._client.call(tenant, "GET", f"/patients/{patient}")
        except Refused as refusal:
            if refusal.http_status in (404, 410):
                return None
            raise
        found = Patient.model_validate_json(answer, extra="ignore")
        name = found.name
        shown = (name.social_name or name.given, name.middle, name.family, name.second_family)
        said = " ".join(part for part in shown if part)
        return Registered(said[:200], found.deceased_on is not None)

    def contact(self, tenant: str, patient: str) -> Contact | None:
        from schemas.patients import Patient  # noqa: PLC0415  # only reminders need it

        try:
            answer = self._client.call(tenant, "GET", f"/patients/{patient}")
        except Refused as refusal:
            if refusal.http_status in (403, 404, 410):
                return None
            raise
        return contact_of(Patient.model_validate_json(answer, extra="ignore"))


def contact_of(found: "Patient") -> Contact | None:
    """How the patient may be reached by their own permissions; None when they have died."""
    if found.deceased_on is not None:
        return None
    phone = _e164(found.phones[0]) if found.phones else None
    reached = {
        ReminderChannel.EMAIL: found.email,
        ReminderChannel.SMS: phone,
        ReminderChannel.WHATSAPP: phone,
    }
    permitted = {channel.value for channel in found.contact_permissions}
    chosen = found.preferred_channel.value if found.preferred_channel else None
    return Contact(
        addresses={c: to for c, to in reached.items() if to and c.value in permitted},
        preferred=next((c for c in ReminderChannel if c.value == chosen), None),
        language=found.language,
    )


def _e164(phone: str) -> str | None:
    """The number as providers take it; None for one without its country's prefix."""
    digits = "".join(c for c in phone if c.isdigit())
    return f"+{digits}" if phone.startswith("+") and 8 <= len(digits) <= 15 else None


def credentials_of(services: Services, tenant: str) -> Credentials:
    """The tenant's client credentials. Raises Unavailable while there are none."""
    body = connections.credentials(services, tenant)
    return Credentials(body.client_id, body.client_secret)
