"""Digests of the audit chains, written once a day where nobody can change or delete them.

A digest says which link was the newest and what its hash was. Whoever later cuts off or rewrites a
chain contradicts it.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

from telesalud.platform.clock import Clock, to_text
from telesalud.platform.sealed import from_json
from telesalud.platform.store import Store
from telesalud.platform.trail.chain import REGISTRY, head_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Digest(BaseModel):
    """The head of a tenant's chain at some moment."""

    model_config = ConfigDict(frozen=True)

    table: str
    tenant: str
    seq: int
    hash: str
    at: str


class Kept(NamedTuple):
    """What was written first under a name."""

    name: str
    body: bytes


class Archive(Protocol):
    """Storage that takes each name once and gives everything back as it was first written."""

    def write(self, name: str, body: bytes) -> None:
        """Keep `body` under `name`; a name that exists stays as it is."""

    def read(self, prefix: str, after: str = "") -> Iterator[Kept]:
        """All whose names start with `prefix` and sort after `after`, in order of names."""


def prefix_of(table: str, tenant: str) -> str:
    """Where the digests of one chain are."""
    return f"audit-digests/{table}/{tenant}/"


def write_digests(store: Store, archive: Archive, clock: Clock, table: str) -> int:
    """Write today's digest of every tenant's chain; repeated on a day, it changes nothing."""
    count = 0
    for tenant in _tenants(store):
        head = store.get(head_key(tenant))
        if head is None:
            continue
        now = clock()
        digest = Digest(
            table=table,
            tenant=tenant,
            seq=head.number("seq"),
            hash=head.text("hash"),
            at=to_text(now),
        )
        name = f"{prefix_of(table, tenant)}{now:%Y-%m-%d}.json"
        archive.write(name, digest.model_dump_json().encode())
        count += 1
    return count


def read_digests(archive: Archive, table: str, tenant: str) -> list[Digest]:
    """The digests of one chain, oldest first. Raises pydantic.ValidationError."""
    kept = archive.read(prefix_of(table, tenant))
    found = [from_json(Digest, each.body) for each in kept]
    return sorted(found, key=lambda digest: digest.at)


def _tenants(store: Store) -> Iterator[str]:
    after: str | None = None
    while True:
        page = store.query(REGISTRY, after=after, limit=500)
        yield from (item.key.sk for item in page.items)
        if page.next_after is None:
            return
        after = page.next_after


class S3Archive:
    """An `Archive` on a bucket with versioning, Object Lock and a default retention.

    The bucket says how long and how strictly: governance mode outside production, as compliance
    mode binds even the account's root until the end.
    """

    def __init__(self, bucket: str, client: "Callable[[], S3Client]") -> None:
        self._bucket = bucket
        self._client = client

    def write(self, name: str, body: bytes) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415  # botocore comes with S3

        try:
            self._client().put_object(
                Bucket=self._bucket,
                Key=name,
                Body=body,
                ContentType="application/json",
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
                raise

    def read(self, prefix: str, after: str = "") -> Iterator[Kept]:
        client = self._client()
        first: dict[str, str] = {}
        pages = client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            # Listed newest first. Later versions and delete markers only hide the first one.
            first |= {version["Key"]: version["VersionId"] for version in page.get("Versions", [])}
        for name in sorted(name for name in first if name > after):
            answer = client.get_object(Bucket=self._bucket, Key=name, VersionId=first[name])
            yield Kept(name, answer["Body"].read())
