"""Settings of a context that sends notifications."""

from typing import Self

from pydantic import model_validator

from telesalud.platform.settings import Settings


class WebhookSettings(Settings):
    """`Settings` and what deliveries need; contexts extend it with their own."""

    deliveries_queue: str = ""
    """URL of the delivery queue."""
    deliveries_dead_letters: str = ""
    """URL of its DLQ."""
    allow_private_targets: bool = False
    """Plain http and private addresses: on a developer's machine everything is private."""

    @model_validator(mode="after")
    def _only_public_targets_outside_local(self) -> Self:
        if self.allow_private_targets and not self.is_local:
            raise ValueError("allow_private_targets is for the local stages only")
        return self
