"""A consultation in the video cluster's frame: both pages enter it, encrypt, and move together.

The stacks here have no video cluster, so the answer of `GET /video` is made to name a stand-in on
loopback until the practitioner moves the consult; everything else is what the stacks do. Pages
carry the headers that a stage with that cluster sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Route, expect

from localstack.pages import security_headers
from tests.browser.conftest import Clinic, Watched
from tests.browser.consults import come_in, here, sees_video, sign_in
from tests.browser.fake_cluster import FakeCluster, fake_cluster

ROOM = "0123456789abcdef" * 2


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[FakeCluster]:
    with fake_cluster(tmp_path) as served:
        yield served


class Clustered:
    """Two browsers whose consult is on the cluster until it is moved."""

    def __init__(self, browser: Browser, clinic: Clinic, cluster: FakeCluster) -> None:
        self._clinic, self._cluster = clinic, cluster
        self.moved = False
        self.doctor = self._side(browser, {"width": 1280, "height": 900})
        self.visitor = self._side(browser, {"width": 360, "height": 740})

    def _side(self, browser: Browser, viewport: Any) -> Watched:
        context = browser.new_context(
            viewport=viewport, locale="es-PE", ignore_https_errors=True, service_workers="block"
        )
        context.route(re.compile(r"/api/consults/[^/]+/video(/fallback)?$"), self._video)
        self._as_with_cluster(context)
        return Watched(context.new_page())

    def _as_with_cluster(self, context: BrowserContext) -> None:
        headers = security_headers({"VideoHost": self._cluster.host})

        def page(route: Route) -> None:
            if route.request.resource_type != "document":
                route.fallback()
                return
            answer = route.fetch()
            sent = {name.lower(): value for name, (value, _) in headers.items()}
            route.fulfill(response=answer, headers={**answer.headers, **sent})

        context.route(f"{self._clinic.origin}/**", page)

    def _video(self, route: Route) -> None:
        answer = route.fetch()
        if route.request.url.endswith("/fallback"):
            self.moved = self.moved or answer.ok
        if self.moved or not answer.ok:
            route.fulfill(response=answer)
            return
        token = f"token-of-{'patient' if answer.json()['polite'] else 'practitioner'}"
        cluster = {
            "provider": "jitsi",
            "room": ROOM,
            "domain": self._cluster.host,
            "token": token,
            "ice_servers": [],
        }
        route.fulfill(response=answer, json={**answer.json(), **cluster})

    def close(self) -> None:
        for side in (self.doctor, self.visitor):
            side.page.context.close()


@pytest.fixture
def sides(browser: Browser, clinic: Clinic, cluster: FakeCluster) -> Iterator[Clustered]:
    made = Clustered(browser, clinic, cluster)
    yield made
    made.close()


@pytest.fixture
def met(clinic: Clinic, sides: Clustered) -> tuple[Page, Page]:
    """Both pages in the call, before anything was clicked there."""
    physician = clinic.client("medicina.dos")
    consult = physician.post(
        "/consults",
        {
            "start": (datetime.now(UTC) + timedelta(minutes=1)).isoformat(),
            "planned_minutes": 20,
            "practitioners": [
                {
                    "id": physician.get("/identity/me")["id"],
                    "display_name": "Profesional Demostración",
                }
            ],
            "patient": {"id": "DOC-0001", "display_name": "Paciente Demostración Uno"},
        },
    )
    sign_in(sides.doctor.page, clinic)
    sides.doctor.page.goto(f"{clinic.origin}/room/{consult['id']}")
    come_in(sides.visitor.page, here(clinic, consult["patient_link"]))
    sides.doctor.page.get_by_role("button", name="Atender").click(timeout=60_000)
    return sides.doctor.page, sides.visitor.page


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def is_in(page: Page) -> None:
    expect(framed(page).locator("#who")).to_have_text("camera granted", timeout=60_000)


def write(doctor: Page, text: str) -> None:
    doctor.get_by_role("tab", name="Nota").click()
    doctor.get_by_label("Nota de la consulta").fill(text)
    expect(doctor.get_by_text("Guardado a las")).to_be_visible(timeout=15_000)


def test_both_pages_enter_encrypt_and_move_to_the_direct_path_together(
    sides: Clustered, cluster: FakeCluster, met: tuple[Page, Page]
) -> None:
    doctor, visitor = met
    is_in(doctor)
    is_in(visitor)
    rooms = {urlsplit(path).query for path in cluster.asked if path.startswith(f"/{ROOM}")}
    assert rooms == {"jwt=token-of-practitioner", "jwt=token-of-patient"}

    doctor.get_by_role("button", name="Cifrar de extremo a extremo").click(timeout=60_000)
    dialog = doctor.get_by_role("dialog")
    expect(dialog).to_contain_text("batería")
    dialog.get_by_role("button", name="Cifrar de extremo a extremo").click()
    for page in (doctor, visitor):
        expect(framed(page).locator("#encryption")).to_have_text("encrypted", timeout=60_000)
    expect(visitor.get_by_text("Cifrado de extremo a extremo")).to_be_visible()

    write(doctor, "Evolución favorable.")
    doctor.get_by_role("button", name="Pasar a conexión directa").click()
    sees_video(doctor)
    sees_video(visitor)
    for page in (doctor, visitor):
        expect(page.locator("iframe")).to_have_count(0)
    expect(doctor.get_by_label("Nota de la consulta")).to_have_value("Evolución favorable.")
    visitor.get_by_label("Escriba un mensaje").fill("Le veo bien")
    visitor.get_by_role("button", name="Enviar").click()
    doctor.get_by_role("tab", name="Chat").click()
    expect(doctor.get_by_text("Le veo bien")).to_be_visible(timeout=15_000)
    assert sides.doctor.faults == []
    assert sides.visitor.faults == []


def test_a_cluster_that_fails_is_told_and_left_in_one_click(
    sides: Clustered, cluster: FakeCluster, met: tuple[Page, Page]
) -> None:
    doctor, visitor = met
    is_in(doctor)
    cluster.fail()
    framed(doctor).locator("#hangup").click()
    doctor.get_by_role("button", name="Volver a entrar al video").click()
    doctor.reload()
    expect(doctor.get_by_text("La sala de video no responde")).to_be_visible(timeout=60_000)
    doctor.get_by_role("button", name="Pasar a conexión directa").click()
    sees_video(doctor)
    sees_video(visitor)
