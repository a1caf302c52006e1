"""The REST interfaces: a bridge's colibri, the shard's health pages, the consults' agenda."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jitsi_cluster.autoscaler.agenda import Slot
from jitsi_cluster.autoscaler.model import Reading
from jitsi_cluster.autoscaler.ports import BookingsUnavailable, BridgeUnreachable
from schemas.bridges import AgendaLoad

COLIBRI_PORT = 8080
TIMEOUT_SECONDS = 3.0
TOKEN_SPARE_SECONDS = 60
AGENDA_SCOPE = "consults.load"
"""The only right that is asked for, even if the client was granted more."""


class _Stats(BaseModel):
    """The part of `/colibri/stats` that is used; a bridge sends a hundred other values."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stress_level: float = Field(ge=0)
    conferences: int = Field(ge=0)
    participants: int = Field(ge=0)
    drain: bool = False
    graceful_shutdown: bool = False


class ColibriControl:
    """A bridge's private HTTP interface (`COLIBRI_REST_ENABLED=1 SHUTDOWN_REST_ENABLED=1`).

    An address is a private IP, or `host:port` where the port is not 8080.
    """

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = client or httpx.Client(timeout=TIMEOUT_SECONDS)

    def read(self, address: str) -> Reading:
        """Statistics and health. A bridge that answers but is ill has `healthy` false."""
        answer = self._ask("GET", address, "/colibri/stats")
        try:
            stats = _Stats.model_validate_json(answer.content)
        except ValidationError as error:
            faults = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
            raise BridgeUnreachable(f"{address}: statistics lack or garble {faults}") from error
        return Reading(
            stress=stats.stress_level,
            conferences=stats.conferences,
            participants=stats.participants,
            draining=stats.drain,
            shutting_down=stats.graceful_shutdown,
            healthy=self._send("GET", address, "/about/health").is_success,
        )

    def enable_drain(self, address: str) -> None:
        """No new conferences from now on."""
        self._ask("POST", address, "/colibri/drain/enable")

    def shut_down(self, address: str) -> None:
        """Exit as soon as the last participant has left."""
        self._ask("POST", address, "/colibri/shutdown", json={"graceful-shutdown": True})

    def _ask(
        self, method: str, address: str, path: str, json: dict[str, bool] | None = None
    ) -> httpx.Response:
        answer = self._send(method, address, path, json)
        if answer.is_success:
            return answer
        raise BridgeUnreachable(f"{address}: {method} {path} answered {answer.status_code}")

    def _send(
        self, method: str, address: str, path: str, json: dict[str, bool] | None = None
    ) -> httpx.Response:
        host = address if ":" in address else f"{address}:{COLIBRI_PORT}"
        try:
            return self._client.request(method, f"http://{host}{path}", json=json)
        except httpx.HTTPError as error:
            raise BridgeUnreachable(
                f"{address}: {method} {path}: {type(error).__name__}"
            ) from error


class HealthPages:
    """Prosody's `/health` and Jicofo's `/about/health`; all must answer with success."""

    def __init__(self, urls: Sequence[str], client: httpx.Client | None = None) -> None:
        self._urls = tuple(urls)
        self._client = client or httpx.Client(timeout=TIMEOUT_SECONDS)

    def up(self) -> bool:
        """Whether every page answers 2xx."""
        return all(self._answers(url) for url in self._urls)

    def _answers(self, url: str) -> bool:
        try:
            return self._client.get(url).is_success
        except httpx.HTTPError:
            return False


class Credentials(BaseModel):
    """A client of the identity service that may read the agenda's counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    client_id: str = Field(min_length=1)
    client_secret: str = Field(min_length=1)


class AgendaApi:
    """`GET {url}?from=&to=` with a client-credentials token; counts per slot, no ids."""

    def __init__(
        self,
        url: str,
        token_url: str,
        credentials: Callable[[], Credentials],
        client: httpx.Client | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._token_url = token_url
        self._credentials = credentials
        self._client = client or httpx.Client(timeout=10.0)
        self._monotonic = monotonic
        self._token = ""
        self._token_until = 0.0

    def slots(self, since: datetime, until: datetime) -> Iterable[Slot]:
        """Booked slots that start in [since, until)."""
        try:
            answer = self._client.get(
                self._url,
                params={"from": since.isoformat(), "to": until.isoformat()},
                headers={"Authorization": f"Bearer {self._bearer()}"},
            )
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                self._token_until = 0.0  # revoked or rotated: the next fetch asks for a new one
            answer.raise_for_status()
            load = AgendaLoad.model_validate_json(answer.content)
        except httpx.HTTPStatusError as error:
            raise BookingsUnavailable(f"{error.request.url.path}: {error.response}") from None
        except (httpx.HTTPError, ValidationError) as error:
            raise BookingsUnavailable(f"{self._url}: {type(error).__name__}") from error
        return tuple(
            Slot(start=slot.start, minutes=slot.minutes, booked=slot.booked) for slot in load.slots
        )

    def _bearer(self) -> str:
        if self._monotonic() < self._token_until:
            return self._token
        asked_at = self._monotonic()
        credentials = self._credentials()
        answer = self._client.post(
            self._token_url,
            data={"grant_type": "client_credentials", "scope": AGENDA_SCOPE},
            auth=(credentials.client_id, credentials.client_secret),
        )
        answer.raise_for_status()
        granted = _Token.model_validate_json(answer.content)
        self._token = granted.access_token
        self._token_until = asked_at + granted.expires_in - TOKEN_SPARE_SECONDS
        return self._token


class _Token(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    access_token: str = Field(min_length=1)
    expires_in: float = Field(gt=0)
