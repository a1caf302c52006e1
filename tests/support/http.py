"""Plays API Gateway for one Chalice app in this process: routes, authorizer, proxy event, answer.

    api = Api(app)                       # tokens go through the app's own authorizer
    api = Api(app, caller=a_caller)      # or every request comes from this caller
    answer = api.post("/patients", json={...}, key="idempotency-1")
    assert answer.status == 201, answer.json

A refused token becomes 401 as the stacks' gateway response ACCESS_DENIED makes it; an unknown path
becomes 403 as on API Gateway.
"""

import json as json_module
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlencode

from chalice.app import Chalice
from chalice.local import RouteMatcher

from telesalud.platform.access import Caller
from telesalud.platform.claims import context_of
from telesalud.platform.http import serving
from telesalud.platform.http.operations import Group
from telesalud.platform.work import Services

SOURCE_IP = "203.0.113.7"
_METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:api123/api/{method}{path}"


def api_of(
    name: str, group: Group, services: Callable[[], Services], *, front_door_sha256: str = ""
) -> serving.Api:
    """An API of one group, as if it stood in a module of its own."""
    module = ModuleType(f"tests_group_{id(group)}")
    setattr(module, "group", group)  # noqa: B010  # a module has no such attribute for mypy
    sys.modules[module.__name__] = module
    routes = [serving.Route(o.method, o.path, o.auth, module.__name__) for o in group.operations]
    return serving.Api(name, routes, services, front_door_sha256=front_door_sha256)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the client of an API sees. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str
    cookies: tuple[str, ...] = ()
    """Each Set-Cookie header in full."""

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json_module.loads(self.body)

    @property
    def etag(self) -> str:
        """The ETag, as If-Match wants it."""
        return self.headers["etag"]


@dataclass(slots=True)
class Api:
    """A client of one app."""

    app: Chalice
    caller: Caller | None = None
    token: str = ""
    source_ip: str = SOURCE_IP
    count: int = field(default=0)

    def get(self, path: str, **options: Any) -> HttpAnswer:
        """GET; see `request` for the options."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> HttpAnswer:
        """POST; see `request` for the options."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> HttpAnswer:
        """PUT; see `request` for the options."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> HttpAnswer:
        """PATCH; see `request` for the options."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> HttpAnswer:
        """DELETE; see `request` for the options."""
        return self.request("DELETE", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        body: str | None = None,
        query: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str = "",
        etag: str = "",
        token: str | None = None,
        caller: Caller | None = None,
    ) -> HttpAnswer:
        """One request. `path` is encoded already; `key` is the Idempotency-Key, `etag` If-Match.

        `token` and `caller` override the client's own; an explicit empty token sends none.
        """
        sent = {"content-type": "application/json"} if json is not None else {}
        text = json_module.dumps(json) if json is not None else body
        if form is not None:
            sent["content-type"] = "application/x-www-form-urlencoded"
            text = urlencode(form)
        sent |= {"idempotency-key": key} if key else {}
        sent |= {"if-match": etag} if etag else {}
        bearer = self.token if token is None else token
        sent |= {"authorization": f"Bearer {bearer}"} if bearer else {}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        target = f"{path}?{urlencode(query, doseq=True, quote_via=quote)}" if query else path
        return self._send(method, target, sent, text, caller or self.caller)

    def _send(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: str | None,
        caller: Caller | None,
    ) -> HttpAnswer:
        self.count += 1
        try:
            route = RouteMatcher(list(self.app.routes)).match_route(target)
        except ValueError:
            return HttpAnswer(403, {}, '{"message": "Missing Authentication Token"}')
        entry = self.app.routes[route.route].get(method)
        path = target.partition("?")[0]
        context: dict[str, Any] = {
            "httpMethod": method,
            "resourcePath": route.route,
            "path": path,
            "requestId": f"request-{self.count}",
            "identity": {"sourceIp": self.source_ip},
        }
        if entry is not None and entry.authorizer is not None:
            vouched = (
                context_of(caller)
                if caller
                else _authorize(entry.authorizer, headers, method, path)
            )
            if vouched is None:
                return HttpAnswer(401, {}, '{"title": "Authentication is required"}')
            context["authorizer"] = vouched
        event = {
            "requestContext": context,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "multiValueQueryStringParameters": route.query_params or None,
            "pathParameters": route.captured or None,
            "stageVariables": None,
            "body": body,
            "isBase64Encoded": False,
        }
        return _answer(self.app(event, None))


def _authorize(
    authorizer: Any, headers: Mapping[str, str], method: str, path: str
) -> dict[str, str] | None:
    """The context that the app's authorizer vouches for, or None when it denies."""
    if "authorization" not in headers:
        return None
    event = {
        "type": "TOKEN",
        "authorizationToken": headers["authorization"],
        "methodArn": _METHOD_ARN.format(method=method, path=path),
    }
    policy = authorizer(event, None)
    allowed = [
        resource
        for statement in policy["policyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for resource in statement["Resource"]
    ]
    return dict(policy["context"]) if allowed else None


def _answer(raw: Mapping[str, Any]) -> HttpAnswer:
    many = {name.lower(): tuple(values) for name, values in raw["multiValueHeaders"].items()}
    headers = {name.lower(): str(value) for name, value in raw["headers"].items()}
    headers |= {name: values[-1] for name, values in many.items()}
    cookies = many.get("set-cookie") or (
        (headers["set-cookie"],) if "set-cookie" in headers else ()
    )
    return HttpAnswer(raw["statusCode"], headers, raw["body"], cookies)
