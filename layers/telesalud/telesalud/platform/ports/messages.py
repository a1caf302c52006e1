"""Messages to people outside: one port, e-mail by SES, and a recorder that sends nothing.

A message that has left cannot be called back and must not leave twice, so an adapter says exactly
what it knows: it was taken, it was refused for good, nothing has left, or nobody can tell.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel

from telesalud.platform.clock import to_text
from telesalud.platform.errors import Unavailable
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services


class Message(NamedTuple):
    """A text to one address (an e-mail address, or a telephone number in E.164)."""

    id: str
    to: str
    subject: str
    text: str


class Undeliverable(Exception):
    """The channel refuses this message for good; the argument is a code, never an address."""


class Unconfirmed(Exception):
    """The channel did not answer: the message may have left or not."""


class Channel(Protocol):
    """A way to reach somebody. SMS and WhatsApp providers implement this."""

    def send(self, tenant: str, message: Message) -> None:
        """Hand it over, once. Raises Undeliverable, Unconfirmed, Unavailable (nothing has left)."""


_REFUSED = frozenset(
    {"MessageRejected", "MailFromDomainNotVerifiedException", "BadRequestException"}
)


class SesEmail:
    """E-mail through Amazon SES (API v2)."""

    def __init__(self, client: Callable[[], Any], sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, tenant: str, message: Message) -> None:
        from botocore.exceptions import (  # noqa: PLC0415  # only who sends pays for it
            ClientError,
            ConnectionClosedError,
            ConnectTimeoutError,
            EndpointConnectionError,
            HTTPClientError,
        )

        content = {
            "Subject": {"Data": message.subject, "Charset": "UTF-8"},
            "Body": {"Text": {"Data": message.text, "Charset": "UTF-8"}},
        }
        try:
            self._client().send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [message.to]},
                Content={"Simple": content},
                EmailTags=[
                    {"Name": "tenant", "Value": tenant},
                    {"Name": "message", "Value": message.id},
                ],
            )
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            if code in _REFUSED:
                raise Undeliverable(code) from error
            raise Unavailable("the mail service did not take the message") from error
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            raise Unavailable("the mail service cannot be reached") from error
        except (ConnectionClosedError, HTTPClientError) as error:
            raise Unconfirmed from error


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
