"""What the site must never do, whoever looks: a walk over storage, addresses, headers and names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    Response,
    expect,
)

from localstack.client import Client
from localstack.pages import security_headers
from tests.browser.conftest import Clinic
from tests.browser.consults import DOCTOR, book, sign_in
from tests.browser.screens import (
    PHYSICIAN,
    SCREENS,
    SLOW,
    Shown,
    by_user,
    prepare,
    settle,
    upload,
    visit,
)

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "frame-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
STORED = """async () => {
  const rows = [];
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    const base = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    for (const store of base.objectStoreNames) {
      const reading = base.transaction(store).objectStore(store).getAll();
      rows.push(await new Promise((done) => { reading.onsuccess = () => done(reading.result); }));
    }
    base.close();
  }
  const kept = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) kept.push(request.url);
  }
  const [local, session] = [{ ...localStorage }, { ...sessionStorage }];
  return JSON.stringify({ local, session, rows, kept, cookies: document.cookie });
}"""
JWT = re.compile(r"eyJ[\w-]{8,}")


class Traffic:
    """Every request and answer of a browser context."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[Request] = []
        self.answers: list[Response] = []
        context.on("request", self._sent)
        context.on("response", self._answered)

    def _sent(self, request: Request) -> None:
        self.requests.append(request)

    def _answered(self, answer: Response) -> None:
        self.answers.append(answer)

    def strangers(self, origin: str) -> set[str]:
        """Addresses of anybody else's."""
        own = (f"{origin}/", f"{origin.replace('http', 'ws', 1)}/", "blob:", "data:")
        return {one.url for one in self.requests if not one.url.startswith(own)}

    def keepable(self) -> set[str]:
        """API answers that some cache between or in the browser might keep."""
        return {
            urlsplit(one.url).path
            for one in self.answers
            if urlsplit(one.url).path.startswith("/api/")
            and one.status < 500  # the local gateway's own words, when the emulator is busy
            and "no-store" not in one.headers.get("cache-control", "")
        }

    def tokens(self) -> set[str]:
        """What the requests authorised themselves with."""
        sent = (one.headers.get("authorization", "") for one in self.requests)
        return {each.removeprefix("Bearer ") for each in sent if each}


@pytest.fixture(scope="module")
def shown(clinic: Clinic) -> Shown:
    return prepare(clinic)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 860}, locale="es-PE")
    made.set_default_timeout(SLOW)
    yield made
    made.close()


def registered(api: Client, given: str = "Paciente") -> str:
    """The id of a new patient of the caller."""
    person = {
        "name": {"given": given, "family": "Demostración Reservada"},
        "birth_date": "1961-04-02",
        "sex": "male",
        "confirm_not_duplicate": True,
    }
    return str(api.post("/patients", person)["id"])


def signed_in(context: BrowserContext, clinic: Clinic, path: str, user: str = PHYSICIAN) -> Page:
    page = context.new_page()
    sign_in(page, clinic, user)
    page.goto(clinic.origin + path)
    settle(page)
    return page


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Profesional Demostración Uno").click()
    page.get_by_role("menuitem", name="Salir").click()
    expect(page.get_by_label("Institución")).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("path", ["/", "/agenda", "/c/", "/verify/", "/sw.js"])
def test_every_page_has_the_whole_policy_and_nothing_inline(clinic: Clinic, path: str) -> None:
    headers = clinic.http.get(path).headers
    assert {part.strip() for part in headers["content-security-policy"].split(";")} == POLICY
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-cache"


def test_a_stage_with_a_video_cluster_opens_the_policy_to_that_host_alone() -> None:
    [policy, _] = security_headers({"VideoHost": "video.example.org"})["Content-Security-Policy"]
    opened = {part.strip() for part in policy.split(";")} - POLICY
    assert opened == {
        "script-src 'self' https://video.example.org",
        "frame-src 'self' https://video.example.org",
    }


@pytest.mark.parametrize("user", [user for user, _ in by_user(SCREENS)])
def test_no_screen_asks_anybody_else_nor_leaves_a_trace(
    context: BrowserContext, clinic: Clinic, shown: Shown, user: str | None
) -> None:
    traffic = Traffic(context)
    page = context.new_page() if user is None else signed_in(context, clinic, "/account", user)
    for screen in dict(by_user(SCREENS))[user]:
        visit(page, clinic, screen, shown)
    assert traffic.strangers(clinic.origin) == set()
    assert traffic.keepable() == set()
    assert [one.url for one in traffic.requests if one.headers.get("referer")] == []
    stored = page.evaluate(STORED)
    assert not JWT.search(stored)
    assert [token for token in traffic.tokens() if token in stored] == []
    assert "/api/" not in json.dumps(json.loads(stored)["kept"])
    assert not any(JWT.search(one.url) for one in traffic.requests)


