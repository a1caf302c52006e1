"""The built site as the front door answers it: its pages, its security headers, compressed."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from infra import render
from infra.render import LEAST_COMPRESSED
from infra.tools import ROOT

SITE = (ROOT / "web" / "dist").resolve()
COMPRESSED = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/problem+json",
        "application/wasm",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
"""Types that CloudFront and API Gateway compress, as far as the site and the APIs answer them."""


def page(request: web.Request) -> web.StreamResponse:
    """What is at an address of the site: a file of the build, or the page that owns the address."""
    path = request.path
    if "." not in path.rsplit("/", 1)[-1]:
        path = _owner(path)
    file = (SITE / path.lstrip("/")).resolve()
    if not (SITE / "index.html").exists():
        return web.Response(
            status=503, text="The site is not built yet: run `make web`, then reload.\n"
        )
    if not file.is_relative_to(SITE) or not file.is_file():
        return web.Response(status=404, text="There is nothing at this path.\n")
    if request.method not in ("GET", "HEAD"):
        return web.Response(status=405, text="The site is read only.\n")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = web.FileResponse(file)
    response.content_type = kind
    # File names of built assets carry their hash; pages must always be the newest.
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if "/assets/" in path else "no-cache"
    )
    compress(request, response, file.stat().st_size)
    return response


def _owner(path: str) -> str:
    """The page at a path without a file name, as the front door's SiteRoutes answers it."""
    if re.match(r"^/c(/|$)", path):
        return "/patient.html"
    return "/verify.html" if re.match(r"^/verify(/|$)", path) else "/index.html"


def compress(request: web.Request, response: web.StreamResponse, size: int) -> None:
    """Gzip what the front door of a stage compresses, too.

    CloudFront would send Brotli, which is smaller still, to browsers that take it.
    """
    if response.content_type not in COMPRESSED or "Content-Encoding" in response.headers:
        return
    response.headers.add("Vary", "Accept-Encoding")
    accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    if accepted and size >= LEAST_COMPRESSED and "Range" not in request.headers:
        response.enable_compression(web.ContentCoding.gzip)


def security_headers(parameters: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """Headers of front_door.yaml's SiteHeaders: name to value and whether it overrides.

    The stage's `parameters` name the video cluster, if there is one.
    """
    origins = video_origins(parameters)
    template = render.load(ROOT / "infra" / "stacks" / "front_door.yaml")
    config = template["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    policy = config["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    headers = {
        "Content-Security-Policy": (_with_video(policy["ContentSecurityPolicy"], origins), False),
        "X-Content-Type-Options": ("nosniff", True),
        "X-Frame-Options": (config["SecurityHeadersConfig"]["FrameOptions"]["FrameOption"], True),
        "Referrer-Policy": (
            config["SecurityHeadersConfig"]["ReferrerPolicy"]["ReferrerPolicy"],
            True,
        ),
    }
    for item in config["CustomHeadersConfig"]["Items"]:
        quoted = [f'"{origin}"' for origin in origins]
        headers[item["Header"]] = (_with_video(item["Value"], quoted), item["Override"])
    return headers


def video_origins(parameters: Mapping[str, str]) -> list[str]:
    """Whose video page our pages may load and frame, as front_door.yaml decides it."""
    if host := parameters.get("VideoHost"):
        return [f"https://{host}"]
    domain = parameters.get("VideoDomain")
    return [f"https://{shard}.{domain}" for shard in ("blue", "green")] if domain else []


def _with_video(value: Any, origins: Sequence[str]) -> str:
    """The text of an Fn::Sub with these origins in the place of ${Video}."""
    text = value if isinstance(value, str) else value["Fn::Sub"][0]
    return str(text).replace("${Video}", "".join(f" {origin}" for origin in origins))


def with_headers(
    headers: Mapping[str, tuple[str, bool]],
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Adds these headers to each response; those that do not override leave the response's own."""

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        for name, (value, override) in headers.items():
            if override or name not in response.headers:
                response.headers[name] = value

    return add
