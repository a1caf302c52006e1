"""Every screen of the site with the data that it shows: for the access checks and the pictures."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fpdf import FPDF
from playwright.sync_api import Page, expect

from localstack import seed_charts, seed_day
from localstack.client import Client
from tests.browser.conftest import Clinic

TENANT, ZONE = "clinica-norte", "America/Lima"
PHYSICIAN = "medicina.uno"
ADMINISTRATOR = "administracion"
FRONT_DESK = "admision.uno"
PHARMACIST = "farmacia.uno"
BILLING = "facturacion.uno"
SLOW = 90_000
"""Milliseconds: one function of the emulator answers after the other."""
expect.set_options(timeout=SLOW)
LOCALES = {"es": "es-PE", "pt": "pt-BR", "en": "en-GB"}


@dataclass(frozen=True)
class Screen:
    """One screen; `path` may name ids of `Shown`. Without a user name nobody is signed in."""

    name: str
    path: str
    user_name: str | None = PHYSICIAN


@dataclass(frozen=True)
class Shown:
    """Ids of what the screens show."""

    adult: str
    child: str
    encounter: str
    prescription: str
    draft: str
    order: str
    certificate: str
    code: str
    admission: str
    """Of the patient of the demonstration who is in the day hospital."""
    admitted: str
    """That patient, for whom a contract pays."""
    day: str
    """On which the demonstration clinic is at work, `YYYY-MM-DD`."""


_CHART = (
    *("timeline", "encounters", "problems", "allergies", "medicines", "immunizations"),
    *("procedures", "history", "consents", "vitals", "orders", "documents", "forms"),
    *("external", "custody"),
)
_ADMIN = (
    *("users", "agendas", "categories", "sites", "reminders", "partners", "webhooks"),
    *("country", "consent", "catalogues", "alarms", "measuring", "settings", "audit"),
)
_PHARMACY = ("wards",)
_BILLING = ("vouchers", "invoices", "cash", "contracts")

SCREENS: tuple[Screen, ...] = (
    Screen("sign-in", "/agenda", None),
    Screen("verify", "/verify/", None),
    Screen("verify-paper", "/verify/#{code}", None),
    Screen("patient-link", "/c/#" + "A" * 43, None),
    Screen("nowhere", "/nowhere"),
    Screen("agenda", "/agenda?day={day}"),
    Screen("agenda-day", "/agenda?view=day&practitioner=all&day={day}"),
    Screen("agenda-week", "/agenda?view=week&day={day}"),
    Screen("agenda-month", "/agenda?view=month&day={day}"),
    Screen("waiting", "/waiting"),
    Screen("waitlist", "/waitlist"),
    Screen("groups", "/groups"),
    Screen("patients", "/patients"),
    Screen("patient-new", "/patients/new"),
    Screen("patient-front-desk", "/patients/{adult}", FRONT_DESK),
    Screen("patient-correct", "/patients/{adult}/correct", FRONT_DESK),
    Screen("chart", "/patients/{adult}"),
    *(Screen(f"chart-{section}", f"/patients/{{adult}}/{section}") for section in _CHART),
    Screen("chart-growth", "/patients/{child}/vitals"),
    Screen("admin-audit-search", "/admin/audit?view=search", ADMINISTRATOR),
    Screen("custody", "/patients/{adult}/custody", ADMINISTRATOR),
    Screen("merge", "/patients/{adult}/custody?merge={child}", ADMINISTRATOR),
    Screen("encounter", "/patients/{adult}/encounters/{encounter}"),
    Screen("prescription-new", "/patients/{adult}/orders?show=prescription.new"),
    Screen("prescription-alerts", "/patients/{adult}/orders?show=prescription.{draft}"),
    Screen("prescription", "/patients/{adult}/orders?show=prescription.{prescription}"),
    Screen("order-new", "/patients/{adult}/orders?show=order.new"),
    Screen("order", "/patients/{adult}/orders?show=order.{order}"),
    Screen("referral-new", "/patients/{adult}/orders?show=referral.new"),
    Screen("certificate-new", "/patients/{adult}/orders?show=certificate.new"),
    Screen("certificate", "/patients/{adult}/orders?show=certificate.{certificate}"),
    Screen("work", "/work"),
    Screen("dashboard-mine", "/dashboards/mine"),
    Screen("dashboard-institution", "/dashboards/institution", ADMINISTRATOR),
    Screen("dashboard-operations", "/dashboards/operations", ADMINISTRATOR),
    Screen("hospital", "/hospital"),
    Screen("admission", "/hospital/{admission}"),
    Screen("chart-covered", "/patients/{admitted}"),
    Screen("reception-covered", "/patients/{admitted}", FRONT_DESK),
    *(Screen(f"pharmacy-{section}", f"/pharmacy/{section}", PHARMACIST) for section in _PHARMACY),
    *(Screen(f"billing-{section}", f"/billing/{section}", BILLING) for section in _BILLING),
    Screen("work-order", "/work?order={order}"),
    Screen("reports", "/reports"),
    Screen("alarms", "/alarms"),
    Screen("account", "/account"),
    *(Screen(f"admin-{section}", f"/admin/{section}", ADMINISTRATOR) for section in _ADMIN),
)


SIGNED_OUT = "input[autocomplete=organization]"
"""Only the sign-in page asks for the institution."""


def enter(page: Page, user_name: str, password: str) -> None:
    """Sign in on the page that is open, in whatever language it is."""
    fields = page.locator("form input")
    fields.first.wait_for(timeout=SLOW)
    for place, text in enumerate((TENANT, user_name, password)):
        fields.nth(place).press_sequentially(text)  # as people do, in every browser's driver
    submit = page.locator("form button[type=submit]")
    for _ in range(3):
        submit.click()
        # Signed in, or told that the server was busy.
        done = page.locator(f"body:not(:has({SIGNED_OUT})), form [role=alert]:not(:empty)").first
        done.wait_for(timeout=SLOW)
        if page.locator(SIGNED_OUT).count() == 0:
            return
    expect(page.locator(SIGNED_OUT)).to_have_count(0)


def visit(page: Page, clinic: Clinic, screen: Screen, shown: Shown) -> None:
    """Open a screen and wait until nothing of it is loading. AssertionError after a while."""
    page.goto(clinic.origin + screen.path.format_map(vars(shown)))
    settle(page)


BUSY = "[aria-busy=true], .mantine-Skeleton-root:visible, .mantine-Loader-root"
"""What is shown in the place of what is loading."""
FAULT = "[data-state=error], [data-state=fault]"
"""What a page shows in the place of what it could not read, or of itself."""


def settle(page: Page) -> None:
    """Until the page has a heading and no skeleton."""
    expect(page.locator("h1, h2").first).to_be_visible(timeout=SLOW)
    expect(page.locator(BUSY)).to_have_count(0, timeout=SLOW)
    page.wait_for_timeout(300)  # what appears with a transition


def faults_shown(page: Page) -> list[str]:
    """What a screen in order does not show: errors, skeletons, pictures that did not arrive."""
    shown: list[str] = page.locator(f"{FAULT}, {BUSY}").evaluate_all(
        "found => found.map((each) => each.dataset.state ?? each.className)"
    )
    missing: list[str] = page.evaluate(
        "[...document.images].filter((each) => each.naturalWidth === 0).map((each) => each.src)"
    )
    return [*shown, *missing]


def register(api: Client, born: str, sex: str) -> str:
    """The id of a new patient of the caller."""
    person = {
        "name": {"given": "Paciente", "family": "Demostración", "second_family": "Ejemplo"},
        "birth_date": born,
        "sex": sex,
        "language": "es",
        "confirm_not_duplicate": True,
    }
    return str(api.post("/patients", person)["id"])


def laboratory(clinic: Clinic) -> str:
    """The user name of a new technician of the laboratory, with the clinic's password."""
    user_name = f"laboratorio.{uuid.uuid4().hex[:8]}"
    body = {
        "user_name": user_name,
        "display_name": "Laboratorio Demostración",
        "roles": ["laboratory"],
        "language": "es",
    }
    created = clinic.client(ADMINISTRATOR).post("/identity/users", body)
    redeem = {
        "tenant": TENANT,
        "user_name": user_name,
        "code": created["one_time_code"]["code"],
        "new_password": clinic.password,
    }
    Client(clinic.http).call("POST", "/identity/password-resets", redeem).raise_for_status()
    return user_name


