"""Objects of an installation, not of a tenant, which a function keeps on its disk."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Objects:
    """Files in one bucket."""

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
