"""Files on S3: uploads go straight to a quarantine bucket, and only what was cleared leaves it.

The browser uploads with a presigned POST whose policy fixes key, size range, media type and
encryption (S3 enforces it), the scanner looks at the object, and `release` copies exactly the
bytes that were looked at to the clean bucket, from which alone downloads are signed.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import quote

from telesalud.platform.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_FILE = 32 * 1024 * 1024
"""Bytes of the largest file (33,554,432)."""
UPLOAD_WITHIN = timedelta(minutes=15)
DOWNLOAD_WITHIN = timedelta(minutes=5)
PASSING = "telesalud-keep=days"
"""Tag of files that the bucket's lifecycle deletes."""
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}")
_CHUNK = 256 * 1024


class Area(StrEnum):
    """Where a file is."""

    QUARANTINE = "quarantine"
    """Uploaded and not yet cleared; nobody downloads from here."""
    CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class BlobKey:
    """A file of a tenant: `owner` is what it belongs to (a consult, a patient), `id` the file's."""

    tenant: str
    owner: str
    id: str

    def __post_init__(self) -> None:
        for part in (self.tenant, self.owner, self.id):
            if not _PART.fullmatch(part):
                raise ValueError("a part of a file's key is not an id")

    def path(self) -> str:
        """The object's key: a tenant's files share a prefix."""
        return f"{self.tenant}/{self.owner}/{self.id}"


class Upload(NamedTuple):
    """What the browser needs: POST `fields`, then the file as `file`, to `url` as form data."""

    url: str
    fields: Mapping[str, str]
    expires: datetime


class Stat(NamedTuple):
    """What is known of a stored file without reading it; `etag` changes with its content."""

    size: int
    content_type: str
    etag: str


class Content(NamedTuple):
    """A file that was read to its end."""

    size: int
    sha256: str
    """Of all bytes, in hex."""
    head: bytes
    """The first bytes, by which a media type is recognised."""
    etag: str


class Changed(Exception):
    """The file is no longer the one that was looked at, or is not there."""


class Blobs(Protocol):
    """Storage of files."""

    def upload(self, key: BlobKey, content_type: str, max_size: int = MAX_FILE) -> Upload:
        """Leave to upload one file of 1 to `max_size` bytes into quarantine, for 15 minutes."""

    def stat(self, area: Area, key: BlobKey) -> Stat | None:
        """The file's size and type, or None when it is not there (yet)."""

    def examine(
        self, area: Area, key: BlobKey, look: Callable[[bytes], object] | None = None
    ) -> Content:
        """Read the file through, giving each chunk to `look` (a scanner). Raises Changed."""

    def read(self, area: Area, key: BlobKey) -> bytes:
        """The whole file, of at most MAX_FILE bytes. Raises Changed when it is not there."""

    def put(self, key: BlobKey, content_type: str, body: bytes, *, passing: bool = False) -> None:
        """Store a file of our own making as clean; the same again changes nothing.

        The bucket deletes a `passing` file by itself, four days later.
        """

    def release(self, key: BlobKey, content_type: str, etag: str) -> None:
        """Copy what `examine` saw under `etag` from quarantine to clean. Raises Changed.

        May be repeated: a file that is already clean stays as it is.
        """

    def delete(self, area: Area, key: BlobKey) -> None:
        """Remove the file; removing what is not there succeeds."""

    def purge(self, tenant: str, owner: str) -> None:
        """Remove every file of an owner for ever, with all earlier versions; may be repeated."""

    def download(self, key: BlobKey, filename: str, content_type: str) -> str:
        """A URL that gives the clean file as an attachment for five minutes."""


def disposition(filename: str) -> str:
    """Content-Disposition that saves under `filename` and never displays (RFC 6266, RFC 8187)."""
    plain = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "_", filename).strip(" .")[:150] or "file"
    return f"attachment; filename*=UTF-8''{quote(plain, safe='')}"