def prepare(clinic: Clinic, files: bool = True) -> Shown:
    """Patients whose screens have something on them. All of it synthetic.

    Without `files` there is no document: a backend in memory has no address to send one to.
    """
    api = clinic.client(PHYSICIAN)
    adult, child = register(api, "1961-04-02", "male"), register(api, _years_ago(2), "female")
    now = datetime.now(UTC)
    seed_charts.fill(api, adult, now)
    seed_charts.grow(api, child, now)
    encounter = _today(api, adult)
    _fill(api, adult)
    if files:
        upload(clinic, api, adult)
    draft = api.post("/orders/prescriptions", _lines(adult, "DEMO-0011", "DEMO-0008"))
    signed = api.post("/orders/prescriptions", _lines(adult, "DEMO-0007"))
    signed = _step(api, "/orders/prescriptions", signed, "sign", {"overrides": []})
    certificate = api.post(
        "/orders/certificates",
        {"patient": adult, "begin": _day(0), "end": _day(2), "statement": "Reposo (demostración)"},
    )
    stay = api.get("/patients/admissions")["items"][0]
    return Shown(
        admission=stay["id"],
        admitted=stay["patient"],
        adult=adult,
        child=child,
        encounter=encounter,
        prescription=signed["id"],
        draft=draft["id"],
        order=_resulted(clinic, api, adult),
        certificate=certificate["id"],
        code=signed["verification_code"],
        day=seed_day.present_of(now, ZoneInfo(ZONE)).date().isoformat(),
    )


