"""The emulator's version 1.5.33, with what a day's work on it needs.

It keeps how far each function has read a table's stream, but not the stream: after a restart every
position lies beyond the end, and nothing is relayed until as many records are written again. It
unpacks every layer anew (5,000 files) for each worker of each function, and starts as many workers
as there are requests. And it serves any web page that the machine's browser has open: every origin
may call it, without credentials. Runs in the emulator's own environment, in place of its
`ministack` command.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import os
import re
import tempfile
import threading
import time
import zipfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

KEPT = 1_000
"""Newest records kept of each table; the functions are never so far behind."""
MOST_OF_A_FUNCTION = 8
"""Workers of one function: a developer's machine is no fleet."""
MOST_WORKERS = 60
"""Workers of all functions from which idle ones make room."""
WAITING_SECONDS = 30.0
OPEN_PATHS = ("/_localstack/health", "/_ministack/health", "/_ministack/ready")
KEY_HEADER = "x-telesalud-cloud-key"
"""By it the gateway passes on a form whose signature it has verified."""
API_PATHS = "/_aws/execute-api/"
"""The functions behind it ask for the front door's secret, which only the gateway has."""


def keep_streams(dynamodb: Any) -> None:
    """Make the emulator's DynamoDB service save and load its stream records with its tables."""
    get_state, load_state = dynamodb.get_state, dynamodb.load_persisted_state

    def get_state_with_streams() -> dict[str, Any]:
        streams = []
        for (account, region, table), records in dynamodb._stream_records._data.items():
            trimmed = dynamodb._stream_trimmed.get_scoped(account, region, table, 0)
            trimmed += max(0, len(records) - KEPT)
            streams.append([account, region, table, trimmed, records[-KEPT:]])
        return {**get_state(), "streams": streams}

    def load_state_with_streams(data: Any) -> None:
        load_state(data)
        for account, region, table, trimmed, records in (data or {}).get("streams", ()):
            dynamodb._stream_records.set_scoped(account, region, table, list(records))
            dynamodb._stream_trimmed.set_scoped(account, region, table, trimmed)

    dynamodb.get_state = get_state_with_streams
    dynamodb.load_persisted_state = load_state_with_streams


def share_layers(lambda_runtime: Any, shared: Path) -> None:
    """Make workers link to a layer that is unpacked once, under its content's hash, in `shared`.

    Workers only read their layers, and removing a worker's folder leaves what it links to.
    """
    lock = threading.Lock()

    class Archive(zipfile.ZipFile):
        def extractall(self, path: Any = None, *rest: Any, **named: Any) -> None:
            if path is None or self.filename is None or not Path(path).name.startswith("layer_"):
                super().extractall(path, *rest, **named)
                return
            unpacked = shared / hashlib.sha256(Path(self.filename).read_bytes()).hexdigest()
            with lock:
                if not unpacked.exists():
                    # Renamed once it is whole: what is cut short is never served.
                    partial = Path(tempfile.mkdtemp(dir=shared))
                    super().extractall(partial, *rest, **named)
                    partial.rename(unpacked)
            Path(path).rmdir()
            Path(path).symlink_to(unpacked, target_is_directory=True)

    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": Archive})


def cap_workers(lambda_runtime: Any, lambda_service: Any) -> None:
    """Give each function a few workers; who comes when all are busy waits for one to be free.

    When many functions have workers, the one that has been idle longest ends before another starts.
    """
    acquire = lambda_runtime.acquire_worker

    def acquire_within(
        name: str, config: Any, code: Any, qualifier: str = "$LATEST", most: int | None = None
    ) -> Any:
        deadline = time.monotonic() + WAITING_SECONDS
        while True:
            make_room(lambda_runtime)
            worker, reason = acquire(name, config, code, qualifier, most or MOST_OF_A_FUNCTION)
            if worker is not None or time.monotonic() > deadline:
                return worker, reason
            time.sleep(0.02)

    lambda_service.acquire_worker = acquire_within


def make_room(lambda_runtime: Any) -> None:
    """End idle workers, those unused for longest first, until there are fewer than the most."""
    with lambda_runtime._lock:
        pools = lambda_runtime._workers
        count = sum(map(len, pools.values()))
        if count < MOST_WORKERS:
            return
        idle = [(each.last_used, key, each) for key in pools for each in pools[key]]
        idle = sorted((row for row in idle if not row[2].in_use), key=lambda row: row[0])
        ended = idle[: count - MOST_WORKERS + 1]
        for _, key, worker in ended:
            pools[key].remove(worker)
    lambda_runtime.kill_workers([worker for _, _, worker in ended])


Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]


def refusal(scope: Scope, hosts: frozenset[str], key_id: str) -> str:
    """Why a request may not pass, or nothing.

    A name that somebody else's DNS gives this address (rebinding) is no name of ours. A browser
    says where a request comes from, and no page has business here. Everybody else must know this
    cloud's access key, whose id is as secret as its other half.
    """
    headers = {name.lower().decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
    if headers.get("host", "").lower() not in hosts:
        return "this host is not served"
    if scope["path"].startswith(API_PATHS):
        return ""
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        return "web pages are not served"
    if scope["path"] in OPEN_PATHS:
        return ""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    given = re.search(r"Credential=([^/\s]+)/", headers.get("authorization", ""))
    known = given[1] if given else query.get("X-Amz-Credential", [""])[0].partition("/")[0]
    known = known or headers.get(KEY_HEADER, "")
    return "" if hmac.compare_digest(known.encode(), key_id.encode()) else "the key is not known"


def guarded(application: Application, hosts: frozenset[str], key_id: str) -> Application:
    """The application behind `refusal`, without the headers that let pages of any origin in."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without_cors(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value)
                    for name, value in message.get("headers", [])
                    if not name.lower().startswith(b"access-control-")
                ]
                message = {**message, "headers": kept}
            await send(message)

        reason = refusal(scope, hosts, key_id) if scope["type"] in ("http", "websocket") else ""
        if not reason:
            await application(scope, receive, send_without_cors)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            head = {"type": "http.response.start", "status": 403}
            await send({**head, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": f"{reason}\n".encode()})

    return app


def share_key(lambda_runtime: Any, lambda_service: Any) -> None:
    """Give functions the cloud's own key; the emulator gives them their account's number."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    key = {name: os.environ[name] for name in names} | {"AWS_SESSION_TOKEN": ""}
    for module in (lambda_runtime, lambda_service):
        module.execution_credentials = lambda _config: dict(key)


def main() -> None:
    """Run the emulator with all of this until it is told to end."""
    lambda_runtime = importlib.import_module("ministack.core.lambda_runtime")
    keep_streams(importlib.import_module("ministack.services.dynamodb"))
    share_layers(lambda_runtime, Path(tempfile.mkdtemp(prefix="layers-")))
    lambda_service = importlib.import_module("ministack.services.lambda_svc")
    cap_workers(lambda_runtime, lambda_service)
    share_key(lambda_runtime, lambda_service)
    emulator: Any = importlib.import_module("ministack.app")
    port = os.environ["GATEWAY_PORT"]
    hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))
    emulator.app = guarded(emulator.app, hosts, os.environ["AWS_ACCESS_KEY_ID"])
    try:
        emulator.main()
    finally:
        lambda_runtime.reset()


if __name__ == "__main__":
    main()
