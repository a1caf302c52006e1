"""This context's parts, made from the environment once per process when they are needed.

What only a queue or the timers use is imported with them: an API function starts without it.
"""

from typing import TYPE_CHECKING

from schemas.reminders import ReminderChannel
from telesalud.appointments.neighbours.patients_http import HttpPatients, credentials_of
from telesalud.platform.backend import backend, part
from telesalud.platform.partners.client import PartnerClient
from telesalud.platform.parts import http, services_from, verifier_from
from telesalud.platform.settings import PartnerSettings
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.appointments.neighbours.consults_http import HttpConsults
    from telesalud.appointments.reminders.sending import Sending
    from telesalud.platform.ports.messages import Channel
    from telesalud.platform.tokens import TokenVerifier


class AppointmentsSettings(PartnerSettings):
    """Settings of the appointments app."""

    email_sender: str = ""
    """Address that e-mail comes from; without one reminders use no e-mail, except that local
    stages record every message instead of sending it."""


@part
def settings() -> AppointmentsSettings:
    """The environment. Raises SettingsError."""
    return AppointmentsSettings.load(backend().environment("appointments"))


@part
def services() -> Services:
    """What every use case takes."""
    return services_from(settings())


@part
def verifier() -> "TokenVerifier":
    """Access tokens."""
    return verifier_from(settings())


@part
def partners() -> PartnerClient:
    """Calls to the other contexts."""
    return PartnerClient(settings().api, lambda t: credentials_of(services(), t), http)


@part
def consults() -> "HttpConsults":
    """The consults service."""
    from telesalud.appointments.neighbours.consults_http import HttpConsults  # noqa: PLC0415  # queue only

    return HttpConsults(partners(), services())


@part
def patients() -> HttpPatients:
    """The patients service."""
    return HttpPatients(partners())


@part
def sending() -> "Sending":
    """What sends reminders. SMS and WhatsApp wait for a provider; local stages record them."""
    from telesalud.appointments.reminders.sending import Sending  # noqa: PLC0415  # timers only
    from telesalud.platform.recorder import Recorder  # noqa: PLC0415  # timers only

    own = settings()
    channels: dict[ReminderChannel, Channel] = {}
    if own.is_local:
        channels = {c: Recorder(services, c.value) for c in ReminderChannel}
    if own.email_sender:
        channels[ReminderChannel.EMAIL] = backend().email(own.email_sender)
    return Sending(services(), patients(), channels)