class S3Blobs:
    """`Blobs` on two buckets, encrypted with the KMS key `encryption_key`.

    With `origin` (the front door's URL), browsers reach the buckets under `/uploads` and `/blobs/`
    of that one origin, which passes presigned requests on; without it, at S3 itself.
    """

    def __init__(
        self,
        quarantine: str,
        clean: str,
        encryption_key: str,
        client: "Callable[[], S3Client]",
        clock: Clock,
        *,
        origin: str = "",
    ) -> None:
        self._origin = origin
        self._buckets = {Area.QUARANTINE: quarantine, Area.CLEAN: clean}
        self._encryption: dict[str, Any] = {
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": encryption_key,
        }
        self._client = client
        self._clock = clock

    def upload(self, key: BlobKey, content_type: str, max_size: int = MAX_FILE) -> Upload:
        if not _MEDIA_TYPE.fullmatch(content_type) or not 1 <= max_size <= MAX_FILE:
            raise ValueError("not a media type, or not a size up to 32 MB")
        fields = {
            "Content-Type": content_type,
            "success_action_status": "201",
            "x-amz-server-side-encryption": self._encryption["ServerSideEncryption"],
            "x-amz-server-side-encryption-aws-kms-key-id": self._encryption["SSEKMSKeyId"],
        }
        signed = self._client().generate_presigned_post(
            self._buckets[Area.QUARANTINE],
            key.path(),
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", 1, max_size],
            ],
            ExpiresIn=int(UPLOAD_WITHIN.total_seconds()),
        )
        url = f"{self._origin}/uploads" if self._origin else signed["url"]
        return Upload(url, signed["fields"], self._clock() + UPLOAD_WITHIN)

    def stat(self, area: Area, key: BlobKey) -> Stat | None:
        client = self._client()
        try:
            head = client.head_object(Bucket=self._buckets[area], Key=key.path())
        except client.exceptions.ClientError as error:
            if _status(error) != 404:
                raise
            return None
        return Stat(head["ContentLength"], head.get("ContentType", ""), head["ETag"])

    def examine(
        self, area: Area, key: BlobKey, look: Callable[[bytes], object] | None = None
    ) -> Content:
        answer = self._get(area, key)
        size, head, digest = 0, b"", hashlib.sha256()
        for chunk in answer["Body"].iter_chunks(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            head = head or chunk[:8192]
            if look is not None:
                look(chunk)
        return Content(size, digest.hexdigest(), head, answer["ETag"])

    def read(self, area: Area, key: BlobKey) -> bytes:
        answer = self._get(area, key)
        if answer["ContentLength"] > MAX_FILE:
            raise ValueError("the file exceeds 32 MB")
        body: bytes = answer["Body"].read()
        return body

    def put(self, key: BlobKey, content_type: str, body: bytes, *, passing: bool = False) -> None:
        tags: dict[str, Any] = {"Tagging": PASSING} if passing else {}
        self._client().put_object(
            Bucket=self._buckets[Area.CLEAN],
            Key=key.path(),
            Body=body,
            ContentType=content_type,
            ChecksumSHA256=base64.b64encode(hashlib.sha256(body).digest()).decode(),
            **self._encryption,
            **tags,
        )

    def release(self, key: BlobKey, content_type: str, etag: str) -> None:
        client = self._client()
        source = {"Bucket": self._buckets[Area.QUARANTINE], "Key": key.path()}
        try:
            client.copy_object(
                Bucket=self._buckets[Area.CLEAN],
                Key=key.path(),
                CopySource=source,  # type: ignore[arg-type]  # the stub wants its own TypedDict
                CopySourceIfMatch=etag,
                MetadataDirective="REPLACE",
                ContentType=content_type,
                **self._encryption,
            )
        except client.exceptions.ClientError as error:
            if _status(error) == 404 and self.stat(Area.CLEAN, key) is not None:
                return
            if _status(error) not in (404, 412):
                raise
            raise Changed("the quarantined file is not the one that was examined") from error

    def delete(self, area: Area, key: BlobKey) -> None:
        self._client().delete_object(Bucket=self._buckets[area], Key=key.path())

    def purge(self, tenant: str, owner: str) -> None:
        prefix = BlobKey(tenant, owner, "any").path().removesuffix("any")
        pages = self._client().get_paginator("list_object_versions")
        for bucket in self._buckets.values():
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    self._client().delete_object(
                        Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"]
                    )

    def download(self, key: BlobKey, filename: str, content_type: str) -> str:
        url = self._client().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._buckets[Area.CLEAN],
                "Key": key.path(),
                "ResponseContentDisposition": disposition(filename),
                "ResponseContentType": content_type,
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=int(DOWNLOAD_WITHIN.total_seconds()),
        )
        # The signature covers S3's host and path, which the front door puts back.
        query = url.partition("?")[2]
        return f"{self._origin}/blobs/{key.path()}?{query}" if self._origin else url

    def _get(self, area: Area, key: BlobKey) -> Any:
        client = self._client()
        try:
            return client.get_object(Bucket=self._buckets[area], Key=key.path())
        except client.exceptions.ClientError as error:
            if _status(error) != 404:
                raise
            raise Changed("the file is not there") from error


def _status(error: Any) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
