"""What the canary does: what a front desk, a patient and a practitioner do, by the public API.

In an institution of its own, with a patient who exists nowhere else. Each step says its name and
how long it took; the first that does not go well ends the journey.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

PATIENCE = 45.0
"""Seconds within which an appointment has its teleconsultation."""


class StepFailed(Exception):
    """A step did not go well. Says the step, the status and the kind of problem, never a body."""


@dataclass(frozen=True)
class Place:
    """Where the canary lives, as `telesalud canary prepare` wrote it into the secret."""

    tenant: str
    user_name: str
    password: str
    patient: str
    practitioner: str


@dataclass
class Caller:
    """The public API from one person's place."""

    http: httpx.Client
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's body. Raises StepFailed."""
        sent = {"Idempotency-Key": str(uuid.uuid4()), **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            answer = self.http.request(method, f"/api{path}", json=body, headers=sent)
        except httpx.HTTPError as error:
            raise StepFailed(type(error).__name__) from error
        if not answer.is_success:
            raise StepFailed(f"{answer.status_code} {_kind(answer)}".strip())
        return answer.json() if answer.content else None


def _kind(answer: httpx.Response) -> str:
    """The problem's type (RFC 9457); what else is in the body may name a person."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return ""
    body = answer.json()
    return str(body.get("type", "")) if isinstance(body, dict) else ""


def walk(
    http: httpx.Client, place: Place, pause: Callable[[], None] = lambda: time.sleep(1)
) -> Iterator[tuple[str, float]]:
    """Name and seconds of each step as it is done. Raises StepFailed, which names the step."""
    journey = Journey(http, place, pause)
    for step in (journey.log_in, journey.book, journey.link, journey.enter, journey.call):
        began = time.monotonic()
        try:
            step()
        except StepFailed as error:
            raise StepFailed(f"{step.__name__}: {error}") from error
        yield step.__name__, time.monotonic() - began
    journey.leave()


class Journey:
    """One teleconsultation, from logging in to the open call."""

    def __init__(self, http: httpx.Client, place: Place, pause: Callable[[], None]) -> None:
        self.place, self._pause = place, pause
        self.staff, self.visitor, self.doctor = Caller(http), Caller(http), Caller(http)
        self.appointment = self.consult = ""
        self.links: dict[str, Any] = {}

    def log_in(self) -> None:
        who = {"tenant": self.place.tenant, "user_name": self.place.user_name}
        body = {**who, "password": self.place.password, "refresh": "body"}
        self.staff.token = self.staff.ask("POST", "/identity/sessions", body)["access_token"]

    def book(self) -> None:
        since = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
        wanted = f"practitioner={self.place.practitioner}&category=canary&from_date={since}&limit=1"
        slots = self.staff.ask("GET", f"/appointments/slots?{wanted}")["items"]
        if not slots:
            raise StepFailed("the canary's agenda has no free slot")
        body = {
            "patient": {"id": self.place.patient, "display_name": PATIENT},
            "practitioners": [self.place.practitioner],
            "category": "canary",
            **{key: slots[0][key] for key in ("site", "start", "minutes")},
        }
        self.appointment = self.staff.ask("POST", "/appointments", body)["id"]

    def link(self) -> None:
        path = f"/appointments/{self.appointment}"
        until = time.monotonic() + PATIENCE
        while (state := self.staff.ask("GET", path)["link_status"]) != "linked":
            if state == "failed" or time.monotonic() > until:
                raise StepFailed(f"the appointment is {state}")
            self._pause()
        self.links = {
            each["participant"]: each["url"]
            for each in self.staff.ask("GET", f"{path}/links")["links"]
        }

    def enter(self) -> None:
        """The patient's side, as the page does it."""
        link = {"secret": self.links["patient"].partition("#")[2], "device": uuid.uuid4().hex}
        text = self.visitor.ask("POST", "/consults/links/look", link)["consent"]
        if text is not None:
            boxes = [box["code"] for box in text["boxes"] if box["required"]]
            said = {"language": text["language"], "text": text["sha256"], "boxes": boxes}
            consent = {**link, **said, "decision": "accepted"}
            self.visitor.ask("POST", "/consults/links/consent", consent)
        session = self.visitor.ask("POST", "/consults/links/exchange", link)
        self.visitor.token, self.consult = session["token"], session["consult"]["id"]
        self.visitor.ask("POST", f"/consults/{self.consult}/announce", {})

    def call(self) -> None:
        """Both sides get a room to talk in."""
        path = f"/consults/{self.consult}"
        self.doctor.token = self.staff.ask("POST", f"{path}/session")["token"]
        self.doctor.ask("POST", f"{path}/admit", {})
        for side in (self.doctor, self.visitor):
            side.ask("GET", f"{path}/video")

    def leave(self) -> None:
        """End what was begun; nothing is promised about it, so it is no step."""
        self.doctor.ask("POST", f"/consults/{self.consult}/finish", {})


PATIENT = "Paciente Canario Demostración"
