"""What every file storage must do, run over memory, S3 on moto, and the local cloud."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack.cloud import default_cloud
from localstack.ministack_main import KEY_HEADER
from telesalud.platform.aws import clients
from telesalud.platform.aws.s3 import S3Blobs
from telesalud.platform.clock import utc_now
from telesalud.platform.embedded.files import EmbeddedBlobs
from telesalud.platform.media import disposition
from telesalud.platform.memory.files import MemoryBlobs, UploadRefused
from telesalud.platform.ports.blobs import (
    MAX_FILE,
    UPLOAD_WITHIN,
    Area,
    BlobKey,
    Blobs,
    Changed,
)
from tests.contract.conftest import BACKENDS, cloud_client
from tests.worlds.world import START

KEY = BlobKey("hospital-demo", "consult-1", "file-1")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


class Rig(NamedTuple):
    """A storage, and the browser's side of an upload to it."""

    blobs: Blobs
    post: Callable[[Mapping[str, str], bytes], None]


@pytest.fixture(autouse=True)
def fresh_clients() -> None:
    """Clients are cached per process; a new moto needs new ones."""
    clients.s3.cache_clear()
    clients._session.cache_clear()


def s3_rig(s3: Any, kms: Any) -> S3Blobs:
    names = [f"{area}-{uuid.uuid4().hex[:12]}" for area in ("quarantine", "clean")]
    for name in names:
        s3.create_bucket(Bucket=name)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    return S3Blobs(names[0], names[1], key, lambda: s3, utc_now)


@pytest.fixture(params=BACKENDS)
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "memory":
        memory = MemoryBlobs()
        return Rig(memory, memory.receive)
    if request.param == "embedded":
        database = request.getfixturevalue("database")
        embedded = EmbeddedBlobs(database, "contract", b"secret", utc_now, "https://site.invalid")
        return Rig(embedded, embedded.receive)
    if request.param == "cloud":
        s3 = cloud_client("s3")
        blobs = s3_rig(s3, cloud_client("kms"))

        def post(fields: Mapping[str, str], body: bytes) -> None:
            url = blobs.upload(KEY, "image/png").url
            passed_on = {KEY_HEADER: default_cloud().access_key()[0]}
            sent = {"file": ("f", body)}
            answer = httpx.post(url, data=dict(fields), files=sent, headers=passed_on)
            if answer.status_code != 201:
                raise UploadRefused(answer.status_code)

        return Rig(blobs, post)
    request.getfixturevalue("moto_cloud")
    s3 = clients.s3()
    blobs = s3_rig(s3, boto3.client("kms"))

    def put(fields: Mapping[str, str], body: bytes) -> None:
        bucket = urlsplit(blobs.upload(KEY, "image/png").url).netloc.partition(".")[0]
        s3.put_object(
            Bucket=bucket, Key=fields["key"], Body=body, ContentType=fields["Content-Type"]
        )

    return Rig(blobs, put)


def uploaded(rig: Rig, body: bytes = PNG) -> None:
    rig.post(rig.blobs.upload(KEY, "image/png").fields, body)


def test_an_uploaded_file_waits_in_quarantine(rig: Rig) -> None:
    assert rig.blobs.stat(Area.QUARANTINE, KEY) is None
    uploaded(rig)
    stat = rig.blobs.stat(Area.QUARANTINE, KEY)
    assert stat is not None
    assert (stat.size, stat.content_type) == (len(PNG), "image/png")
    assert rig.blobs.stat(Area.CLEAN, KEY) is None


def test_an_examined_file_tells_size_hash_and_first_bytes(rig: Rig) -> None:
    body = PNG + bytes(range(256)) * 4000
    uploaded(rig, body)
    seen: list[bytes] = []
    content = rig.blobs.examine(Area.QUARANTINE, KEY, seen.append)
    assert content.size == len(body)
    assert content.sha256 == hashlib.sha256(body).hexdigest()
    assert content.head.startswith(PNG[:8])
    assert b"".join(seen) == body
    assert rig.blobs.read(Area.QUARANTINE, KEY) == body


def test_a_released_file_is_clean_and_release_may_be_repeated(rig: Rig) -> None:
    uploaded(rig)
    etag = rig.blobs.examine(Area.QUARANTINE, KEY).etag
    rig.blobs.release(KEY, "image/png", etag)
    rig.blobs.release(KEY, "image/png", etag)
    rig.blobs.delete(Area.QUARANTINE, KEY)
    rig.blobs.release(KEY, "image/png", etag)
    assert rig.blobs.read(Area.CLEAN, KEY) == PNG
    stat = rig.blobs.stat(Area.CLEAN, KEY)
    assert stat is not None
    assert stat.content_type == "image/png"


