"""E-mail through Amazon SES (API v2)."""

from collections.abc import Callable
from typing import Any

from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.messages import Message, Unconfirmed, Undeliverable

_REFUSED = frozenset(
    {"MessageRejected", "MailFromDomainNotVerifiedException", "BadRequestException"}
)


class SesEmail:
    """A `Channel` that sends from the address `sender`."""

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
