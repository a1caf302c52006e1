"""What this context's functions need from their environment."""

from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from telesalud.platform.settings import Settings


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""Several values with blanks between them."""


class ConsultsSettings(Settings):
    """Settings of the consults and paho apps."""

    signing_key: str
    """KMS key that signs participants' sessions (ES256)."""
    blobs_bucket: str
    uploads_bucket: str
    storage_key: str = "alias/aws/s3"
    """KMS key that encrypts objects in the buckets."""
    scanner: str = ""
    """`clamd://host:port`; the local stages may use `eicar`."""
    stun_urls: Words = ()
    turn_urls: Words = ()
    turn_key_arn: str = ""
    """ARN of the Secrets Manager secret shared with the TURN servers."""
    websocket: str = ""
    """Where messages to WebSocket connections are posted."""
    deliveries: str = ""
    """URL of the queue of notifications."""
    deliveries_dead_letters: str = ""
    """URL of its dead-letter queue."""
    limit_machine: str = ""
    """ARN of the session limit's state machine."""

    @property
    def channel_url(self) -> str:
        """Where pages open the live channel."""
        return "ws" + self.origin.removeprefix("http") + "/ws"

    @model_validator(mode="after")
    def _real_scanner(self) -> Self:
        if not self.is_local and self.scanner == "eicar":
            raise ValueError("scanner eicar is for the local stages only")
        if self.turn_urls and not self.turn_key_arn:
            raise ValueError("turn_key_arn is needed with turn_urls")
        return self