def _years_ago(years: int) -> str:
    return (datetime.now(UTC) - timedelta(days=365 * years)).date().isoformat()


def _day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


def _today(api: Client, patient: str) -> str:
    """The visit that is going on, with a pressure that alarms; the open encounter's id."""
    now = datetime.now(UTC)
    values = {"systolic": (188, "mm[Hg]"), "diastolic": (112, "mm[Hg]"), "pulse": (84, "/min")}
    seed_charts.record(api, patient, now, values)
    visit = {
        "kind": "ambulatory",
        "reason": "Dolor de cabeza",
        "started_at": now.isoformat(),
    }
    return str(api.post(f"/patients/{patient}/encounters", visit)["id"])


def _fill(api: Client, patient: str) -> None:
    """A questionnaire with the second answer to every question."""
    form = api.get("/patients/forms/phq-9", language="es")["questionnaire"]
    answers = [
        {"linkId": item["linkId"], "answer": [{"valueCoding": _coding(item)}]}
        for item in form["item"]
        if item["type"] == "choice"
    ]
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{form['url']}|{form['version']}",
        "status": "completed",
        "item": answers,
    }
    api.post(f"/patients/{patient}/forms", {"form": "phq-9", "response": response})


def _coding(item: Mapping[str, Any]) -> dict[str, str]:
    option = item["answerOption"][1]["valueCoding"]
    return {"system": option["system"], "code": option["code"]}


def report() -> bytes:
    """A PDF of one page."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=16)
    pdf.cell(text="Informe de prueba")
    return bytes(pdf.output())


def upload(
    clinic: Clinic,
    api: Client,
    patient: str,
    name: str = "informe.pdf",
    title: str = "Informe de laboratorio (demostración)",
) -> None:
    """A document, as soon as it was examined. AssertionError when that takes too long."""
    content = report()
    body = {
        "name": name,
        "title": title,
        "category": "11502-2",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    made = api.post(f"/patients/{patient}/documents", body)
    file = {"file": ("informe.pdf", content, "application/pdf")}
    clinic.http.post(made["url"], data=made["fields"], files=file).raise_for_status()
    document = api.post(f"/patients/{patient}/documents/uploads/{made['upload_id']}/complete")
    until = time.monotonic() + SLOW / 1000
    while document["current"] is None:
        assert time.monotonic() < until, "the document was not examined"
        time.sleep(0.5)
        document = api.get(f"/patients/{patient}/documents/{made['document_id']}")


def _lines(patient: str, *codes: str) -> dict[str, object]:
    line = {
        "dose": {"value": 1, "unit": "tableta"},
        "route": "oral",
        "frequency": {"times": 1, "hours": 12},
        "duration_days": 7,
        "quantity": 14,
    }
    return {"patient": patient, "lines": [{"item": code, **line} for code in codes]}


def _step(
    api: Client, path: str, what: Mapping[str, object], step: str, body: object
) -> dict[str, str]:
    """One step of an order's life."""
    headers = {"If-Match": f'"{what["version"]}"'}
    done: dict[str, str] = api.post(f"{path}/{what['id']}/{step}", body, **headers)
    return done


def _resulted(clinic: Clinic, api: Client, patient: str) -> str:
    """The id of an order whose critical result waits for its sign-off."""
    body = {
        "patient": patient,
        "kind": "laboratory",
        "tests": [{"loinc": "2823-3", "display": "Potasio"}],
        "reason": "Control (demostración)",
    }
    order = api.post("/orders/requests", body)
    order = _step(api, "/orders/requests", order, "sign", None)
    value = {"loinc": "2823-3", "display": "Potasio", "value": 6.8, "unit": "mmol/L"}
    limits = {"low": 3.5, "high": 5.1, "critical_high": 6.2}
    result = {"status": "final", "observations": [{**value, **limits}]}
    technician = clinic.client(laboratory(clinic))
    _step(technician, "/orders/requests", order, "results", result)
    return str(order["id"])


def by_user(screens: tuple[Screen, ...]) -> Iterator[tuple[str | None, list[Screen]]]:
    """The screens of each user, so that each signs in once."""
    for user_name in dict.fromkeys(screen.user_name for screen in screens):
        yield user_name, [screen for screen in screens if screen.user_name == user_name]
