"""What the local front door compresses, as a stage's CloudFront and API Gateway do."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from infra import render
from infra.stages import load_stage
from localstack import gateway, pages
from localstack.cloud import Cloud

SCRIPT = "export const text = 'texto repetido';\n" * 200
ANSWER = {"items": [{"name": "Paciente Demostración"}] * 200}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built site of three files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Telesalud</title>")
    (tmp_path / "assets" / "page.js").write_text(SCRIPT)
    (tmp_path / "assets" / "photo.png").write_bytes(bytes(5000))
    monkeypatch.setattr(pages, "SITE", tmp_path)
    return tmp_path


def fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, **headers: str
) -> tuple[dict[str, str], bytes]:
    """Headers and the bytes that travelled."""

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/packed"):
            body = gzip.compress(json.dumps(ANSWER).encode())
            return web.Response(
                body=body, content_type="application/json", headers={"Content-Encoding": "gzip"}
            )
        return web.json_response(ANSWER)

    async def run() -> tuple[dict[str, str], bytes]:
        behind = web.Application()
        behind.router.add_get("/{path:.*}", answer)
        async with TestServer(behind) as api:
            routes = gateway.Routes(str(api.make_url("")), {"OrdersApiId": "x"}, "secret")
            monkeypatch.setattr(gateway, "read_routes", lambda _: routes)
            front = gateway.application(Cloud(tmp_path, 1, 2))
            async with (
                TestServer(front) as door,
                ClientSession(auto_decompress=False) as http,
                http.get(door.make_url(path), headers=headers) as found,
            ):
                return dict(found.headers), await found.read()

    return asyncio.run(run())


def test_scripts_travel_compressed_and_whole(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    headers, body = fetch(
        site, monkeypatch, "/assets/page.js", **{"Accept-Encoding": "gzip, deflate, br"}
    )
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(body).decode() == SCRIPT


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/assets/page.js", {"Accept-Encoding": "identity"}),
        ("/assets/page.js", {"Accept-Encoding": "gzip", "Range": "bytes=0-99"}),
        ("/assets/photo.png", {"Accept-Encoding": "gzip"}),
        ("/", {"Accept-Encoding": "gzip"}),  # smaller than what CloudFront compresses
    ],
)
def test_the_rest_travels_as_it_is(
    site: Path, monkeypatch: pytest.MonkeyPatch, path: str, asked: dict[str, str]
) -> None:
    headers, _ = fetch(site, monkeypatch, path, **asked)
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize("path", ["/api/orders/plain", "/api/orders/packed"])
def test_an_answer_of_an_api_is_compressed_once(
    site: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    headers, body = fetch(site, monkeypatch, path, **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body)) == ANSWER


def test_every_api_of_a_stage_compresses_its_answers() -> None:
    """CloudFront compresses only what it may cache, which no answer of an API is."""
    api: dict[str, Any] = {"Type": "AWS::Serverless::Api", "Properties": {"Name": "orders"}}
    made = render.complete({"Resources": {"RestAPI": api}}, "orders", load_stage("prod"))
    properties = made["Resources"]["RestAPI"]["Properties"]
    assert properties["MinimumCompressionSize"] == render.LEAST_COMPRESSED
