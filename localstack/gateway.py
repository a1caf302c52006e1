"""The local cloud's front door: site and every API on one loopback origin, as CloudFront does it.

`python -m localstack.gateway`. Paths go where infra/stacks/front_door.yaml sends them, with the
same secret header towards the APIs and the same security headers towards the browser.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType, web
from yarl import URL

from infra import front_door
from infra.deploy import Deployment
from localstack import pages, signatures
from localstack.cloud import Cloud, default_cloud, stage_of
from localstack.ministack_main import KEY_HEADER

FRONT_DOOR_HEADER = "x-telesalud-front-door"
MAX_BODY = 64 * 1024 * 1024
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}  # RFC 9110 §7.6.1
NOT_FORWARDED = HOP_BY_HOP | {"host", "content-length", FRONT_DOOR_HEADER}
TO_BUCKETS = frozenset({"accept", "content-type", "if-none-match", "if-range", "range"})
"""What a bucket gets of a request's headers: none that could sign it anew, none that is secret."""
HOSTS = frozenset({"127.0.0.1", "localhost"})
"""Names by which this machine calls itself. Another one was made to point here (DNS rebinding)."""
BEHAVIORS = front_door.behaviors()


@dataclass(frozen=True)
class Routes:
    """Where the stacks' APIs and buckets are, read from the stacks' outputs."""

    endpoint: str
    outputs: Mapping[str, str]
    secret: str

    def target(self, behavior: front_door.Behavior, path: str) -> str | None:
        """URL for a raw path; None when what should answer it is not deployed (yet)."""
        parameter = behavior.origin.parameter
        if parameter.endswith("BucketDomain"):
            place = self.outputs.get(parameter.removesuffix("Domain") + "Name", "")
        else:
            api_id = self.outputs.get(parameter, "")
            place = api_id and f"_aws/execute-api/{api_id}"
        return f"{self.endpoint}/{place}{behavior.forwarded(path)}" if place else None


def read_routes(cloud: Cloud) -> Routes:
    """Ask CloudFormation where everything is."""
    deployment = Deployment(stage_of(cloud), cloud.environ(), lambda _: None)
    outputs = deployment.describe()
    return Routes(cloud.endpoint, outputs, deployment.front_door_secret())


NO_SUCH_API = b'{"message": "Not Found"}'
"""The emulator's own words; our apps answer problem+json."""


