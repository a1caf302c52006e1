"""Files by the one origin: presigned requests reach the buckets through the front door."""

from __future__ import annotations

import uuid

import httpx
import pytest

from telesalud.platform.aws import clients
from telesalud.platform.aws.s3 import S3Blobs
from telesalud.platform.clock import utc_now
from telesalud.platform.ports.blobs import Area, BlobKey
from tests.cloud.stacks import Stacks

TEXT = b"Documento de demostracion\n"


@pytest.fixture
def blobs(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> S3Blobs:
    for name, value in stacks.cloud.environ().items():
        monkeypatch.setenv(name, value)
    clients._session.cache_clear()
    clients.s3.cache_clear()
    outputs, client = stacks.outputs, clients.s3()
    buckets = outputs["UploadsBucketName"], outputs["BlobsBucketName"]
    key = outputs["StorageKeyArn"]
    return S3Blobs(*buckets, key, lambda: client, utc_now, origin=stacks.origin)


@pytest.fixture
def key() -> BlobKey:
    return BlobKey("probe", "consult-1", uuid.uuid4().hex)


def test_a_browser_uploads_and_downloads_at_the_one_origin(
    stacks: Stacks, blobs: S3Blobs, key: BlobKey
) -> None:
    offer = blobs.upload(key, "text/plain")
    assert offer.url == f"{stacks.origin}/uploads"
    sent = httpx.post(offer.url, data=dict(offer.fields), files={"file": ("d.txt", TEXT)})
    assert sent.status_code == 201, sent.text
    seen = blobs.examine(Area.QUARANTINE, key)
    assert seen.size == len(TEXT)
    blobs.release(key, "text/plain", seen.etag)
    url = blobs.download(key, "informe.txt", "text/plain")
    assert url.startswith(f"{stacks.origin}/blobs/")
    got = httpx.get(url)
    assert (got.status_code, got.content) == (200, TEXT)
    assert got.headers["content-disposition"].startswith("attachment")


def test_an_upload_with_an_altered_field_is_refused(blobs: S3Blobs, key: BlobKey) -> None:
    offer = blobs.upload(key, "text/plain", max_size=100)
    altered = {**offer.fields, "key": "other-tenant/consult-1/file"}
    files = {"file": ("d.txt", TEXT)}
    assert httpx.post(offer.url, data=altered, files=files).status_code == 403
    long = {"file": ("d.txt", b"x" * 101)}
    assert httpx.post(offer.url, data=dict(offer.fields), files=long).status_code == 400
    assert blobs.stat(Area.QUARANTINE, key) is None
