"""What each context's `seal_audit` function does: seal what the stream brings, archive daily, and
check the trail when somebody asks for it."""

import time
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from telesalud.platform.aws import clients
from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger
from telesalud.platform.relay import BatchAnswer
from telesalud.platform.settings import Settings
from telesalud.platform.trail.chain import seal_batch
from telesalud.platform.trail.digests import Archive, S3Archive, write_digests
from telesalud.platform.work import Services


class TrailSettings(Settings):
    """`Settings` and where digests go."""

    digests_bucket: str = Field(min_length=3)
    """A bucket with Object Lock and a default retention."""


def keep_trail(
    event: Mapping[str, Any], services: Services, archive: Archive | None = None
) -> BatchAnswer:
    """Handle a stream's batch, a request for a check from the bus, or the daily schedule's event.

    `archive` is the bucket of the settings unless given.
    """
    if "Records" in event:
        return seal_batch(event["Records"], services.store, services.clock)
    settings = TrailSettings.load()
    kept = archive or S3Archive(settings.digests_bucket, clients.s3)
    if event.get("detail-type") == f"{settings.context}.audit_check_requested":
        from telesalud.platform.trail import working  # noqa: PLC0415  # rarely asked for
        from telesalud.platform.trail.checks import Checking  # noqa: PLC0415  # likewise

        checking = Checking(settings.context, services, kept, time.monotonic)
        working.on_event(checking, Event.model_validate(event["detail"]))
        return {"batchItemFailures": []}
    count = write_digests(services.store, kept, services.clock, settings.context)
    get_logger().info("audit digests written", count=count, context=settings.context)
    return {"batchItemFailures": []}
