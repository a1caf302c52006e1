"""Telling people that somebody with signs of danger waits, until one of them takes the request.

The message stays in its queue: it comes back every few minutes, and each time whoever the channel
names is told again. The texts say where to look, never what was said.
"""

from typing import Final

from schemas.triage import TriageState
from telesalud.interop.stored import StoredTriage
from telesalud.interop.triage import channels, requests
from telesalud.platform.errors import Gone, NotFound, Unavailable
from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger
from telesalud.platform.ports.messages import Channel, Message, Unconfirmed, Undeliverable
from telesalud.platform.work import Services

FLAGGED: Final = "interop.triage_flagged"
_TEXTS: Final = {
    "es": (
        "Solicitud con signos de alarma en espera",
        "Una solicitud con signos de alarma espera a que alguien la tome.\n\n{link}",
    ),
    "pt": (
        "Pedido com sinais de alerta em espera",
        "Um pedido com sinais de alerta espera que alguém o assuma.\n\n{link}",
    ),
    "en": (
        "A request with signs of danger waits",
        "A request with signs of danger waits for somebody to take it.\n\n{link}",
    ),
}


class StillWaiting(Exception):
    """Nobody took the request yet; the message comes again."""


def tell(services: Services, mail: Channel | None, origin: str, event: Event) -> None:
    """Tell whoever the channel names, if the request still waits. Raises StillWaiting then, so
    that the queue hands the message over again; Unavailable when mail is down."""
    try:
        request, _ = requests.load(services, event.tenant, event.subject)
        channel, _ = channels.load(services, event.tenant, request.channel)
    except (NotFound, Gone):
        return
    if request.state is not TriageState.RECEIVED:
        return
    subject, text = _TEXTS.get(channel.language, _TEXTS["es"])
    body = text.format(link=f"{origin}/#/triage/{request.id}")
    reached = [
        _reach(mail, event.tenant, Message(f"{event.id}-{number}", address, subject, body))
        for number, address in enumerate(channel.alerts)
    ]
    if not any(reached):
        get_logger().error(
            "nobody can be told of a request with signs of danger",
            tenant=event.tenant,
            event_id=event.id,
        )
    raise StillWaiting(_waited(request))


def _reach(mail: Channel | None, tenant: str, message: Message) -> bool:
    if mail is None:
        return False
    try:
        mail.send(tenant, message)
    except Unconfirmed:
        return True
    except (Undeliverable, Unavailable):
        return False
    return True


def _waited(request: StoredTriage) -> str:
    return f"request {request.id} waits since {request.received_at:%H:%M}"
