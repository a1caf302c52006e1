"""The local cloud serves its own clients: no web page, no other name, no file without signature."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from botocore.auth import S3SigV4PostAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localstack import gateway, ministack_main, processes
from localstack.cloud import Cloud
from localstack.signatures import signed_form, signed_query
from localstack.throwaway import free_ports

HOSTS = frozenset({"127.0.0.1:4566", "localhost:4566"})
KEY = ("LOCALKEY", "secret")
SIGNED = (
    f"AWS4-HMAC-SHA256 Credential={KEY[0]}/20261201/us-east-1/dynamodb/aws4_request, Signature=x"
)


def asked(path: str = "/", query: str = "", **headers: str) -> str:
    named = {"host": "127.0.0.1:4566"} | {k.replace("_", "-"): v for k, v in headers.items()}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    scope = {"type": "http", "path": path, "query_string": query.encode(), "headers": raw}
    return ministack_main.refusal(scope, HOSTS, KEY[0])


def test_the_emulator_serves_who_has_the_clouds_key() -> None:
    assert asked(authorization=SIGNED) == ""
    assert (
        asked("/bucket/key", "X-Amz-Credential=LOCALKEY/20261201/us-east-1/s3/aws4_request") == ""
    )
    assert asked("/bucket/", x_telesalud_cloud_key=KEY[0]) == ""
    assert asked("/bucket/", x_telesalud_cloud_key="test")
    assert asked("/_localstack/health") == ""
    assert asked("/_aws/execute-api/id/api/patients", origin="http://127.0.0.1:8080") == ""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": SIGNED.replace(KEY[0], "test")},
        {"authorization": SIGNED, "origin": "https://page.example"},
        {"authorization": SIGNED, "origin": "null"},
        {"authorization": SIGNED, "sec_fetch_site": "cross-site"},
        {"authorization": SIGNED, "sec_fetch_site": "same-site"},
        {"authorization": SIGNED, "host": "rebound.example:4566"},
        {"authorization": SIGNED, "host": "127.0.0.1:4566.page.example"},
    ],
)
def test_the_emulator_refuses_pages_other_names_and_who_lacks_the_key(
    headers: Mapping[str, str],
) -> None:
    assert asked(**headers)
    assert asked("/_aws/execute-api/id/api", **headers) or "host" not in headers


def test_the_emulator_invites_no_page() -> None:
    async def open_to_all(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"Access-Control-Allow-Origin", b"*"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    app = ministack_main.guarded(open_to_all, HOSTS, KEY[0])
    headers = [(b"host", b"127.0.0.1:4566"), (b"authorization", SIGNED.encode())]
    scope = {"type": "http", "path": "/", "headers": headers}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["headers"] == [(b"content-type", b"text/plain")]
    sent.clear()
    asyncio.run(
        app({**scope, "headers": [*headers, (b"origin", b"https://x.example")]}, receive, send)
    )
    assert sent[0]["status"] == 403


@pytest.mark.parametrize(
    "query",
    [
        [],
        [("list-type", "2")],
        [("X-Amz-Signature", "0" * 64)],
        [("X-Amz-Signature", "0" * 64), ("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256")],
        [("X-Amz-Signature", ""), ("X-Amz-Algorithm", "AWS4-HMAC-SHA256")],
        [
            ("X-Amz-Signature", "0"),
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("x-amz-algorithm", ""),
        ],
    ],
)
def test_a_download_without_a_signature_that_is_verified_is_none(
    query: list[tuple[str, str]],
) -> None:
    assert not signed_query(query)


def form(fields: Mapping[str, str]) -> tuple[str, bytes]:
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    file = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\x00\xff\r\n'
    )
    return "multipart/form-data; boundary=edge", b"".join([*parts, file, b"--edge--\r\n"])


def signed_fields(key: tuple[str, str]) -> dict[str, str]:
    """The fields as the functions' own library signs them."""
    request = AWSRequest("POST", "http://bucket")
    request.context["s3-presign-post-fields"] = {"key": "t/o/n"}
    request.context["s3-presign-post-policy"] = {"conditions": [], "expiration": "2027-01-01"}
    request.context["timestamp"] = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    S3SigV4PostAuth(Credentials(*key), "s3", "us-east-1").add_auth(request)
    fields: dict[str, str] = request.context["s3-presign-post-fields"]
    return fields


