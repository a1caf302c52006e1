"""Messages that are recorded instead of sent."""

from collections.abc import Callable

from pydantic import BaseModel

from telesalud.platform.clock import to_text
from telesalud.platform.ports.messages import Message
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services


class RecordedMessage(BaseModel):
    """A message that the recorder kept."""

    channel: str
    to: str
    subject: str
    text: str


class Recorder:
    """Keeps messages, sealed, instead of sending them: for local stages and tests.

    MESSAGES#<t> / <time>#<id>
    """

    def __init__(self, services: Callable[[], Services], channel: str) -> None:
        self._services = services
        self._channel = channel

    def send(self, tenant: str, message: Message) -> None:
        services = self._services()
        key = Key(f"MESSAGES#{tenant}", f"{to_text(services.clock())}#{message.id}")
        kept = RecordedMessage(
            channel=self._channel, to=message.to, subject=message.subject, text=message.text
        )
        services.store.transact(
            [Put(key, {ATTRIBUTE: seal_model(services.vault, Scope(tenant), key, kept)})]
        )


def recorded(services: Services, tenant: str) -> list[RecordedMessage]:
    """The tenant's recorded messages, oldest first (at most 1000)."""
    page = services.store.query(f"MESSAGES#{tenant}", limit=1000)
    scope = Scope(tenant)
    return [open_model(services.vault, scope, item, RecordedMessage) for item in page.items]
