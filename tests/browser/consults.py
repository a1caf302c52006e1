"""Teleconsultations in every state that their two sides meet: for tests and pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from localstack.client import Client
from tests.browser.conftest import Clinic, Watched
from tests.browser.screens import LOCALES, SLOW, enter, register
from tests.browser.udp_path import UdpPath

DOCTOR = "medicina.dos"
PATIENT = "Paciente Demostración Navegador"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
STATS = """async () => {
  const report = await window.telesaludCallStats?.();
  const frames = { 'inbound-rtp': 0, 'outbound-rtp': 0 };
  report?.forEach((s) => {
    if (s.kind === 'video' && s.type in frames) {
      frames[s.type] += s.framesDecoded ?? s.framesEncoded ?? 0;
    }
  });
  return [frames['inbound-rtp'], frames['outbound-rtp']];
}"""

NO_DEVICES = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  window.allowed
    ? open(wanted)
    : Promise.reject(new DOMException('not now', 'NotAllowedError'));
"""
IN_APP = {
    "Facebook on Android": (
        "Mozilla/5.0 (Linux; Android 14; SM-A045M; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/470.0.0.0;]"
    ),
    "WhatsApp on Android": (
        "Mozilla/5.0 (Linux; Android 14; SM-A045M) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/126.0.0.0 Mobile Safari/537.36 WhatsApp/2.24.10"
    ),
    "Instagram on iOS": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Mobile/15E148 Instagram 334.0.0.0"
    ),
    "another app on iOS": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Mobile/15E148"
    ),
}
"""User agents of browsers inside other apps."""


@dataclass(frozen=True)
class Booked:
    """A teleconsultation, its patient, and the patient's link at the origin that is tested."""

    id: str
    patient: str
    link: str

    @property
    def path(self) -> str:
        """Of the API."""
        return f"/consults/{self.id}"

    @property
    def secret(self) -> str:
        """Of the link."""
        return self.link.partition("#")[2]


def here(clinic: Clinic, url: str) -> str:
    """A link of the API at the origin that is tested."""
    return f"{clinic.origin}/c/#{url.partition('#')[2]}"


def book(
    clinic: Clinic,
    starts_in: timedelta = timedelta(minutes=1),
    *,
    charted: bool = False,
    **changes: Any,
) -> Booked:
    """A teleconsultation of the doctor, without an appointment; `charted` with a new patient."""
    doctor = clinic.client(DOCTOR)
    patient = register(doctor, "1980-05-17", "female") if charted else "DOC-0001"
    body = {
        "start": (datetime.now(UTC) + starts_in).replace(microsecond=0).isoformat(),
        "planned_minutes": 20,
        "practitioners": [
            {
                "id": doctor.get("/identity/me")["id"],
                "display_name": "Profesional Demostración Dos",
            }
        ],
        "patient": {"id": patient, "display_name": PATIENT, "language": "es"},
    } | changes
    made = doctor.post("/consults", body)
    return Booked(made["id"], patient, here(clinic, made["patient_link"]))


def appointed(clinic: Clinic, who: dict[str, Any]) -> tuple[str, str]:
    """A patient with a linked teleconsultation that is open now: their id and their link."""
    desk = clinic.client("admision.uno")
    person = {
        "name": {"given": "Paciente", "family": "Demostración", "second_family": "Navegador"},
        "birth_date": "1980-05-17",
        "sex": "female",
        "confirm_not_duplicate": True,
    }
    patient = desk.post("/patients", person)["id"]
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    where = {"practitioner": who["id"], "category": "telemedicina", "from_date": day, "limit": 1}
    slot = desk.get("/appointments/slots", **where)["items"][0]
    body = {
        "patient": {"id": patient, "display_name": PATIENT},
        "practitioners": [who["id"]],
        "site": slot["site"],
        "category": "telemedicina",
        "start": slot["start"],
        "minutes": slot["minutes"],
    }
    appointment = desk.post("/appointments", body)["id"]
    end = time.monotonic() + SLOW / 1000
    while desk.get(f"/appointments/{appointment}")["link_status"] != "linked":
        assert time.monotonic() < end, "the appointment was not linked"
        time.sleep(0.3)
    links = desk.get(f"/appointments/{appointment}/links")["links"]
    url = next(link["url"] for link in links if link["participant"] == "patient")
    return patient, here(clinic, url)


