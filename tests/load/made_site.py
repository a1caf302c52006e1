"""The built site behind the local gateway's own handlers, with an API whose answers are made here.

Measurements of the pages use it: what they measure is the page and the link to it, not the
emulator's functions. Headers, compression and caching are those of `localstack/gateway.py`; every
answer is dumped from the API's own contract (`schemas/`). Nothing is kept: a change that the page
asks for gets 404.
"""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from localstack import gateway, pages
from localstack.cloud import default_cloud
from schemas.agendas import Category, CategoryList, Practitioner, PractitionerList, Site, SiteList
from schemas.appointments import (
    Appointment,
    AppointmentList,
    BookedPractitioner,
    LinkStatus,
    Origin,
    PatientReference,
    Status,
)
from schemas.common import Contract
from schemas.consult_sessions import Changes, Session, SessionConsult
from schemas.consults import ConsultStatus, ParticipantRole, Presence
from schemas.identity import AccessToken, Me, SessionStarted

ZONE = "America/Lima"
SITE_ID = "01a20000-0000-7000-8000-000000000001"
USER_ID = "01a20000-0000-7000-8000-000000000002"
CONSULT_ID = "01a20000-0000-7000-8000-000000000003"
SPECIALTIES = ("cardiology", "medicine", "paediatrics", "psychiatry")
MINUTES = 20
PAGE = 200
"""Items of a page, as the site asks for."""
SECRET = "A" * 43
Answer = tuple[int, dict[str, Any]]
"""Status and JSON."""


def _id(number: int) -> str:
    return f"01a20000-0000-7000-9000-{number:012x}"


def me() -> Me:
    """A physician who also administers, so that the page shows all that it has."""
    return Me(
        id=USER_ID,
        tenant="clinica-norte",
        tenant_name="Clínica Demostración",
        user_name="medicina.uno",
        display_name="Profesional Demostración Uno",
        roles=("physician", "administrator"),
        language="es",
        second_factor_enrolled=True,
        recovery_codes_left=8,
        password_expires_at=None,
    )


def token() -> str:
    """What looks like an access token to the page: it reads the claim `sub` only."""
    claims = base64.urlsafe_b64encode(json.dumps({"sub": USER_ID}).encode()).decode().rstrip("=")
    return f"header.{claims}.signature"


def practitioners(count: int) -> list[Practitioner]:
    """That many agendas at one site; the first is the signed-in user's."""
    return [
        Practitioner(
            id=_id(0x1000 + number),
            version=1,
            name=f"Profesional Demostración {number + 1}",
            user_id=USER_ID if number == 0 else None,
            specialties=(SPECIALTIES[number % len(SPECIALTIES)],),
            sites=(SITE_ID,),
        )
        for number in range(count)
    ]


