"""A synthetic hospital on the running stacks: its staff, its agenda, and its clients' manners."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx
from botocore.exceptions import BotoCoreError

from infra.tools import ROOT
from localstack.cloud import stage_of
from operations import identity
from schemas.identity import NewClient, NewTenant
from telesalud.identity import bootstrap
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.errors import Conflict
from telesalud.platform.ids import new_id
from tests.cloud.parties import access_token
from tests.cloud.stacks import Stacks

T = TypeVar("T")
ZONE = "America/Lima"
MINUTES = 20
"""Length of a visit."""
TRIES = 10
ADMITTED_WITHIN = 300.0
"""Seconds within which a booking opens the record to its practitioner."""
TOKEN_FOR = 2_400.0
"""Seconds for which a token is used; it lasts an hour."""
_PASSING = frozenset({429, 500, 502, 503, 504})
"""What a busy cloud answers; each is counted, and none is expected of one that is not."""
_DIGITS = ("Cero", "Uno", "Dos", "Tres", "Cuatro", "Cinco", "Seis", "Siete", "Ocho", "Nueve")


class Refused(Exception):
    """An answer that a correct script does not get; the message names step, status and problem."""


@dataclass
class Meter:
    """What the clients saw."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds of each acknowledged step."""
    retries: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    """Seconds between a booking's visit and the record's opening to its practitioner."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def done(self, step: str, seconds: float) -> None:
        with self.lock:
            self.times[step].append(seconds)

    def again(self, reason: str) -> None:
        with self.lock:
            self.retries[reason] += 1


@dataclass
class Actor:
    """Somebody with a token that is renewed; repeats what a busy cloud did not answer."""

    stacks: Stacks
    http: httpx.Client
    meter: Meter
    caller: Caller
    _token: str = ""
    _since: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def _authorization(self) -> str:
        with self._lock:
            if not self._token or time.monotonic() - self._since > TOKEN_FOR:
                self._token = access_token(self.stacks, self.caller)
                self._since = time.monotonic()
            return f"Bearer {self._token}"

    def send(
        self, step: str, method: str, path: str, body: Any = None, version: int | None = None
    ) -> Any:
        """One request under one Idempotency-Key, as often as it takes. Raises Refused.

        None when a stale version is refused after a try that went unanswered: that try was done,
        which the reading back proves or not.
        """
        headers = {"Idempotency-Key": new_id()}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        began = time.monotonic()
        answer, unsure = self._answer(method, path, body, headers)
        if unsure and answer.status_code == 412:
            return None
        if not answer.is_success:
            raise Refused(f"{step}: {answer.status_code} {_problem(answer)}")
        self.meter.done(step, time.monotonic() - began)
        return answer.json() if answer.content else None

    def _answer(
        self, method: str, path: str, body: Any, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bool]:
        """The answer, and whether a try before it may have been done."""
        last: httpx.Response | None = None
        for turn in range(TRIES):
            try:
                sent = {**headers, "Authorization": self._authorization()}
                last = self.http.request(method, f"/api{path}", json=body, headers=sent)
            except (httpx.TransportError, BotoCoreError) as error:
                self.meter.again(type(error).__name__)
            else:
                if last.status_code not in _PASSING:
                    return last, turn > 0
                self.meter.again(str(last.status_code))
            time.sleep(min(10.0, 0.5 * 2**turn))
        if last is None:
            raise Refused(f"{method}: no answer in {TRIES} tries")
        return last, True

    def get(self, step: str, path: str) -> Any:
        """Read."""
        return self.send(step, "GET", path)

    def wait_for_chart(self, patient: str) -> None:
        """Until the booking has opened the record. Raises Refused."""
        began = time.monotonic()
        while time.monotonic() - began < ADMITTED_WITHIN:
            answer, _ = self._answer("GET", f"/patients/{patient}/summary", None, {})
            if answer.is_success:
                with self.meter.lock:
                    self.meter.waits.append(time.monotonic() - began)
                return
            if answer.status_code != 403:
                raise Refused(f"open the chart: {answer.status_code} {_problem(answer)}")
            time.sleep(2)
        raise Refused("open the chart: the booking did not let its practitioner in")


@dataclass
class Hospital:
    """An institution whose staff is at work."""

    tenant: str
    director: Actor
    """Administrator and physician: they alone may ask for every report."""
    desk: Actor
    nurse: Actor
    doctors: list[Actor]
    agendas: list[str]
    """The doctors' ids in the agenda."""
    site: str
    opens: datetime
    """When the first visits begin."""

    def start_of(self, visit: int) -> datetime:
        """Each doctor sees one patient after another."""
        return self.opens + timedelta(minutes=MINUTES * (visit // len(self.doctors)))


def spoken(number: int) -> str:
    """A number in words, so that no synthetic name has a digit."""
    return " ".join(_DIGITS[int(digit)] for digit in str(number))


def patiently(step: Callable[[], T]) -> T:
    """An operator's step, again while the cloud is too busy to answer."""
    for turn in range(TRIES):
        try:
            return step()
        except BotoCoreError:
            time.sleep(min(10.0, 2**turn))
    return step()


def open_hospital(stacks: Stacks, http: httpx.Client, meter: Meter, doctors: int) -> Hospital:
    """A new institution with a site, a category, `doctors` agendas, a formulary and order sets."""
    tenant = f"day-{new_id()[-12:]}"

    def actor(*roles: Role) -> Actor:
        caller = Caller(tenant, new_id(), CallerKind.USER, frozenset(roles))
        return Actor(stacks, http, meter, caller)

    director = actor(Role.ADMINISTRATOR, Role.PHYSICIAN)
    _connect(stacks, director, tenant)
    place = {"name": "Hospital de la Jornada", "zone": ZONE}
    site = director.send("set up", "POST", "/appointments/sites", place)["id"]
    titles = {"title_es": "Consulta", "title_pt": "Consulta", "title_en": "Visit"}
    category = {**titles, "minutes": MINUTES}
    director.send("set up", "PUT", "/appointments/categories/visit", category, 0)
    for path in sorted((ROOT / "localstack" / "catalogues").glob("*.json")):
        catalogue = {"format": "json", "content": path.read_text("utf-8")}
        director.send("set up", "PUT", f"/orders/catalogues/{path.stem}", catalogue, 0)
    staff = [actor(Role.PHYSICIAN) for _ in range(doctors)]
    agendas = [_hire(director, who, site, number) for number, who in enumerate(staff, 1)]
    morning = datetime.now(ZoneInfo(ZONE)).replace(hour=8, minute=0, second=0, microsecond=0)
    opens = (morning + timedelta(days=1)).astimezone(UTC)
    desk, nurse = actor(Role.FRONT_DESK), actor(Role.NURSE)
    return Hospital(tenant, director, desk, nurse, staff, agendas, site, opens)


def _connect(stacks: Stacks, director: Actor, tenant: str) -> None:
    """Let the agenda ask the record about patients of whom it has not heard yet."""
    services = identity.services_on(stage_of(stacks.cloud))
    institution = NewTenant(id=tenant, name="Hospital de la Jornada")
    with suppress(Conflict):  # a try that was not answered was done all the same
        patiently(lambda: bootstrap.create_tenant(services, institution))
    client = NewClient(name="Agenda", scopes=("patients.read",))
    made = patiently(lambda: bootstrap.register_client(services, tenant, client))
    credentials = {"client_id": made.client.client_id, "client_secret": made.secret.secret}
    director.send("set up", "PUT", "/appointments/connection", credentials, 0)


def _hire(director: Actor, who: Actor, site: str, number: int) -> str:
    """An agenda that is open all week, and a registration to prescribe under."""
    user = who.caller.subject
    name = f"Profesional Jornada {spoken(number)}"
    person = {"name": name, "user_id": user, "sites": [site], "specialties": ["general"]}
    agenda = director.send("set up", "POST", "/appointments/practitioners", person)["id"]
    blocks = [
        {"weekday": day, "start": "06:00", "site": site, "slot_minutes": MINUTES}
        for day in range(1, 8)
    ]
    hours = f"/appointments/practitioners/{agenda}/availability"
    director.send("set up", "PUT", hours, {"weekly": blocks}, 0)
    registered = {
        "name": name,
        "registration": {"type": "DEMO", "number": f"{number:06d}"},
        "institution": "Hospital de la Jornada",
    }
    director.send("set up", "PUT", f"/orders/prescribers/{user}", registered, 0)
    return str(agenda)


def _problem(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except json.JSONDecodeError:
        return "no problem+json"
    return f"{problem.get('type', '')} {problem.get('detail', '')} {problem.get('errors', '')}"
