"""What this context's functions need from their environment."""

from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from telesalud.platform.settings import FileSettings


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""Several values with blanks between them."""


class ConsultsSettings(FileSettings):
    """Settings of the consults and paho apps."""

    signing_key: str
    """KMS key that signs participants' sessions (ES256)."""
    stun_urls: Words = ()
    turn_urls: Words = ()
    turn_key_arn: str = ""
    """ARN of the Secrets Manager secret shared with the TURN servers."""
    jitsi_domain: str = ""
    """Host name of the video cluster; empty: every consult is `direct`. `{shard}` in this and in
    the next five stands for a shard's name."""
    jitsi_shards: Words = ()
    """Names of the shards, as Prosody's `TELESALUD_SHARD`."""
    jitsi_control_url: str = "https://{domain}/telesalud/control"
    """Room control; `{domain}` stands for `jitsi_domain`."""
    jitsi_outbound_key: str = ""
    """Name or ARN of the Secrets Manager secret with which Prosody signs."""
    jitsi_control_key: str = ""
    """Name or ARN of the Secrets Manager secret with which room control is signed."""
    jitsi_status: str = ""
    """Parameter with the shard's `VideoStatus`; empty for a cluster without a scaler."""
    jitsi_active: str = ""
    """Parameter with the name of the shard for new rooms; empty: the first shard."""
    jitsi_signing_keys: Words = ()
    """KMS keys of participants' video tokens (RS256): the first signs, all are published."""
    jitsi_issuer: str = "telesalud"
    jitsi_audience: str = "telesalud-video"
    jitsi_subject: str = "meet.jitsi"
    """XMPP domain of the cluster."""
    load_tenant: str = ""
    """Tenant of the client that may read how much is booked in all tenants; empty: nobody may."""
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
    def _video_is_complete(self) -> Self:
        if self.turn_urls and not self.turn_key_arn:
            raise ValueError("turn_key_arn is needed with turn_urls")
        needed = ("shards", "outbound_key", "control_key", "signing_keys")
        if missing := [n for n in needed if self.jitsi_domain and not getattr(self, f"jitsi_{n}")]:
            raise ValueError(f"jitsi_domain also needs jitsi_{', jitsi_'.join(missing)}")
        if not self.is_local and not self.jitsi_control_url.startswith("https://"):
            raise ValueError("jitsi_control_url must be https outside the local stages")
        return self