def test_an_upload_is_taken_with_the_signature_of_this_cloud_only() -> None:
    fields = signed_fields(KEY)
    assert signed_form(*form(fields), KEY)
    assert not signed_form(*form(signed_fields(("test", "test"))), KEY)
    assert not signed_form(*form(signed_fields((KEY[0], "guessed"))), KEY)
    assert not signed_form(*form(fields | {"policy": fields["policy"][::-1]}), KEY)
    assert not signed_form(*form({"key": "t/o/n"}), KEY)
    assert not signed_form("text/plain", b"policy", KEY)
    content_type, body = form(fields)
    twice = b'--edge\r\nContent-Disposition: form-data; name="Policy"\r\n\r\ne30=\r\n'
    assert not signed_form(content_type, twice + body, KEY)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/blobs/?list-type=2"),
        ("GET", "/blobs/t/o/n"),
        ("PUT", "/blobs/t/o/n?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"),
        ("DELETE", "/blobs/t/o/n"),
        ("POST", "/uploads"),
        ("GET", "/uploads?versions"),
    ],
)
def test_the_gateway_gives_no_file_away(method: str, path: str, tmp_path: Path) -> None:
    async def status() -> int:
        front = gateway.application(Cloud(tmp_path, 1, 2))
        async with TestClient(TestServer(front)) as client:
            return (await client.request(method, path)).status

    assert asyncio.run(status()) == 403


def test_the_gateway_serves_its_own_name_only(tmp_path: Path) -> None:
    async def statuses() -> list[int]:
        front = gateway.application(Cloud(tmp_path, 1, 2))
        async with TestClient(TestServer(front)) as client:
            names = ("127.0.0.1:8080", "localhost:8080", "rebound.example:8080")
            answers = [await client.get("/gateway/health", headers={"Host": n}) for n in names]
            return [answer.status for answer in answers]

    assert asyncio.run(statuses()) == [200, 200, 403]


def test_the_key_is_drawn_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "home", 1, 2)
    key = cloud.access_key()
    assert Cloud(tmp_path / "home", 1, 2).access_key() == key
    assert Cloud(tmp_path / "other", 1, 2).access_key() != key
    assert stat.S_IMODE(cloud.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(cloud.credentials.stat().st_mode) == 0o600
    assert cloud.environ()["AWS_SECRET_ACCESS_KEY"] == key[1]


def test_what_a_background_process_writes_and_starts_is_its_own_and_ends_with_it(
    tmp_path: Path,
) -> None:
    """Even a child that does not care about its parent or about being asked to end."""
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    parent = (
        "import http.server, subprocess, sys, pathlib;"
        f"child = subprocess.Popen([sys.executable, '-c', {deaf!r}]);"
        f"pathlib.Path({str(tmp_path)!r}, 'child').write_text(str(child.pid));"
        "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])),"
        "http.server.SimpleHTTPRequestHandler).serve_forever()"
    )
    (port,) = free_ports(1)
    processes.start(
        [sys.executable, "-c", parent, str(port)],
        env={},
        pid_file=tmp_path / "pid",
        log=tmp_path / "log",
        health_url=f"http://127.0.0.1:{port}/",
        waiting=lambda _: None,
    )
    time.sleep(0.3)  # for the child to be deaf
    written = tmp_path / "child"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert processes.stop(tmp_path / "pid")
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", written.read_text()],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    assert state == "" or state.startswith("Z")


class Pool:
    """The part of the emulator's runtime that hands out workers."""

    def __init__(self) -> None:
        self._lock, self._workers = threading.Lock(), dict[str, list[Any]]()
        self.ended: list[Any] = []

    def acquire_worker(self, name: str, _c: Any, _z: Any, _q: str, most: int) -> tuple[Any, str]:
        pool = self._workers.setdefault(name, [])
        for worker in pool:
            if not worker.in_use:
                worker.in_use = True
                return worker, "reused"
        if len(pool) >= most:
            return None, "func_cap"
        worker = SimpleNamespace(in_use=True, last_used=time.monotonic(), name=name)
        pool.append(worker)
        return worker, "spawn"

    def kill_workers(self, workers: list[Any]) -> None:
        self.ended += workers


def test_workers_are_few_and_idle_ones_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ministack_main, "MOST_WORKERS", 6)
    monkeypatch.setattr(ministack_main, "WAITING_SECONDS", 0.05)
    pool, service = Pool(), SimpleNamespace()
    ministack_main.cap_workers(pool, service)
    first = [service.acquire_worker(f"f{n}", {}, b"")[0] for n in range(6)]
    for worker in first[1:]:
        worker.in_use = False
    assert service.acquire_worker("f9", {}, b"")[1] == "spawn"
    assert [worker.name for worker in pool.ended] == ["f1"]
    busy = [service.acquire_worker("many", {}, b"")[0] for _ in range(10)]
    assert sum(worker is not None for worker in busy) == ministack_main.MOST_OF_A_FUNCTION
    assert not any(worker.in_use for worker in pool.ended)
