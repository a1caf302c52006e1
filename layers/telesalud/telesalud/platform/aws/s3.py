"""S3: people's files, an installation's objects, and the archive under Object Lock.

A browser uploads with a presigned POST whose policy fixes key, size range, media type and
encryption, all of which S3 enforces.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telesalud.platform.clock import Clock
from telesalud.platform.media import disposition
from telesalud.platform.ports.archive import Kept
from telesalud.platform.ports.blobs import (
    DOWNLOAD_WITHIN,
    MAX_FILE,
    UPLOAD_WITHIN,
    Area,
    BlobKey,
    Changed,
    Content,
    Stat,
    Upload,
    check_offer,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PASSING = "telesalud-keep=days"
"""Tag of files that the bucket's lifecycle deletes."""
_CHUNK = 256 * 1024


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
        check_offer(content_type, max_size)
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


class S3Objects:
    """Objects of an installation, not of a tenant, in one bucket."""

    def __init__(self, bucket: str, client: "Callable[[], S3Client]") -> None:
        self._bucket = bucket
        self._client = client

    def fetch(self, key: str, to: Path) -> None:
        """Write the object to a file. Raises OSError when it is not there or S3 does not answer."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # cold only

        try:
            self._client().download_file(self._bucket, key, str(to))
        except (BotoCoreError, ClientError) as error:
            raise OSError("the object cannot be fetched") from error

    def put(self, key: str, file: Path) -> None:
        """Store the file as the object, whole or not at all. Raises OSError."""
        from boto3.exceptions import S3UploadFailedError  # noqa: PLC0415  # operators only
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            self._client().upload_file(str(file), self._bucket, key)
        except (BotoCoreError, ClientError, S3UploadFailedError) as error:
            raise OSError("the object cannot be stored") from error


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


def _status(error: Any) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
