"""What GuardDuty's Malware Protection for S3 found in the quarantine bucket.

It scans every object that arrives and writes its verdict as a tag of that version, which nobody
else may write (infra/stacks/foundation.yaml). A verdict takes seconds to a few minutes.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.scanner import Quarantined

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

VERDICT: Final = "GuardDutyMalwareScanStatus"
_CLEAN = "NO_THREATS_FOUND"
_REFUSED = {"THREATS_FOUND": "a threat", "UNSUPPORTED": "what cannot be scanned"}
"""Verdicts that never change. A file that is locked with a password, say, is unsupported."""


class GuardDutyScanner:
    """A `telesalud.platform.ports.scanner.Scanner` over the quarantine bucket."""

    def __init__(self, bucket: str, client: "Callable[[], S3Client]") -> None:
        self._bucket = bucket
        self._client = client

    def infected(self, upload: Quarantined) -> str:
        client, key = self._client(), upload.key.path()
        head = client.head_object(Bucket=self._bucket, Key=key)
        if head["ETag"] != upload.etag:
            raise Unavailable("the file was replaced while it was examined")
        tagging = client.get_object_tagging(
            Bucket=self._bucket, Key=key, VersionId=head["VersionId"]
        )
        verdict = next((tag["Value"] for tag in tagging["TagSet"] if tag["Key"] == VERDICT), "")
        if verdict == _CLEAN:
            return ""
        if verdict in _REFUSED:
            return _REFUSED[verdict]
        raise Unavailable(f"the virus scanner has no verdict: {verdict or 'not scanned yet'}")
