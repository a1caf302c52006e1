"""Serving groups of operations: everything that every operation of every API does the same way.

Every refusal is problem+json (RFC 9457), each answer carries its request id, an Idempotency-Key's
second request gets the first answer, and a denial leaves an entry in the audit trail. A server
hands in a `Raw` request and gets a `Reply`; `on_chalice` does that for API Gateway.
"""

import hashlib
import hmac
import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from telesalud.platform.access import CallerKind
from telesalud.platform.audit import Outcome
from telesalud.platform.errors import Forbidden
from telesalud.platform.http import oauth, problems
from telesalud.platform.http.operations import Answer, Auth, Group, Operation, Request
from telesalud.platform.http.parsing import Raw, parse
from telesalud.platform.http.replies import Reply
from telesalud.platform.logs import get_logger, where
from telesalud.platform.standing import present, standing_key
from telesalud.platform.work import (
    AnsweredBefore,
    Call,
    Remembered,
    Services,
    Work,
    had_rights,
    recall,
)

FRONT_DOOR_HEADER = "x-telesalud-front-door"


class Route(NamedTuple):
    """Where an operation is reached, who may call it, and the module that has it."""

    method: str
    path: str
    auth: Auth
    module: str


class Api:
    """An app's operations, served by whatever server routes to them.

    `routes` come from `routes_in`; a module is imported when the first of its operations is called.
    `services` is called once per request, when it is first needed.
    """

    def __init__(
        self,
        name: str,
        routes: Sequence[Route],
        services: Callable[[], Services],
        *,
        front_door_sha256: str = "",
    ) -> None:
        self.name = name
        self.routes = tuple(routes)
        self._services = services
        self._front_door = front_door_sha256
        self._modules = {(route.method, route.path): route.module for route in routes}
        self._operations: dict[tuple[str, str], Operation] = {}
        if len(self._modules) < len(self.routes):
            raise ValueError("a route is served twice")

    @property
    def operations(self) -> Sequence[Operation]:
        """Every operation; imports all their modules."""
        return [self.operation(route.method, route.path) for route in self.routes]

    def operation(self, method: str, path: str) -> Operation:
        """The operation of a route, its module imported now if that was not done yet."""
        if (method, path) not in self._operations:
            for operation in _operations_in(self._modules[method, path]):
                self._operations[operation.method, operation.path] = operation
        return self._operations[method, path]

    def serve(self, method: str, path: str, raw: Raw) -> Reply:
        """The reply to a request for the route `method` `path`; never raises."""
        operation = self.operation(method, path)
        try:
            reply = self._answer(operation, raw)
        except Exception as error:  # noqa: BLE001  # the one place where everything becomes a reply
            reply = _refusal(operation, error, raw.request_id)
        get_logger().info(
            "request", request_id=raw.request_id, operation=operation.name, status=reply.status
        )
        return reply

    def _answer(self, operation: Operation, raw: Raw) -> Reply:
        check_front_door(self._front_door, raw.headers)
        request = parse(operation, raw, behind_door=bool(self._front_door))
        try:
            request, remembered = self._at_present(operation, request)
            if remembered is not None:
                return _replay(operation, remembered, raw.request_id)
            return _respond(operation, operation.handler(request), raw.request_id)
        except AnsweredBefore as before:
            return _replay(operation, before.answer, raw.request_id)
        except Forbidden as denial:
            self._audit_denial(operation, request, denial)
            raise

    def _audit_denial(self, operation: Operation, request: Request, denial: Forbidden) -> None:
        """Every denial to a known caller leaves an entry under the caller's own trail."""
        caller = request.call.caller
        if caller.kind is CallerKind.ANONYMOUS:
            return
        work = Work(self._services(), Call(caller, request.call.request_id))
        resource = "/".join([operation.name, *request.path.values()])
        reason = str(denial.extra.get("right", denial.slug))
        action = f"{self.name}.{operation.name}"
        work.audit(action, caller.subject, resource, Outcome.DENIED, reason)
        work.commit()

    def _at_present(
        self, operation: Operation, request: Request
    ) -> tuple[Request, Remembered | None]:
        """The request with the rights that its caller has now, and the answer that it had before.

        Whoever was dismissed changes nothing more, whatever their token says: one read. An answer
        is given again to who has the rights with which they got it; others are decided anew.
        Raises Forbidden, SessionExpired.
        """
        caller, once = request.call.caller, request.call.once
        account = standing_key(caller.tenant, caller.subject)
        keys = [once.store_key(caller)] if once else []
        if operation.method != "GET" and caller.kind is CallerKind.USER:
            keys.append(account)
        if not keys:
            return request, None
        services = self._services()
        found = services.store.get_many(keys)
        caller = present(caller, found.get(account))
        item = found.get(keys[0]) if once else None
        request = replace(request, call=replace(request.call, caller=caller))
        if item is None or once is None or not had_rights(caller, item):
            return request, None
        return request, recall(services.vault, caller, once, item)


def routes_in(package: str, table: Path | None = None) -> list[Route]:
    """The routes of every `Group` in the modules of a package.

    With the `table` that packaging writes, none of the modules is imported: a cold function then
    pays for the one that its request needs.
    """
    if table is not None and table.exists():
        rows: list[tuple[str, str, str, str]] = json.loads(table.read_text("utf-8"))
        return [Route(method, path, Auth(auth), module) for method, path, auth, module in rows]
    folder = importlib.import_module(package).__path__
    modules = sorted(f"{package}.{info.name}" for info in pkgutil.iter_modules(folder))
    return [
        Route(operation.method, operation.path, operation.auth, module)
        for module in modules
        for operation in _operations_in(module)
    ]


def check_front_door(expected_sha256: str, headers: Mapping[str, str]) -> None:
    """Raise Forbidden for a request that did not come in through the front door.

    While the door's secret is rotated there are two hashes, with a blank between them.
    """
    if not expected_sha256:
        return
    given = hashlib.sha256(headers.get(FRONT_DOOR_HEADER, "").encode()).hexdigest()
    if not any(hmac.compare_digest(given, each) for each in expected_sha256.split()):
        raise Forbidden("requests come in through the front door only")


def _operations_in(module: str) -> Iterator[Operation]:
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, Group):
            yield from value.operations


def _refusal(operation: Operation, error: Exception, request_id: str) -> Reply:
    problem = problems.of(error, request_id)
    if problem.status >= 500:
        get_logger().error(
            "request failed",
            request_id=request_id,
            operation=operation.name,
            error=type(error).__name__,
            where=where(error),
        )
    if operation.dialect is not None:
        return operation.dialect(error, problem)
    return oauth.reply(error, problem) if operation.oauth else problems.reply(problem)


def _respond(operation: Operation, result: BaseModel | Answer | None, request_id: str) -> Reply:
    answer = result if isinstance(result, Answer) else Answer(result)
    # OAuth leaves a parameter out rather than have it null (RFC 6749 §5.1).
    body = answer.body.model_dump_json(exclude_none=operation.oauth) if answer.body else answer.text
    status = answer.status or operation.status
    return _reply(status, body, answer.version, answer.headers, request_id)


def _replay(operation: Operation, remembered: Remembered, request_id: str) -> Reply:
    headers = {"Idempotency-Replayed": "true"}
    return _reply(operation.status, remembered.body, remembered.version, headers, request_id)


def _reply(
    status: int, body: str, version: int, headers: Mapping[str, str], request_id: str
) -> Reply:
    sent = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **headers,
    }
    if version > 0:
        sent["ETag"] = f'"{version}"'
    return Reply(status, body, sent)