def test_a_file_that_was_swapped_after_the_scan_is_not_released(
    rig: Rig, request: pytest.FixtureRequest
) -> None:
    if "moto" in request.node.name:
        pytest.skip("moto does not evaluate CopySourceIfMatch")
    uploaded(rig)
    etag = rig.blobs.examine(Area.QUARANTINE, KEY).etag
    uploaded(rig, b"another file")
    with pytest.raises(Changed):
        rig.blobs.release(KEY, "image/png", etag)
    assert rig.blobs.stat(Area.CLEAN, KEY) is None


def test_a_file_that_never_came_cannot_be_examined_or_released(rig: Rig) -> None:
    with pytest.raises(Changed):
        rig.blobs.examine(Area.QUARANTINE, KEY)
    with pytest.raises(Changed):
        rig.blobs.read(Area.CLEAN, KEY)
    with pytest.raises(Changed):
        rig.blobs.release(KEY, "image/png", '"0"')


def test_a_deleted_file_is_gone_and_deleting_may_be_repeated(rig: Rig) -> None:
    rig.blobs.put(KEY, "text/plain", b"x")
    rig.blobs.delete(Area.CLEAN, KEY)
    rig.blobs.delete(Area.CLEAN, KEY)
    assert rig.blobs.stat(Area.CLEAN, KEY) is None


def test_a_file_of_our_own_making_is_clean_at_once(rig: Rig) -> None:
    for _ in range(2):
        rig.blobs.put(KEY, "application/json", b"{}")
    assert rig.blobs.read(Area.CLEAN, KEY) == b"{}"


@pytest.mark.cloud
@pytest.mark.parametrize("change", ["size 0", "size + 1", "type", "key", "encryption", "policy"])
def test_s3_refuses_an_upload_that_breaks_its_policy(change: str) -> None:
    s3 = cloud_client("s3")
    blobs = s3_rig(s3, cloud_client("kms"))
    offer = blobs.upload(KEY, "image/png", max_size=len(PNG))
    fields, body = dict(offer.fields), PNG
    if change == "size 0":
        body = b""
    elif change == "size + 1":
        body = PNG + b"x"
    elif change == "type":
        fields["Content-Type"] = "text/html"
    elif change == "key":
        fields["key"] = "clinic-demo/consult-1/file-1"
    elif change == "encryption":
        fields["x-amz-server-side-encryption"] = "AES256"
    else:
        policy = json.loads(base64.b64decode(fields["policy"]))
        policy["conditions"] = []
        fields["policy"] = base64.b64encode(json.dumps(policy).encode()).decode()
    passed_on = {KEY_HEADER: default_cloud().access_key()[0]}
    refused = httpx.post(offer.url, data=fields, files={"file": ("f", body)}, headers=passed_on)
    assert refused.status_code in (400, 403)
    assert blobs.stat(Area.QUARANTINE, KEY) is None
    sent = {"file": ("f", PNG)}
    taken = httpx.post(offer.url, data=dict(offer.fields), files=sent, headers=passed_on)
    assert taken.status_code == 201


def test_the_upload_policy_fixes_everything(moto_cloud: None) -> None:
    s3 = clients.s3()
    blobs = s3_rig(s3, boto3.client("kms"))
    offer = blobs.upload(KEY, "image/png")
    policy = json.loads(base64.b64decode(offer.fields["policy"]))
    conditions = policy["conditions"]
    assert ["content-length-range", 1, 33_554_432] in conditions
    assert {"key": "hospital-demo/consult-1/file-1"} in conditions
    assert {"Content-Type": "image/png"} in conditions
    assert {"x-amz-server-side-encryption": "aws:kms"} in conditions
    assert any("x-amz-server-side-encryption-aws-kms-key-id" in c for c in conditions)
    assert not any(c[0] == "starts-with" for c in conditions if isinstance(c, list))
    left = offer.expires - utc_now()
    assert UPLOAD_WITHIN.total_seconds() - 60 < left.total_seconds() <= 900


@pytest.mark.cloud
def test_a_download_is_always_an_attachment_of_the_given_type() -> None:
    blobs = s3_rig(cloud_client("s3"), cloud_client("kms"))
    blobs.put(KEY, "text/html", b"<script>")
    answer = httpx.get(blobs.download(KEY, "análisis.html", "application/octet-stream"))
    assert answer.status_code == 200
    assert (
        answer.headers["content-disposition"] == "attachment; filename*=UTF-8''an%C3%A1lisis.html"
    )
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_download_expires_soon_and_says_so_in_its_signature(moto_cloud: None) -> None:
    blobs = s3_rig(clients.s3(), boto3.client("kms"))
    query = parse_qs(urlsplit(blobs.download(KEY, "a.png", "image/png")).query)
    assert query["X-Amz-Expires"] == ["300"]
    assert query["response-content-disposition"] == ["attachment; filename*=UTF-8''a.png"]
    assert query["response-content-type"] == ["image/png"]


