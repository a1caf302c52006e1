"""Who saw a record, and whether the trails are whole: what auditors see, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from localstack.client import Client
from localstack.cloud import Cloud, stage_of
from operations import identity
from telesalud.platform.store import Delete
from telesalud.platform.trail.chain import Entry, link_key, link_of
from tests.browser.conftest import Clinic, Watched
from tests.browser.institutions import (
    ADMINISTRATOR,
    Institution,
    at_home,
    found_institution,
    sign_in,
)
from tests.browser.screens import SLOW

CONTEXTS = ("patients", "identity", "appointments", "consults", "orders", "pharmacy")


@dataclass(frozen=True)
class Hospital:
    """An institution of the test's own with an auditor who also administers."""

    institution: Institution
    administrator: Client
    auditor: Client


@pytest.fixture
def hospital(cloud: Cloud, clinic: Clinic) -> Hospital:
    made = found_institution(cloud, clinic.http)
    made.redeem(ADMINISTRATOR, made.code)
    administrator = made.client()
    made.add_user(administrator, "auditoria", "administrator", "auditor")
    return Hospital(made, administrator, made.client("auditoria"))


@contextmanager
def browsing(
    browser: Browser, clinic: Clinic, hospital: Hospital, user_name: str
) -> Iterator[Page]:
    """A page of somebody who is signed in; a script's error or a broken policy fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="es-PE", timezone_id="America/Lima"
    )
    watched = Watched(context.new_page())
    watched.page.goto(f"{clinic.origin}/admin/audit")
    home = at_home(watched.page)
    sign_in(watched.page, hospital.institution.tenant, user_name, seen=home)
    yield watched.page
    context.close()
    assert watched.faults == []


def test_an_auditor_verifies_every_trail_and_a_removed_line_shows(
    browser: Browser, clinic: Clinic, cloud: Cloud, hospital: Hospital
) -> None:
    with browsing(browser, clinic, hospital, "auditoria") as page:
        page.get_by_text("Verificación", exact=True).click(timeout=SLOW)
        expect(page.get_by_text("Todavía no se ha verificado.")).to_have_count(
            len(CONTEXTS), timeout=SLOW
        )
        page.get_by_role("button", name="Verificar todo").click()
        expect(page.get_by_text("Íntegro", exact=True)).to_have_count(
            len(CONTEXTS), timeout=2 * SLOW
        )
        accounts = page.get_by_role("listitem").filter(has_text="Cuentas y accesos")
        expect(accounts).to_contain_text(re.compile(r"Líneas comparadas: [1-9]"))

        checked = hospital.auditor.get("/identity/audit-check")["check"]
        assert checked["fault_count"] == 0
        _remove_an_entry(cloud, hospital.institution.tenant)
        accounts.get_by_role("button", name="Verificar").click()
        expect(accounts.get_by_text("Alterado", exact=True)).to_be_visible(timeout=2 * SLOW)
        alert = accounts.get_by_role("alert")
        expect(alert).to_contain_text("Falta una línea que estaba sellada.")
        expect(alert).to_contain_text("link 1 sealed it")


def _remove_an_entry(cloud: Cloud, tenant: str) -> None:
    """What an intruder with the table's rights would do."""
    store = identity.services_on(stage_of(cloud)).core.store
    item = store.get(link_key(tenant, 1))
    assert item is not None
    link, _ = link_of(tenant, item)
    store.transact([Delete(Entry.parse(link.entries[0]).key)])


def test_who_is_no_auditor_is_neither_offered_nor_granted_a_verification(
    browser: Browser, clinic: Clinic, hospital: Hospital
) -> None:
    for context in CONTEXTS:
        path = f"/{context}/audit-check"
        for method in ("GET", "POST"):
            assert hospital.administrator.call(method, path).status_code == 403
        assert Client(clinic.http).call("GET", path).status_code == 401
    with browsing(browser, clinic, hospital, ADMINISTRATOR) as page:
        expect(page.get_by_text("Búsqueda", exact=True)).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("Verificación", exact=True)).to_have_count(0)


def test_a_record_tells_person_by_person_who_saw_it(
    browser: Browser, clinic: Clinic, hospital: Hospital
) -> None:
    person = {
        "name": {"given": "Paciente", "family": "Demostración"},
        "birth_date": "1984-02-29",
        "sex": "female",
    }
    patient = hospital.administrator.post("/patients", person)["id"]
    for _ in range(2):
        hospital.auditor.get(f"/patients/{patient}")
    with browsing(browser, clinic, hospital, "auditoria") as page:
        page.get_by_text("Accesos", exact=True).click(timeout=SLOW)
        page.get_by_role("button", name="Elegir paciente").click(timeout=SLOW)
        box = page.get_by_role("dialog").get_by_role("combobox")
        box.fill("Demostración")
        expect(page.get_by_role("option")).to_have_count(1, timeout=SLOW)
        box.press("Enter")
        rows = page.get_by_role("row")
        registrar = rows.filter(has_text="Administración Demostración")
        expect(registrar.get_by_role("cell").nth(3)).to_have_text("1", timeout=SLOW)
        reader = rows.filter(has_text="Auditoria Demostración")
        expect(reader.get_by_role("cell").nth(2)).to_have_text(re.compile("[2-9]"))
        assert rows.count() == 3, "a head and two people, each once"