def test_the_session_is_in_a_cookie_that_no_script_and_no_other_site_can_use(
    context: BrowserContext, clinic: Clinic
) -> None:
    page = signed_in(context, clinic, "/account")
    [cookie] = context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["path"] == "/api/identity"
    assert set(page.evaluate("Object.keys(localStorage)")) <= {
        "telesalud.signedIn",
        "telesalud.tenant",
        "telesalud.language",
    }
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_links_secret_is_in_no_address_but_the_one_that_was_opened(
    context: BrowserContext, clinic: Clinic
) -> None:
    booked = book(clinic)
    traffic = Traffic(context)
    page = context.new_page()
    page.goto(booked.link)
    expect(page.get_by_role("checkbox").first).to_be_visible(timeout=SLOW)
    assert page.evaluate("location.href") == f"{clinic.origin}/c/"
    page.goto(f"{clinic.origin}/verify/")
    page.go_back()
    expect(page.get_by_role("checkbox").first).to_be_visible(timeout=SLOW)  # from the tab's session
    assert page.evaluate("location.href") == f"{clinic.origin}/c/"
    sent = [one for one in traffic.requests if booked.secret in (one.post_data or "")]
    assert {urlsplit(one.url).path for one in sent} == {"/api/consults/links/look"}
    assert not any(booked.secret in one.url for one in traffic.requests)
    assert not any(booked.secret in json.dumps(one.headers) for one in traffic.requests)
    stored = json.loads(page.evaluate(STORED))
    assert set(stored["local"]) == {"telesalud.device"}
    del stored["session"]  # of this tab alone: a reload is no new link
    assert not [each for each in (booked.secret, *traffic.tokens()) if each in json.dumps(stored)]


MARKUP = "<img src=x onerror=document.title='owned'>"
OWNED = """() => document.title === 'owned'
  || document.querySelector('img[src="x"], [onerror]') !== null"""


def test_names_are_text_for_the_clinician_and_for_the_patient(
    context: BrowserContext, clinic: Clinic
) -> None:
    patient = registered(clinic.client(DOCTOR), MARKUP)
    page = signed_in(context, clinic, f"/patients/{patient}", DOCTOR)
    expect(page.get_by_role("heading", level=1)).to_contain_text(MARKUP)
    assert not page.evaluate(OWNED)
    booked = book(clinic, patient={"id": "DOC-0001", "display_name": MARKUP})
    page.goto(f"{clinic.origin}/room/{booked.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(MARKUP)
    assert not page.evaluate(OWNED)
    visitor = context.new_page()
    visitor.goto(booked.link)
    expect(visitor.get_by_text(MARKUP)).to_be_visible()
    assert not visitor.evaluate(OWNED)


def test_a_files_name_is_text(context: BrowserContext, clinic: Clinic) -> None:
    api = clinic.client(PHYSICIAN)
    patient = registered(api)
    upload(clinic, api, patient, name=f"{MARKUP}.pdf", title=MARKUP)
    page = signed_in(context, clinic, f"/patients/{patient}/documents")
    expect(page.get_by_text(MARKUP).first).to_be_visible()
    assert not page.evaluate(OWNED)


def test_signing_out_in_one_tab_closes_every_tab_and_leaves_nothing(
    context: BrowserContext, clinic: Clinic
) -> None:
    api = clinic.client(PHYSICIAN)
    patient = registered(api)
    family = "Demostración Reservada"
    first = signed_in(context, clinic, f"/patients/{patient}")
    second = context.new_page()
    second.goto(f"{clinic.origin}/patients/{patient}/timeline")
    for page in (first, second):
        expect(page.get_by_role("heading", level=1)).to_contain_text(family)
    sign_out(first)
    expect(second.get_by_label("Institución")).to_be_visible(timeout=SLOW)
    for page in (first, second):
        for back in (page.go_back, page.reload):
            back()
            if page.url == "about:blank":  # where the tab began
                page.go_forward()
            expect(page.get_by_label("Institución")).to_be_visible(timeout=SLOW)
            assert family not in page.content()
    stored = first.evaluate(STORED)
    assert patient not in stored
    assert family not in stored
    assert context.cookies() == []