@pytest.mark.parametrize("name", ["ñandú á" * 30 + ".pdf", "x" * 400 + ".docx"])
def test_a_long_name_keeps_its_extension_and_the_address_short(moto_cloud: None, name: str) -> None:
    """Firewalls refuse queries beyond 2,048 bytes, and tokens of the cloud take 1,150 of them."""
    blobs = s3_rig(clients.s3(), boto3.client("kms"))
    address = blobs.download(KEY, name, "application/pdf")
    named = unquote(parse_qs(urlsplit(address).query)["response-content-disposition"][0])
    assert named.endswith(name[name.rindex(".") :])
    assert named.removeprefix("attachment; filename*=UTF-8''")[:20] == name[:20]
    assert len(urlsplit(address).query) + 1150 < 2048


@given(st.text())
def test_a_hostile_file_name_stays_inside_the_header(name: str) -> None:
    value = disposition(name)
    assert value.isascii()
    assert value.startswith("attachment; filename*=UTF-8''")
    encoded = value.partition("''")[2]
    assert not set(encoded) & set(" ;\"',\r\n/\\")
    decoded = unquote(encoded)
    assert decoded
    assert not set(decoded) & set('/\\:\r\n"')


@pytest.mark.parametrize(
    "parts",
    [
        ("", "o", "f"),
        ("t", "..", "f"),
        ("t", "o", "f/../x"),
        ("t/u", "o", "f"),
        ("t", "o", "é"),
        ("t", "o", "x" * 64),
    ],
)
def test_a_key_is_made_of_ids_only(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="id"):
        BlobKey(*parts)


@pytest.mark.parametrize(
    ("content_type", "size"),
    [("image/png", MAX_FILE + 1), ("image/png", 0), ("image", 1), ("image/png; x", 1), ("", 1)],
)
def test_an_upload_of_another_shape_is_not_offered(rig: Rig, content_type: str, size: int) -> None:
    with pytest.raises(ValueError, match="media type"):
        rig.blobs.upload(KEY, content_type, size)


def test_memory_refuses_late_and_altered_uploads_as_s3_does() -> None:
    now = [START]
    blobs = MemoryBlobs(lambda: now[0])
    offer = blobs.upload(KEY, "image/png", max_size=3)
    for fields, body in (
        (offer.fields, b""),
        (offer.fields, b"1234"),
        ({**offer.fields, "Content-Type": "text/html"}, b"1"),
        ({**offer.fields, "key": "x"}, b"1"),
    ):
        with pytest.raises(UploadRefused):
            blobs.receive(fields, body)
    blobs.receive(offer.fields, b"123")
    now[0] += UPLOAD_WITHIN
    with pytest.raises(UploadRefused):
        blobs.receive(offer.fields, b"123")


def test_a_purge_leaves_nothing_of_an_owner_and_everything_of_others(rig: Rig) -> None:
    kept = BlobKey(KEY.tenant, KEY.owner + "0", KEY.id)
    elsewhere = BlobKey(KEY.tenant + "0", KEY.owner, KEY.id)
    for key in (KEY, kept, elsewhere):
        rig.blobs.put(key, "image/png", PNG)
    rig.blobs.put(KEY, "image/png", PNG + b"1")
    uploaded(rig)
    for _ in range(2):
        rig.blobs.purge(KEY.tenant, KEY.owner)
    assert rig.blobs.stat(Area.CLEAN, KEY) is None
    assert rig.blobs.stat(Area.QUARANTINE, KEY) is None
    assert rig.blobs.stat(Area.CLEAN, kept)
    assert rig.blobs.stat(Area.CLEAN, elsewhere)


@pytest.mark.usefixtures("moto_cloud")
def test_a_purge_reaches_the_earlier_versions_of_a_bucket() -> None:
    s3 = clients.s3()
    blobs = s3_rig(s3, boto3.client("kms"))
    bucket = blobs._buckets[Area.CLEAN]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (PNG, PNG + b"1"):
        blobs.put(KEY, "image/png", body)
    blobs.delete(Area.CLEAN, KEY)
    blobs.purge(KEY.tenant, KEY.owner)
    left = s3.list_object_versions(Bucket=bucket)
    assert "Versions" not in left
    assert "DeleteMarkers" not in left
