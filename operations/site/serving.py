"""The front door of an installation in one process: pages, APIs and files on one address."""

from __future__ import annotations

import asyncio
import json
from typing import Final
from urllib.parse import quote

from aiohttp import web
from pydantic import ValidationError

from localstack import pages
from operations.site.installation import Installation
from operations.site.key_slots import NotOpened
from schemas.identity import LogIn
from telesalud.platform.embedded.database import StoreFull
from telesalud.platform.embedded.files import UploadRefused
from telesalud.platform.errors import Forbidden, Malformed, NotFound, Unauthenticated
from telesalud.platform.http import problems
from telesalud.platform.http.one_process import PREFIX
from telesalud.platform.http.replies import Reply
from telesalud.platform.ids import new_id
from telesalud.platform.ports.blobs import MAX_FILE

LOG_IN: Final = f"{PREFIX}/identity/sessions"
_CONTEXT_OF_STORE: Final = "-blobs"


class FrontDoor:
    """Request handlers over one installation."""

    def __init__(self, installation: Installation) -> None:
        self._at = installation

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request, by its path."""
        path = request.rel_url.raw_path
        if f"{request.scheme}://{request.host}" != self._at.origin:
            return _problem(Forbidden("this host is not served"))
        if path.startswith(PREFIX + "/"):
            return await self._api(request)
        if path == "/uploads" and request.method == "POST":
            return await self._upload(request)
        if path.startswith("/blobs/") and request.method == "GET":
            return await asyncio.to_thread(self._download, request)
        return pages.page(request)

    async def _api(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        log_in = _log_in(request, body)
        opens = self._at.server is None
        if opens:
            try:
                await asyncio.to_thread(self._unlock, log_in)
            except NotOpened:
                return _problem(Unauthenticated("sign in to open this computer's records"))
        server = self._at.server
        if server is None:
            return _problem(Unauthenticated("sign in to open this computer's records"))
        target = request.rel_url.raw_path_qs
        reply = await asyncio.to_thread(server.reply, request.method, target, headers, body)
        if log_in is not None and reply.status == 201 and not opens:
            await asyncio.to_thread(self._keep_slot, log_in)
        response = _response(reply)
        pages.compress(request, response, len(reply.body))
        return response

    def _unlock(self, log_in: LogIn | None) -> None:
        """Open the folder with what somebody signs in with. Raises NotOpened."""
        if log_in is None:
            raise NotOpened
        self._at.unlock(log_in.tenant, log_in.user_name, log_in.password)

    def _keep_slot(self, log_in: LogIn) -> None:
        """Who has signed in can open the folder next time, with the password they have now."""
        who = log_in.tenant, log_in.user_name, log_in.password
        if not self._at.slots.opens(*who):
            self._at.slots.put(*who, self._at.key)

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("file")
        if not isinstance(file, web.FileField):
            return _problem(Malformed("this is no form with a file"))
        files = self._at.files(fields.get("store", "").removesuffix(_CONTEXT_OF_STORE))
        if files is None:
            return _problem(Forbidden("this form was not offered here"))
        try:
            await asyncio.to_thread(lambda: files.receive(fields, file.file.read()))
        except UploadRefused as refused:
            return _problem(Forbidden(str(refused)))
        except StoreFull as full:
            return _problem(full)
        return web.Response(status=201)

    def _download(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        files = self._at.files(query.get("store", "").removesuffix(_CONTEXT_OF_STORE))
        path = request.path.removeprefix("/blobs/")
        found = files.offered(path, query) if files else None
        if found is None:
            return _problem(NotFound())
        named = quote(found.filename, safe="")
        return web.Response(
            body=found.body,
            headers={
                "Content-Type": found.content_type,
                "Content-Disposition": f"attachment; filename*=UTF-8''{named}",
                "Cache-Control": "no-store",
            },
        )


def _log_in(request: web.Request, body: bytes) -> LogIn | None:
    if request.method != "POST" or request.rel_url.raw_path != LOG_IN:
        return None
    try:
        return LogIn.model_validate(json.loads(body))
    except (ValidationError, ValueError):
        return None


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body.encode(), headers=dict(reply.headers))


def _problem(error: Exception) -> web.Response:
    return _response(problems.reply(problems.of(error, new_id())))


def application(installation: Installation) -> web.Application:
    """The installation at its address."""
    app = web.Application(client_max_size=MAX_FILE + 1024 * 1024)
    app.router.add_route("*", r"/{path:[\s\S]*}", FrontDoor(installation).handle)
    app.on_response_prepare.append(pages.with_headers(pages.security_headers({})))
    return app
