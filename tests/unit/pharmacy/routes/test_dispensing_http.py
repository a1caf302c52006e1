"""From a signed prescription to the printed code that tells what was dispensed."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.worlds import first_day
from tests.worlds.first_day import Day, Person
from tests.worlds.pharmacy.wire import LOT, Pharmacy, entered, open_pharmacy
from tests.worlds.product import running

PRESCRIBED = 21


class Place:
    """A clinic after its first day, with a pharmacy."""

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
        self.pharmacy: Pharmacy = open_pharmacy(day, self.people["admin.demo"])
        entered(self.pharmacy, 100)

    @property
    def doctor(self) -> Person:
        return self.people["medicina.uno"]

    def sheet(self) -> Any:
        which, where = self.prescription["id"], self.pharmacy.main
        path = f"/pharmacy/prescriptions/{which}?warehouse={where}"
        return self.pharmacy.assistant.do("GET", path)

    def body(self, quantity: int) -> dict[str, Any]:
        pick = {"lot": LOT, "quantity": quantity}
        return {
            "prescription": self.prescription["id"],
            "warehouse": self.pharmacy.main,
            "lines": [{"line": 1, "item": "DEMO-0001", "lots": [pick]}],
        }

    def verified(self) -> Any:
        self.day.product.backend.run()
        code = self.prescription["verification_code"]
        return self.day.http.get(f"/api/orders/verify/{code}").json()


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with running() as product, httpx.Client(base_url=product.origin, timeout=30) as http:
        yield Place(Day(product, http))


def test_a_code_leads_to_the_sheet_and_what_was_given_to_the_code(place: Place) -> None:
    by, code = place.pharmacy.pharmacist, place.prescription["verification_code"]
    found = by.do("GET", f"/orders/prescriptions/by-code/{code.lower()}")
    assert found["id"] == place.prescription["id"]
    assert place.verified()["lines"][0]["dispensed"] is None
    sheet = place.sheet()
    assert (sheet["dispensable"], sheet["lines"][0]["remaining"]) == (True, PRESCRIBED)
    assert sheet["lines"][0]["choices"][0]["lots"][0]["quantity"] == PRESCRIBED
    made = by.do("POST", "/pharmacy/dispensings", place.body(10))
    assert (made["state"], made["by_name"]) == ("completed", "Demostración pharmacist")
    assert place.verified()["lines"][0]["dispensed"] == 10
    line = {"line": 1, "item": "DEMO-0001", "lot": LOT, "quantity": 4}
    back = {"reason": "Se equivocó de caja", "usable": True, "lines": [line]}
    path = f"/pharmacy/dispensings/{made['id']}"
    by.do("POST", f"{path}/returns", back, **{"If-Match": '"1"'})
    assert place.verified()["lines"][0]["dispensed"] == 6
    printed = by.do("GET", f"{path}/print?format=label_50")
    assert printed["media_type"] == "application/pdf"


def test_more_than_what_is_left_is_refused_and_the_same_request_twice_gives_once(
    place: Place,
) -> None:
    by, before = place.pharmacy.pharmacist, place.sheet()["lines"][0]["remaining"]
    refused = by.send("POST", "/pharmacy/dispensings", place.body(before + 1))
    assert (refused.status_code, refused.json()["left"]) == (409, str(before))
    key = {"Idempotency-Key": "dispense-twice-0001"}
    first = by.send("POST", "/pharmacy/dispensings", place.body(1), **key)
    second = by.send("POST", "/pharmacy/dispensings", place.body(1), **key)
    assert (first.status_code, second.json()) == (201, first.json())
    assert place.sheet()["lines"][0]["remaining"] == before - 1


def test_a_prescription_that_was_stopped_is_not_dispensed_any_more(place: Place) -> None:
    which = place.prescription["id"]
    version = place.doctor.do("GET", f"/orders/prescriptions/{which}")["version"]
    reason = {"reason": "Reacción durante la noche"}
    path = f"/orders/prescriptions/{which}/hold"
    place.doctor.do("POST", path, reason, **{"If-Match": f'"{version}"'})
    refused = place.pharmacy.pharmacist.send("POST", "/pharmacy/dispensings", place.body(1))
    assert (refused.status_code, refused.json()["why"]) == (409, "on_hold")
    assert place.sheet()["refusal"] == "on_hold"


def test_nobody_but_a_pharmacist_gives_and_no_code_of_nothing_is_found(place: Place) -> None:
    for who in (place.doctor, place.pharmacy.assistant, place.people["admin.demo"]):
        assert who.send("POST", "/pharmacy/dispensings", place.body(1)).status_code == 403
    by = place.pharmacy.pharmacist
    for code in ("AAAAA-AAAAA-AAAAA-AAAAA", "x", "%C3%B1"):
        assert by.send("GET", f"/orders/prescriptions/by-code/{code}").status_code == 404
    nobody = "019ab000-0000-7000-8000-00000000ffff"
    body = {**place.body(1), "prescription": nobody}
    assert by.send("POST", "/pharmacy/dispensings", body).status_code == 404