class Gateway:
    """Request handlers over one cloud; routes are read again when an API is not known (yet)."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._routes: Routes | None = None
        self._reading = asyncio.Lock()
        self.headers = pages.security_headers(stage_of(cloud).parameters)
        self._session: ClientSession | None = None

    async def routes(self, afresh: bool = False) -> Routes:
        """The present routes."""
        async with self._reading:
            if self._routes is None or afresh:
                self._routes = await asyncio.to_thread(read_routes, self._cloud)
            return self._routes

    @property
    def session(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                timeout=ClientTimeout(total=60), auto_decompress=False, max_line_size=65536
            )
        return self._session

    async def close(self, _app: web.Application) -> None:
        if self._session is not None:
            await self._session.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request: live channel, API, bucket or site."""
        path = request.rel_url.raw_path
        if request.url.host not in HOSTS:
            return _problem(403, "forbidden", "Not allowed", "this host is not served")
        if path == "/gateway/health":
            return web.json_response({"emulator": self._cloud.endpoint})
        behavior = front_door.behavior_of(path, BEHAVIORS)
        if behavior.origin.name == front_door.SITE:
            return _no_api() if path.startswith("/api/") else pages.page(request)
        if request.method not in behavior.methods:
            return _problem(403, "forbidden", "Not allowed", "the front door has no such method")
        if behavior.origin.name == "live":
            return await self._live(request, behavior)
        return await self._origin(request, behavior)

    async def _target(self, behavior: front_door.Behavior, path: str) -> tuple[Routes, str | None]:
        """Where to send a request now, looked up again when it is not known (yet)."""
        routes = await self.routes()
        if routes.target(behavior, path) is None:
            routes = await self.routes(afresh=True)
        return routes, routes.target(behavior, path)

    async def _origin(
        self, request: web.Request, behavior: front_door.Behavior
    ) -> web.StreamResponse:
        """What an API or a bucket answers."""
        path = request.rel_url.raw_path
        if behavior.within_bucket and not await self._signed(request):
            return _problem(403, "forbidden", "Not allowed", "files need a signature")
        routes, target = await self._target(behavior, path)
        if target is None:
            return _no_api()
        bucket = behavior.within_bucket
        response = await self._forward(request, target, routes, bucket=bucket)
        if response.status == 404 and response.body == NO_SUCH_API:
            # A stack that was deployed again may have an API with another id.
            routes = await self.routes(afresh=True)
            target = routes.target(behavior, path) or target
            response = await self._forward(request, target, routes, bucket=bucket)
        if path.startswith("/api/"):  # API Gateway does it, see infra/render.py
            pages.compress(request, response, response.content_length or 0)
        return response

    async def _signed(self, request: web.Request) -> bool:
        """Whether the request for a file may go on to the emulator."""
        if request.method != "POST":
            return signatures.signed_query(list(request.query.items()))
        key = await asyncio.to_thread(self._cloud.access_key)
        form = request.headers.get("Content-Type", ""), await request.read()
        return await asyncio.to_thread(signatures.signed_form, *form, key)

    async def _forward(
        self, request: web.Request, target: str, routes: Routes, *, bucket: bool
    ) -> web.Response:
        url = URL(target, encoded=True)
        if request.query_string:
            url = URL(f"{target}?{request.rel_url.raw_query_string}", encoded=True)
        headers = [
            (name, value)
            for name, value in request.headers.items()
            if (name.lower() in TO_BUCKETS if bucket else name.lower() not in NOT_FORWARDED)
        ]
        if bucket and request.method == "POST":
            headers.append((KEY_HEADER, self._cloud.access_key()[0]))
        if not bucket:
            headers.append((FRONT_DOOR_HEADER, routes.secret))
            headers.append(("X-Forwarded-For", request.remote or "127.0.0.1"))
            headers.append(("X-Forwarded-Proto", request.scheme))
        body = await request.read()
        try:
            async with self.session.request(
                request.method, url, headers=headers, data=body or None, allow_redirects=False
            ) as answer:
                content = await answer.read()
        except (ClientError, TimeoutError):
            return _problem(
                503, "unavailable", "The service is not available", "the emulator does not answer"
            )
        response = web.Response(status=answer.status, body=content)
        for name, value in answer.headers.items():
            if name.lower() not in HOP_BY_HOP | {"content-length", "date", "server"}:
                response.headers.add(name, value)
        return response

    async def _live(
        self, request: web.Request, behavior: front_door.Behavior
    ) -> web.StreamResponse:
        """Pass WebSocket messages both ways until either side ends."""
        routes, target = await self._target(behavior, request.rel_url.raw_path)
        if target is None:
            return _problem(404, "not-found", "There is no such resource", "no live channel here")
        url = f"{target}?{request.rel_url.raw_query_string}" if request.query_string else target
        protocols = [
            part.strip()
            for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")
            if part.strip()
        ]
        kept = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in NOT_FORWARDED and not name.lower().startswith("sec-websocket-")
        }
        try:
            server = await self.session.ws_connect(
                URL(url, encoded=True),
                headers=kept | {FRONT_DOOR_HEADER: routes.secret},
                protocols=protocols,
            )
        except (ClientError, TimeoutError) as refused:
            status = getattr(refused, "status", 503)
            return _problem(int(status), "unavailable", "No live channel", "it was refused")
        client = web.WebSocketResponse(protocols=protocols)
        await client.prepare(request)
        pumps = [
            asyncio.create_task(_pump(client, server)),
            asyncio.create_task(_pump(server, client)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await server.close()
        await client.close(code=server.close_code or 1000)
        return client


async def _pump(source: Any, sink: Any) -> None:
    async for message in source:
        if message.type == WSMsgType.TEXT:
            await sink.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await sink.send_bytes(message.data)


def _no_api() -> web.Response:
    return _problem(404, "not-found", "There is no such resource", "no such API here")


def _problem(status: int, slug: str, title: str, detail: str) -> web.Response:
    body = {"type": f"urn:telesalud:problem:{slug}", "title": title, "status": status}
    return web.json_response(
        body | {"detail": detail, "instance": "urn:telesalud:request:gateway", "errors": []},
        status=status,
        content_type="application/problem+json",
    )


def application(cloud: Cloud) -> web.Application:
    """The gateway of one cloud."""
    return application_of(Gateway(cloud))


def application_of(gateway: Gateway) -> web.Application:
    """Every path, to this gateway."""
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_route("*", r"/{path:[\s\S]*}", gateway.handle)  # a decoded %0A, too
    app.on_response_prepare.append(pages.with_headers(gateway.headers))
    app.on_cleanup.append(gateway.close)
    return app


def main() -> None:
    cloud = default_cloud()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a text file
    web.run_app(
        application(cloud), host="127.0.0.1", port=cloud.gateway_port, print=None, access_log=None
    )


if __name__ == "__main__":
    main()
