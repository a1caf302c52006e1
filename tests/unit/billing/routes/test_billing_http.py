"""From a coverage and an admission to the invoice, over HTTP, in the running product."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.worlds import first_day
from tests.worlds.first_day import Day, Person
from tests.worlds.pharmacy.wire import LOT, Pharmacy, entered, open_pharmacy
from tests.worlds.product import running

CHAIR = {"kind": "chair", "ward": "Hospital de día", "name": "Sillón 1"}


class Place:
    """A clinic after its first day, with a pharmacy, a ward and a contract."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.people: dict[str, Person] = {}
        send = first_day.Person.do

        def noting(person: Person, method: str, path: str, body: Any = None, **headers: str) -> Any:
            self.people[person.user_name] = person
            answer = send(person, method, path, body, **headers)
            if path.endswith("/sign") and "/prescriptions/" in path:
                self.prescription = answer
            return answer

        first_day.Person.do = noting  # type: ignore[method-assign,assignment]  # to learn what was signed
        try:
            first_day.live(day)
        finally:
            first_day.Person.do = send  # type: ignore[method-assign]  # as it was
        admin = self.people["admin.demo"]
        self.doctor = self.people["medicina.uno"]
        self.pharmacy: Pharmacy = open_pharmacy(day, admin)
        entered(self.pharmacy, 100)
        self.clerk = day.employee(admin, "facturacion.uno", "billing")
        self.ward = day.employee(admin, "sala.uno", "ward_nurse")
        self.admissions = day.employee(admin, "ingresos.uno", "admissions")
        self.patient = self.prescription["patient"]
        payer = {"name": "Seguro Demostración", "kind": "private"}
        self.payer = self.clerk.do("POST", "/billing/payers", payer)
        terms = {
            "payer": self.payer["id"],
            "name": "Plan Uno",
            "country": "PE",
            "currency": "PEN",
            "valid_from": "2020-01-01",
        }
        self.contract = self.clerk.do("POST", "/billing/contracts", terms)
        line = {"code": "DEMO-0001", "kind": "medicine", "name": "Amoxicilina", "price": "0.50"}
        lines = [{**line, "since": "2020-01-01", "tax": "exempt"}]
        path = f"/billing/contracts/{self.contract['id']}/prices"
        self.clerk.do("POST", path, {"lines": lines})
        covered = {"contract": self.contract["id"], "valid_from": "2020-01-01"}
        path = f"/patients/{self.patient}/coverages"
        self.coverage = self.admissions.do("POST", path, covered)

    def settle(self) -> None:
        """Let events arrive."""
        self.day.product.backend.run()

    def change(self, who: Person, path: str, body: Any, version: int) -> Any:
        return who.do("POST", path, body, **{"If-Match": f'"{version}"'})

    def charges(self) -> list[Any]:
        self.settle()
        found = self.clerk.do("GET", f"/billing/charges?patient={self.patient}")
        return [one for one in found["items"] if one["code"] == "DEMO-0001"]

    def voucher(self, charges: list[Any]) -> Any:
        body = {
            "patient": self.patient,
            "coverage": self.coverage["id"],
            "zone": "America/Lima",
            "charges": [one["id"] for one in charges],
        }
        return self.clerk.do("POST", "/billing/vouchers", body)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with running() as product, httpx.Client(base_url=product.origin, timeout=30) as http:
        yield Place(Day(product, http))


def test_what_was_dispensed_becomes_a_voucher_and_an_invoice(place: Place) -> None:
    body = {
        "prescription": place.prescription["id"],
        "warehouse": place.pharmacy.main,
        "lines": [{"line": 1, "item": "DEMO-0001", "lots": [{"lot": LOT, "quantity": 10}]}],
    }
    place.pharmacy.pharmacist.do("POST", "/pharmacy/dispensings", body)
    [charge] = place.charges()
    voucher = place.voucher([charge])
    assert (voucher["total"], voucher["payer_name"]) == ("5.00", "Seguro Demostración")
    wanted = {"contract": place.contract["id"], "vouchers": [voucher["id"]]}
    first = place.clerk.do("POST", "/billing/invoices", wanted)
    assert place.clerk.do("POST", "/billing/invoices", wanted)["id"] == first["id"]
    place.settle()
    invoice = place.clerk.do("GET", f"/billing/invoices/{first['id']}")
    assert (invoice["total"], invoice["electronic"]["state"]) == ("5.00", "accepted")
    path = f"/billing/invoices/{first['id']}/payments"
    paid = place.change(place.clerk, path, {"amount": "5.00", "method": "cash"}, invoice["version"])
    assert paid["due"] == "0.00"


def test_a_day_in_the_day_hospital_from_admission_to_discharge(place: Place) -> None:
    body = {
        "place": CHAIR,
        "responsible": place.doctor.id,
        "diagnosis": "Neumonía",
        "coverage": place.coverage["id"],
    }
    admitted = place.admissions.do("POST", f"/patients/{place.patient}/admissions", body)
    which = admitted["id"]
    assert [x["id"] for x in place.ward.do("GET", "/patients/admissions")["items"]] == [which]
    asked = {
        "admission": which,
        "warehouse": place.pharmacy.main,
        "lines": [{"item": "DEMO-0001", "quantity": 3}],
    }
    request = place.ward.do("POST", "/pharmacy/ward-requests", asked)
    path = f"/pharmacy/wards/{which}/requests/{request['id']}/deliver"
    lots = {"lots": [{"item": "DEMO-0001", "lot": LOT, "quantity": 3}]}
    place.change(place.pharmacy.pharmacist, path, lots, request["version"])
    now = datetime.now(UTC).isoformat()
    plan = {
        "item": "DEMO-0001",
        "quantity": 2,
        "times": [now],
        "prescription": place.prescription["id"],
        "line": 1,
    }
    [dose] = place.ward.do("POST", f"/pharmacy/wards/{which}/doses", plan)["items"]
    path = f"/pharmacy/wards/{which}/doses/{dose['id']}/give"
    place.change(place.ward, path, {"lots": [{"lot": LOT, "quantity": 2}]}, dose["version"])
    leaving = {
        "condition": "improved",
        "disposition": "home",
        "summary": "Evolución favorable, alta con indicaciones.",
    }
    path, match = f"/patients/admissions/{which}/discharge", {"If-Match": '"1"'}
    refused = place.doctor.send("POST", path, leaving, **match)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (
        409,
        "ward-not-settled",
    ), refused.text
    back = {
        "item": "DEMO-0001",
        "lot": LOT,
        "quantity": 1,
        "reason": "No se aplicó",
        "warehouse": place.pharmacy.main,
    }
    place.pharmacy.pharmacist.do("POST", f"/pharmacy/wards/{which}/returns", back)
    left = place.doctor.do("POST", path, leaving, **match)
    assert left["status"] == "discharged"
    late = place.ward.send("POST", "/pharmacy/ward-requests", asked)
    assert late.status_code == 409
    [charge] = place.charges()
    assert (charge["quantity"], charge["admission"]) == (2, which)
    assert place.voucher([charge])["total"] == "1.00"


def test_who_may_not_is_refused(place: Place) -> None:
    assert place.ward.send("GET", "/billing/invoices").status_code == 403
    assert place.clerk.send("GET", f"/pharmacy/wards/{place.patient}").status_code == 403
    body = {"contract": place.contract["id"], "valid_from": "2020-01-01"}
    path = f"/patients/{place.patient}/coverages"
    assert place.pharmacy.pharmacist.send("POST", path, body).status_code == 403
