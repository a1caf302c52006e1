"""Keeping a context's trail: its chains' heads are archived daily, and checked on request."""

import time
from typing import TYPE_CHECKING

from pydantic import Field

from telesalud.platform.backend import backend
from telesalud.platform.logs import get_logger
from telesalud.platform.settings import Settings
from telesalud.platform.trail.digests import write_digests
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.platform.events import Event


class TrailSettings(Settings):
    """`Settings` and where digests go."""

    digests_bucket: str = Field(min_length=3)
    """A bucket with Object Lock and a default retention."""


def archive_heads(own: TrailSettings, services: Services) -> None:
    """Write today's digests."""
    kept = backend().archive(own.digests_bucket)
    count = write_digests(services.store, kept, services.clock, own.context)
    get_logger().info("audit digests written", count=count, context=own.context)


def check_type(context: str) -> str:
    """The type of the event that asks for a check of a context's trail."""
    return f"{context}.audit_check_requested"


def check(own: TrailSettings, services: Services, event: "Event") -> None:
    """Work on the check that the event asks for."""
    from telesalud.platform.trail import working  # noqa: PLC0415  # rarely asked for
    from telesalud.platform.trail.checks import Checking  # noqa: PLC0415  # likewise

    kept = backend().archive(own.digests_bucket)
    working.on_event(Checking(own.context, services, kept, time.monotonic), event)
