"""The archive and the installation's own objects, over memory, S3 on moto, and the local cloud."""

import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest

from telesalud.platform.aws.s3 import S3Archive, S3Objects
from telesalud.platform.embedded.objects import EmbeddedArchive, EmbeddedObjects
from telesalud.platform.memory.files import MemoryArchive, MemoryObjects
from telesalud.platform.ports.archive import Archive
from telesalud.platform.ports.objects import Objects
from tests.contract.conftest import BACKENDS, cloud_client


def s3(request: pytest.FixtureRequest) -> tuple[str, Any]:
    """A bucket with Object Lock, and a client that reaches it."""
    if request.param == "moto":
        request.getfixturevalue("moto_cloud")
    client: Any = boto3.client("s3") if request.param == "moto" else cloud_client("s3")
    bucket = f"kept-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    return bucket, client


@pytest.fixture(params=BACKENDS)
def archive(request: pytest.FixtureRequest) -> Archive:
    if request.param == "memory":
        return MemoryArchive()
    if request.param == "embedded":
        return EmbeddedArchive(request.getfixturevalue("database"), "digests")
    bucket, client = s3(request)
    return S3Archive(bucket, lambda: client)


@pytest.fixture(params=BACKENDS)
def objects(request: pytest.FixtureRequest) -> Objects:
    if request.param == "memory":
        return MemoryObjects()
    if request.param == "embedded":
        return EmbeddedObjects(request.getfixturevalue("database"), "objects")
    bucket, client = s3(request)
    return S3Objects(bucket, lambda: client)


def test_a_name_is_written_once_and_stays_as_it_was_first(archive: Archive) -> None:
    for body in (b"first", b"second"):
        archive.write("digests/a/2026-11-21.json", body)
    [kept] = archive.read("digests/a/")
    assert kept == ("digests/a/2026-11-21.json", b"first")


def test_names_come_in_order_after_one_and_below_a_prefix(archive: Archive) -> None:
    for name in ("digests/a/2", "digests/b/1", "digests/a/3", "digests/a/1"):
        archive.write(name, name.encode())
    assert [kept.name[-1] for kept in archive.read("digests/a/")] == ["1", "2", "3"]
    assert [kept.name for kept in archive.read("digests/a/", after="digests/a/2")] == [
        "digests/a/3"
    ]
    assert [*archive.read("other/")] == []


def test_an_object_comes_back_as_it_was_last_put(objects: Objects, tmp_path: Path) -> None:
    given, back = tmp_path / "given", tmp_path / "back"
    for body in (b"old" * 1000, b"new"):
        given.write_bytes(body)
        objects.put("_terminology/icd11.json", given)
    objects.fetch("_terminology/icd11.json", back)
    assert back.read_bytes() == b"new"


def test_an_object_that_is_not_there_is_an_error(objects: Objects, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        objects.fetch("absent", tmp_path / "back")