def book_closing_in(clinic: Clinic, left: timedelta, **changes: Any) -> Booked:
    """One that runs into its limit after `left`, which is shorter than the warning."""
    return book(
        clinic,
        left - timedelta(minutes=20),
        **{"planned_minutes": 20, "grace_minutes": 0, **changes},
    )


def as_patient(clinic: Clinic, booked: Booked, device: str = "d" * 32) -> Client:
    """The patient's side of the API, on another device than any browser here."""
    body = {"secret": booked.secret, "device": device}
    return Client(clinic.http, Client(clinic.http).post("/consults/links/exchange", body)["token"])


def as_doctor(clinic: Clinic, booked: Booked) -> Client:
    """The doctor's side of the API."""
    session = clinic.client(DOCTOR).post(f"{booked.path}/session")
    return Client(clinic.http, session["token"])


@contextmanager
def browsing(browser: Browser, language: str = "es", **options: Any) -> Iterator[Watched]:
    """A browser of its own, as a phone or a computer."""
    context = browser.new_context(
        locale=LOCALES[language], timezone_id="America/Lima", **(options or PHONE)
    )
    context.set_default_timeout(SLOW)
    yield Watched(context.new_page())
    context.close()


def sign_in(page: Page, clinic: Clinic, user_name: str = DOCTOR) -> None:
    """The clinic's application, signed in."""
    page.goto(f"{clinic.origin}/account")
    enter(page, user_name, clinic.password)
    expect(page.locator("#main")).to_be_visible()


def agree(page: Page) -> None:
    """Tick what has to be ticked, and accept."""
    for box in (0, 1):
        page.get_by_role("checkbox").nth(box).check()
    page.locator("button.primary").click()


def pass_check(page: Page) -> None:
    """Consent and device check, up to the waiting room."""
    agree(page)
    page.locator("button.primary").click()
    waiting = page.locator(".waiting")
    failed = page.get_by_role("alert")
    for _ in range(3):  # a cold function on a busy machine may take longer than the page waits
        page.locator(".actions button.primary").click()
        expect(waiting.or_(failed).first).to_be_visible()
        if waiting.is_visible():
            return
    raise AssertionError("the patient did not get into the waiting room")


def come_in(page: Page, link: str) -> None:
    """The patient, from the link to the waiting room."""
    page.goto(link)
    pass_check(page)


def meet(doctor: Page, visitor: Page, clinic: Clinic, booked: Booked) -> None:
    """Both in the call, with pictures flowing both ways. The doctor is signed in."""
    doctor.goto(f"{clinic.origin}/room/{booked.id}?patient={booked.patient}")
    come_in(visitor, booked.link)
    doctor.get_by_role("button", name="Atender").click()
    for page in (doctor, visitor):
        sees_video(page)


def frames(page: Page) -> tuple[int, int]:
    """Decoded and encoded so far, by the present connection."""
    received, sent = page.evaluate(STATS)
    return received, sent


def sees_video(page: Page, seconds: float = SLOW / 1000) -> None:
    """New frames arrive and leave. AssertionError when they do not in time."""
    before = frames(page)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = frames(page)
        if min(now) < min(before):
            before = now  # another connection, which counts anew
        if now[0] > before[0] + 5 and now[1] > before[1] + 5:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"no video flows: {before} then {frames(page)}")


class Network:
    """One page's network, with the call's path: what a lift does to a phone."""

    def __init__(self, page: Page, path: UdpPath) -> None:
        self._context: BrowserContext = page.context
        self._path = path

    def cut(self) -> None:
        """No request, no channel and no packet of the call gets through."""
        self._context.set_offline(True)
        self._path.cut()

    def restore(self) -> None:
        """As it was."""
        self._path.mend()
        self._context.set_offline(False)
