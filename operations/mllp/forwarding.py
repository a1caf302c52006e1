"""One message over HTTPS and its acknowledgement back, with a client's credentials."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

import httpx

TAKES: Final = "application/hl7-v2"
TRIES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between tries of one message while its sender waits."""
_EARLY: Final = 60.0
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class Unreachable(Exception):
    """No answer for the moment: the sender must get none either, and sends again."""


class Refused(Exception):
    """The front door understood and said no, with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered {status}")
        self.status = status


@dataclass(slots=True)
class Forwarder:
    """Forwards messages in the name of one client."""

    http: httpx.AsyncClient
    origin: str
    client_id: str
    client_secret: str
    waits: tuple[float, ...] = TRIES
    _token: str = ""
    _until: float = 0.0
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def forward(self, message: bytes) -> str:
        """The acknowledgement's text, empty where none is wanted. Raises Unreachable, Refused.

        The same bytes may be sent several times: the receiver answers a repetition as it answered
        the first.
        """
        for wait in (*self.waits, None):
            try:
                return await self._once(message)
            except Unreachable:
                if wait is None:
                    raise
                await asyncio.sleep(wait)
        raise Unreachable

    async def _once(self, message: bytes) -> str:
        for fresh in (False, True):
            token = await self._authorized(fresh=fresh)
            answer = await self._post(
                "/api/interop/v2",
                content=message,
                headers={"authorization": f"Bearer {token}", "content-type": TAKES},
            )
            if answer.status_code != 401:
                break
        if answer.status_code == 204:
            return ""
        if answer.status_code == 200:
            return answer.content.decode("utf-8")
        if answer.status_code in _PASSING or answer.status_code == 401:
            raise Unreachable(f"answered {answer.status_code}")
        raise Refused(answer.status_code)

    async def _authorized(self, *, fresh: bool) -> str:
        async with self._renewing:
            if self._token and not fresh and time.monotonic() < self._until:
                return self._token
            answer = await self._post(
                "/api/identity/token",
                auth=httpx.BasicAuth(self.client_id, self.client_secret),
                data={"grant_type": "client_credentials"},
            )
            if not answer.is_success:
                raise Unreachable(f"no token: answered {answer.status_code}")
            granted = answer.json()
            self._token = str(granted["access_token"])
            self._until = time.monotonic() + float(granted["expires_in"]) - _EARLY
            return self._token

    async def _post(
        self,
        path: str,
        *,
        content: bytes | None = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        auth: httpx.Auth | None = None,
    ) -> httpx.Response:
        try:
            return await self.http.post(
                self.origin + path,
                content=content,
                data=data,
                headers=headers,
                auth=auth or httpx.Auth(),
            )
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__) from error
