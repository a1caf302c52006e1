"""A day hospital with a patient, and who pays for them: all of it synthetic."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from localstack.seed_api import Api, SeedFailed

WARD_ITEM = "DEMO-0007"
"""Of the demonstration pharmacy: delivered to the ward, prescribed and given there."""
ASKED_ITEM = "DEMO-0008"
"""Asked for, and not delivered yet."""
TRIES = 20
"""To write what something else changes at the same moment."""
TEXTS = {
    "es": {
        "payer": "Aseguradora Demostración",
        "own": "Pacientes particulares",
        "contract": "Plan Demostración",
        "visit": "Consulta médica",
        "test": "Hemograma completo",
        "care": "Curación simple",
        "medicine": "Paracetamol 500 mg",
        "supply": "Equipo de venoclisis",
        "ward": "Hospital de día",
        "place": "Sillón 1",
        "diagnosis": "Neumonía adquirida en la comunidad",
        "reason": "Tratamiento intravenoso por horas (demostración)",
        "unit": "tableta",
        "note": "Para la dosis de la tarde",
        "instructions": "Con alimentos",
    },
    "pt": {
        "payer": "Operadora Demonstração",
        "own": "Pacientes particulares",
        "contract": "Plano Demonstração",
        "visit": "Consulta médica",
        "test": "Hemograma completo",
        "care": "Curativo simples",
        "medicine": "Paracetamol 500 mg",
        "supply": "Equipo de infusão",
        "ward": "Hospital-dia",
        "place": "Poltrona 1",
        "diagnosis": "Pneumonia adquirida na comunidade",
        "reason": "Tratamento intravenoso por horas (demonstração)",
        "unit": "comprimido",
        "note": "Para a dose da tarde",
        "instructions": "Com alimentos",
    },
}


@dataclass(frozen=True)
class Admitted:
    """Whose stay is shown, and where. Every name is an id, except the texts of the country."""

    patients: Sequence[str]
    physician: str
    language: str
    country: str
    currency: str
    zone: str
    now: datetime


As = Callable[[str], Api]
"""The API as a user of the demonstration, by user name."""


def fill(who: As, stay: Admitted) -> None:
    """Contracts, an admission with its ward, vouchers and an invoice; a repetition adds nothing."""
    money = who("facturacion.uno")
    contract = _contract(money, stay)
    coverages = [_coverage(who("admision.uno"), each, contract, stay) for each in stay.patients]
    _admission(who, stay, coverages[0])
    vouchers = [
        _voucher(money, patient, coverage, stay)
        for patient, coverage in zip(stay.patients, coverages, strict=True)
    ]
    # The first patient's stay is not over: only the others' vouchers are invoiced.
    invoice = money.create(
        "/billing/invoices", {"contract": contract, "vouchers": [one["id"] for one in vouchers[1:]]}
    )
    _pay(money, f"/billing/invoices/{invoice['id']}")


def _pay(money: Api, path: str) -> None:
    """A part of an invoice, once; its electronic form may change it at the same moment."""
    payment = {"amount": "50.00", "method": "transfer", "reference": "DEMO-0001"}
    for _ in range(TRIES):
        invoice = money.get(path)
        if invoice["due"] != invoice["total"]:
            return
        try:
            money.post(f"{path}/payments", payment, **{"If-Match": f'"{invoice["version"]}"'})
        except SeedFailed as refused:
            if " 412 " not in str(refused):
                raise
        time.sleep(1)
    raise SeedFailed(f"{path} changes all the time")


def _contract(money: Api, stay: Admitted) -> str:
    """Two payers, a contract and its prices; its id."""
    text = TEXTS[stay.language]
    payer = money.create("/billing/payers", {"name": text["payer"], "kind": "private"})
    money.create("/billing/payers", {"name": text["own"], "kind": "self"})
    body = {
        "payer": payer["id"],
        "name": text["contract"],
        "number": "DEMO-001",
        "country": stay.country,
        "currency": stay.currency,
        "valid_from": _since(stay),
    }
    contract = str(money.create("/billing/contracts", body)["id"])
    wanted = (
        ("CONS-01", "visit", "visit", "60.00"),
        ("LAB-01", "service", "test", "25.50"),
        ("CUR-01", "procedure", "care", "35.00"),
        (WARD_ITEM, "medicine", "medicine", "0.2500"),
        ("INS-01", "supply", "supply", "4.80"),
    )
    lines = [
        {"code": code, "kind": kind, "name": text[name], "since": _since(stay), "price": price}
        for code, kind, name, price in wanted
    ]
    money.create(f"/billing/contracts/{contract}/prices", {"lines": lines})
    return contract


def _since(stay: Admitted) -> str:
    return f"{stay.now.year - 1}-01-01"


def _coverage(desk: Api, patient: str, contract: str, stay: Admitted) -> str:
    body = {"contract": contract, "member_number": "DEMO-123456", "valid_from": _since(stay)}
    return str(desk.create(f"/patients/{patient}/coverages", body)["id"])


def _voucher(money: Api, patient: str, coverage: str, stay: Admitted) -> Any:
    """What was done yesterday on a voucher; what was done today is open."""
    wanted = (("visit", "CONS-01", 1), ("service", "LAB-01", 24), ("procedure", "CUR-01", 1))
    charges = []
    for number, (kind, code, hours) in enumerate(wanted):
        body = {
            "patient": patient,
            "kind": kind,
            "code": code,
            "quantity": 1,
            "at": (stay.now - timedelta(hours=hours + 24, minutes=number)).isoformat(),
        }
        charges.append(money.create("/billing/charges", body)["id"])
    body = {"patient": patient, "coverage": coverage, "zone": stay.zone, "charges": charges[:2]}
    return money.create("/billing/vouchers", body)


def _once_known(create: Callable[[], Any]) -> Any:
    """What is made once the record has heard of the accounts that it names. Raises SeedFailed."""
    for _ in range(60):
        with suppress(SeedFailed):
            return create()
        time.sleep(1)
    return create()


def _admission(who: As, stay: Admitted, coverage: str) -> None:
    """Somebody in a chair: one request delivered, one open; one dose given, others due."""
    text, doctor, pharmacy = TEXTS[stay.language], who("medicina.uno"), who("farmacia.uno")
    patient = stay.patients[0]
    body = {
        "place": {"kind": "chair", "ward": text["ward"], "name": text["place"]},
        "responsible": stay.physician,
        "coverage": coverage,
        "diagnosis": text["diagnosis"],
        "diagnosis_code": "J18.9",
        "reason": text["reason"],
    }
    admission = _once_known(lambda: doctor.create(f"/patients/{patient}/admissions", body))["id"]
    warehouse = pharmacy.get("/pharmacy/warehouses")["items"][0]["id"]
    # The lot that ends first; the demonstration has more of it than the ward asks for.
    stock = pharmacy.get(f"/pharmacy/warehouses/{warehouse}/stock/{WARD_ITEM}")
    lot = str(stock["lots"][0]["lot"])
    asked = {"admission": admission, "warehouse": warehouse}
    lines = [{"item": WARD_ITEM, "quantity": 6}]
    request = doctor.create("/pharmacy/ward-requests", {**asked, "lines": lines})
    path = f"/pharmacy/wards/{admission}"
    lots = {"lots": [{**lines[0], "lot": lot}], "last": False}
    version = {"If-Match": f'"{request["version"]}"'}
    pharmacy.post(f"{path}/requests/{request['id']}/deliver", lots, **version)
    _doses(doctor, path, stay, lot)
    more = {"lines": [{"item": ASKED_ITEM, "quantity": 4}], "urgent": True, "note": text["note"]}
    doctor.create("/pharmacy/ward-requests", {**asked, **more})


def _doses(doctor: Api, path: str, stay: Admitted, lot: str) -> None:
    """Every eight hours from a while ago, by a signed prescription; the first was given."""
    text = TEXTS[stay.language]
    line = {
        "item": WARD_ITEM,
        "dose": {"value": 1, "unit": text["unit"]},
        "route": "oral",
        "frequency": {"times": 1, "hours": 8},
        "duration_days": 2,
        "quantity": 6,
    }
    made = doctor.create("/orders/prescriptions", {"patient": stay.patients[0], "lines": [line]})
    version = {"If-Match": f'"{made["version"]}"'}
    doctor.post(f"/orders/prescriptions/{made['id']}/sign", {"overrides": []}, **version)
    times = [(stay.now + timedelta(hours=8 * number - 1)).isoformat() for number in range(3)]
    body = {
        "item": WARD_ITEM,
        "quantity": 1,
        "times": times,
        "prescription": made["id"],
        "line": 1,
        "instructions": text["instructions"],
    }
    planned = doctor.create(f"{path}/doses", body)["items"][0]
    given = {"lots": [{"lot": lot, "quantity": 1}]}
    version = {"If-Match": f'"{planned["version"]}"'}
    doctor.post(f"{path}/doses/{planned['id']}/give", given, **version)
