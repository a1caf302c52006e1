"""Calls to another context's public API with client credentials (RFC 6749 §4.4).

The token is fetched with the tenant's credentials and kept until shortly before it expires. What
the other side refuses for good is `Refused`; everything that a later try may cure is Unavailable.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from telesalud.platform.errors import DomainError, Unavailable

if TYPE_CHECKING:
    import httpx

_EARLY = 60.0
"""Seconds before its expiry at which a token is no longer used."""
_PASSING = frozenset({401, 408, 425, 429})
TIMEOUT = 8.0
"""Seconds for a whole call; the functions that make them have 29 or 30."""


class Refused(DomainError):
    """The other side understood and said no; repeating would not help."""

    slug = "partner-refused"
    status = 409
    title = "The other service refused"

    def __init__(self, problem: str, http_status: int) -> None:
        super().__init__(f"the other service refused: {problem}")
        self.problem = problem
        self.http_status = http_status


class Credentials(NamedTuple):
    """A client of the identity service."""

    client_id: str
    client_secret: str


class _Grant(BaseModel):
    """RFC 6749 §5.1."""

    access_token: str
    expires_in: float


class _Token(NamedTuple):
    text: str
    until: float


@dataclass(slots=True)
class PartnerClient:
    """Calls `<base_url>/<context>/…` for any tenant."""

    base_url: str
    """Such as `https://clinic.example/api`."""
    credentials: Callable[[str], Credentials]
    http: "Callable[[], httpx.Client]"
    monotonic: Callable[[], float] = time.monotonic
    _tokens: dict[str, _Token] = field(default_factory=dict)

    def call(
        self,
        tenant: str,
        method: str,
        path: str,
        *,
        json: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """The answer's body. Raises Refused, Unavailable.

        `json` is the body's text. A rejected token is replaced once.
        """
        for fresh in (False, True):
            token = self._token(tenant, fresh=fresh)
            sent = {"authorization": f"Bearer {token}", **(headers or {})}
            if json is not None:
                sent["content-type"] = "application/json"
            answer = self._send(method, path, headers=sent, content=json)
            if answer.status_code != 401:
                break
        return _body(answer)

    def _token(self, tenant: str, *, fresh: bool) -> str:
        kept = self._tokens.get(tenant)
        if kept is not None and not fresh and kept.until > self.monotonic():
            return kept.text
        mine = self.credentials(tenant)
        answer = self._send(
            "POST",
            "/identity/token",
            auth=(mine.client_id, mine.client_secret),
            data={"grant_type": "client_credentials"},
        )
        if answer.status_code in (400, 401, 403):
            # Wrong credentials are for an administrator to mend; the work waits meanwhile.
            raise Unavailable("the identity service does not accept this service's credentials")
        granted = _Grant.model_validate_json(_body(answer))
        until = self.monotonic() + granted.expires_in - _EARLY
        self._tokens[tenant] = _Token(granted.access_token, until)
        return granted.access_token

    def _send(self, method: str, path: str, **options: Any) -> "httpx.Response":
        import httpx  # noqa: PLC0415  # 120 ms of import that most requests do without

        try:
            return self.http().request(method, self.base_url + path, timeout=TIMEOUT, **options)
        except httpx.HTTPError as error:
            raise Unavailable("the other service did not answer") from error


def _body(answer: "httpx.Response") -> str:
    if answer.is_success:
        return answer.text
    if answer.status_code >= 500 or answer.status_code in _PASSING or answer.is_redirect:
        raise Unavailable(f"the other service answered {answer.status_code}")
    raise Refused(_problem(answer), answer.status_code)


def _problem(answer: "httpx.Response") -> str:
    """The last part of the problem's type (RFC 9457), or the status."""
    try:
        type_ = answer.json().get("type", "")
    except (ValueError, AttributeError):
        type_ = ""
    return str(type_).rpartition(":")[2][:60] or f"http-{answer.status_code}"
