"""The verdict that storage itself reached about an uploaded file."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from telesalud.platform.aws.guardduty import VERDICT, GuardDutyScanner
from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.blobs import BlobKey
from telesalud.platform.ports.scanner import Quarantined

BUCKET, KEY = "quarantine", BlobKey("hospital-demo", "c-1", "f-1")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A quarantine bucket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client: Any = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


def uploaded(s3: Any, content: bytes, verdict: str = "") -> Quarantined:
    """A file that was uploaded and, with a verdict, scanned."""
    put = s3.put_object(Bucket=BUCKET, Key=KEY.path(), Body=content)
    if verdict:
        tags = {"TagSet": [{"Key": VERDICT, "Value": verdict}]}
        s3.put_object_tagging(
            Bucket=BUCKET, Key=KEY.path(), VersionId=put["VersionId"], Tagging=tags
        )
    return Quarantined(KEY, put["ETag"], content)


def found(s3: Any, upload: Quarantined) -> str:
    return GuardDutyScanner(BUCKET, lambda: s3).infected(upload)


def test_a_file_without_threats_is_clean(s3: Any) -> None:
    assert found(s3, uploaded(s3, b"report", "NO_THREATS_FOUND")) == ""


@pytest.mark.parametrize("verdict", ["THREATS_FOUND", "UNSUPPORTED"])
def test_a_threat_and_what_cannot_be_scanned_are_refused(s3: Any, verdict: str) -> None:
    assert found(s3, uploaded(s3, b"report", verdict))


@pytest.mark.parametrize("verdict", ["", "FAILED", "ACCESS_DENIED", "SOMETHING_NEW"])
def test_nothing_passes_while_there_is_no_verdict(s3: Any, verdict: str) -> None:
    with pytest.raises(Unavailable):
        found(s3, uploaded(s3, b"report", verdict))


def test_the_verdict_of_another_version_is_not_this_ones(s3: Any) -> None:
    """A file may be uploaded again under the same leave, after the first was found clean."""
    clean = uploaded(s3, b"report", "NO_THREATS_FOUND")
    replaced = uploaded(s3, b"another")
    for upload in (clean, replaced):
        with pytest.raises(Unavailable):
            found(s3, upload)
