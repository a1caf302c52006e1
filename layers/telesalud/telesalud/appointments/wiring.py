"""This context's parts, made from the environment once per process when they are needed."""

from functools import cache
from typing import TYPE_CHECKING

from telesalud.appointments.neighbours.patients_http import HttpPatients, credentials_of
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.kms import KmsWrapper
from telesalud.platform.clock import utc_now
from telesalud.platform.ids import new_id
from telesalud.platform.partners.client import PartnerClient
from telesalud.platform.settings import Settings
from telesalud.platform.tokens import TokenVerifier
from telesalud.platform.vault import Vault
from telesalud.platform.work import Services

if TYPE_CHECKING:
    import httpx

    from telesalud.appointments.neighbours.consults_http import HttpConsults
    from telesalud.appointments.reminders.sending import Sending


class AppointmentsSettings(Settings):
    """Settings of the appointments app."""

    partners_url: str = ""
    """Base URL of the other contexts' APIs; by default the front door's."""
    email_sender: str = ""
    """Address that SES may send from; without one reminders use no e-mail, except that local
    stages record every message instead of sending it."""

    @property
    def api(self) -> str:
        """Where the other contexts are called."""
        return self.partners_url or self.origin + "/api"


@cache
def settings() -> AppointmentsSettings:
    """The environment. Raises SettingsError."""
    return AppointmentsSettings.load()


@cache
def services() -> Services:
    """What every use case takes."""
    own = settings()
    store = DynamoStore(own.table, clients.dynamodb)
    vault = Vault(store, KmsWrapper(own.data_key, clients.kms), own.context)
    return Services(store, vault, utc_now, new_id)


@cache
def verifier() -> TokenVerifier:
    """Access tokens."""
    return TokenVerifier(settings().trusted_issuers)


@cache
def http() -> "httpx.Client":
    """Connections to the other contexts."""
    import httpx  # noqa: PLC0415  # only what talks to other contexts pays for it

    return httpx.Client(follow_redirects=False)


@cache
def partners() -> PartnerClient:
    """Calls to the other contexts."""
    return PartnerClient(settings().api, lambda t: credentials_of(services(), t), http)


@cache
def consults() -> "HttpConsults":
    """The consults service."""
    from telesalud.appointments.neighbours.consults_http import HttpConsults  # noqa: PLC0415  # queue only

    return HttpConsults(partners(), services())


@cache
def patients() -> HttpPatients:
    """The patients service."""
    return HttpPatients(partners())


@cache
def sending() -> "Sending":
    """What sends reminders. SMS and WhatsApp wait for a provider; local stages record them."""
    from schemas.reminders import ReminderChannel  # noqa: PLC0415  # as below
    from telesalud.appointments.reminders.sending import Sending  # noqa: PLC0415  # timers only
    from telesalud.platform.ports.messages import Channel, Recorder, SesEmail  # noqa: PLC0415  # same

    own = settings()
    channels: dict[ReminderChannel, Channel] = {}
    if own.is_local:
        channels = {c: Recorder(services, c.value) for c in ReminderChannel}
    if own.email_sender:
        channels[ReminderChannel.EMAIL] = SesEmail(clients.ses, own.email_sender)
    return Sending(services(), patients(), channels)
