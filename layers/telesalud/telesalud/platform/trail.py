"""What each context's `seal_audit` function does: seal what the stream brings, archive daily."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from telesalud.platform import clients
from telesalud.platform.archive import Archive, S3Archive, write_digests
from telesalud.platform.chain import seal_batch
from telesalud.platform.clock import Clock
from telesalud.platform.logs import get_logger
from telesalud.platform.relay import BatchAnswer
from telesalud.platform.settings import Settings
from telesalud.platform.store import Store


class TrailSettings(Settings):
    """`Settings` and where digests go."""

    digests_bucket: str = Field(min_length=3)
    """A bucket with Object Lock and a default retention."""


def keep_trail(
    event: Mapping[str, Any], store: Store, clock: Clock, archive: Archive | None = None
) -> BatchAnswer:
    """Handle a stream's batch, or the daily schedule's event, which has no records.

    `archive` is the bucket of the settings unless given.
    """
    if "Records" in event:
        return seal_batch(event["Records"], store, clock)
    settings = TrailSettings.load()
    kept = archive or S3Archive(settings.digests_bucket, clients.s3)
    count = write_digests(store, kept, clock, settings.table)
    get_logger().info("audit digests written", count=count, context=settings.context)
    return {"batchItemFailures": []}