def day_of(people: list[Practitioner], visits: int, opens: datetime) -> list[Appointment]:
    """So many appointments from `opens` on, one after another with each practitioner, by start."""
    states = list(Status)
    made = []
    for number in range(visits):
        person = people[number % len(people)]
        start = opens + timedelta(minutes=MINUTES * (number // len(people)))
        remote = number % 3 == 0
        made.append(
            Appointment(
                id=_id(0x100000 + number),
                version=1,
                status=states[number % len(states)],
                patient=PatientReference(
                    id=_id(0x200000 + number), display_name=f"Paciente Demostración {number + 1}"
                ),
                practitioners=(BookedPractitioner(id=person.id, name=person.name),),
                site=SITE_ID,
                category="visit",
                telemedicine=remote,
                start=start,
                minutes=MINUTES,
                title=None,
                reason="Control (demostración)",
                comment=None,
                room=None,
                origin=Origin.DESK,
                created_at=start - timedelta(days=7),
                cancel_reason=None,
                link_status=LinkStatus.LINKED if remote else LinkStatus.NONE,
                consult=CONSULT_ID if remote else None,
            )
        )
    return made


def session() -> Session:
    """A patient's session of a teleconsultation that begins in ten minutes."""
    now = datetime.now(UTC)
    start = now + timedelta(minutes=10)
    presences = (
        Presence(
            participant="patient",
            role=ParticipantRole.PATIENT,
            display_name="Paciente Demostración 1",
            present=True,
        ),
        Presence(
            participant="practitioner-1",
            role=ParticipantRole.PRACTITIONER,
            display_name="Profesional Demostración 1",
            present=False,
        ),
    )
    consult = SessionConsult(
        id=CONSULT_ID,
        status=ConsultStatus.SCHEDULED,
        start=start,
        planned_minutes=MINUTES,
        opens_at=now,
        closes_at=start + timedelta(minutes=40),
        warned=False,
        language="es",
        participants=presences,
        extendable_minutes=30,
        sequence=1,
    )
    return Session(
        token=token(),
        expires_at=now + timedelta(hours=1),
        expires_in=3600,
        role=ParticipantRole.PATIENT,
        participant="patient",
        consult=consult,
    )


class MadeApi:
    """Answers of one institution with `doctors` agendas, each weekday alike."""

    def __init__(self, doctors: int = 4, visits: int = 20) -> None:
        self._people = practitioners(doctors)
        self._visits = visits
        category = Category(
            code="visit",
            version=1,
            title_es="Consulta",
            title_pt="Consulta",
            title_en="Visit",
            minutes=MINUTES,
        )
        site = Site(id=SITE_ID, version=1, name="Sede Demostración", zone=ZONE)
        started = SessionStarted(
            session_id=_id(1), access_token=token(), expires_in=900, refresh_token=None, user=me()
        )
        self._fixed: dict[tuple[str, str], Callable[[], Contract]] = {
            ("POST", "/identity/sessions"): lambda: started,
            ("POST", "/identity/sessions/refresh"): lambda: AccessToken(
                access_token=token(), expires_in=900
            ),
            ("GET", "/identity/me"): me,
            ("GET", "/appointments/practitioners"): lambda: PractitionerList(
                items=tuple(self._people)
            ),
            ("GET", "/appointments/sites"): lambda: SiteList(items=(site,)),
            ("GET", "/appointments/categories"): lambda: CategoryList(items=(category,)),
            ("POST", "/consults/links/exchange"): session,
            ("GET", f"/consults/{CONSULT_ID}/changes"): lambda: Changes(
                consult=session().consult, items=(), more=False
            ),
        }

    def answer(self, method: str, path: str, query: Mapping[str, str]) -> Answer:
        """Status and body of one call; 404 for what is not made here."""
        if (method, path) == ("GET", "/appointments/agenda"):
            return 200, self._agenda(query).model_dump(mode="json")
        make = self._fixed.get((method, path))
        if make is None:
            return 404, {"type": "urn:telesalud:problem:not-found", "status": 404}
        return 200, make().model_dump(mode="json")

    def _agenda(self, query: Mapping[str, str]) -> AppointmentList:
        """A page of what the span holds, of everybody or of one practitioner."""
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
        items: list[Appointment] = []
        day = since
        while day < until:
            items += day_of(self._people, self._visits, day + timedelta(hours=7))
            day += timedelta(days=1)
        if who := query.get("practitioner"):
            items = [item for item in items if item.practitioners[0].id == who]
        begin = int(query.get("cursor", "0"))
        end = begin + min(PAGE, int(query.get("limit", "50")))
        cursor = str(end) if end < len(items) else None
        return AppointmentList(items=tuple(items[begin:end]), cursor=cursor)


class MadeSite(gateway.Gateway):
    """The gateway, with made answers in the place of the stacks."""

    def __init__(self, api: MadeApi) -> None:
        super().__init__(default_cloud())
        self._api = api

    async def routes(self, afresh: bool = False) -> gateway.Routes:
        apis = ("Identity", "Appointments", "Consults", "Patients", "Orders")
        return gateway.Routes("", {f"{name}ApiId": name for name in apis}, "")

    async def _forward(
        self, request: web.Request, target: str, routes: gateway.Routes, *, bucket: bool
    ) -> web.Response:
        path = request.path.removeprefix("/api")
        status, body = self._api.answer(request.method, path, request.query)
        return web.json_response(body, status=status)


@contextmanager
def served(api: MadeApi, dist: Path | None = None) -> Iterator[str]:
    """The origin of the site in `dist` (web/dist) with this API, until the block ends."""
    if dist is not None:
        pages.SITE = dist.resolve()
    if not (pages.SITE / "index.html").exists():
        raise FileNotFoundError("the site is not built: run make web")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[web.AppRunner, int]:
        app = gateway.application_of(MadeSite(api))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        port: int = runner.addresses[0][1]
        return runner, port

    runner, port = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
