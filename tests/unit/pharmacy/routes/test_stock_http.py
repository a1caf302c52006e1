"""Stock over HTTP, from an item of the formulary to goods that arrived elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.worlds import first_day
from tests.worlds.first_day import Day, Person
from tests.worlds.pharmacy.wire import GTIN, LOT, Pharmacy, entered, open_pharmacy
from tests.worlds.product import running


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Day, Person, Pharmacy]]:
    with running() as product, httpx.Client(base_url=product.origin, timeout=30) as http:
        day = Day(product, http)
        administrator = day.administrator()
        catalogue = {
            "format": "json",
            "content": json.dumps({"items": [first_day.PRODUCT]}),
        }
        create = {"If-Match": '"0"'}
        administrator.do("PUT", "/orders/catalogues/formulary", catalogue, **create)
        yield day, administrator, open_pharmacy(day, administrator)


def stock(pharmacy: Pharmacy, where: str) -> Any:
    return pharmacy.assistant.do("GET", f"/pharmacy/warehouses/{where}/stock")["items"]


def test_goods_go_from_a_scan_to_another_warehouse(
    place: tuple[Day, Person, Pharmacy],
) -> None:
    day, _, pharmacy = place
    by = pharmacy.assistant
    found = by.do("GET", f"/pharmacy/scan?code=01{GTIN}1727123110AB12")
    assert (found["item"]["code"], found["units"], found["lot"]) == ("DEMO-0001", 100, LOT)
    assert found["item"]["name"] == "Amoxicilina 500 mg cápsula"
    posting = entered(pharmacy, 200)
    assert posting["lines"][0]["balance"] == 200
    sent = by.do(
        "POST",
        "/pharmacy/transfers",
        {
            "sender": pharmacy.main,
            "receiver": pharmacy.branch,
            "lines": [{"item": "DEMO-0001", "lot": LOT, "quantity": 100}],
        },
    )
    lines = [{"item": "DEMO-0001", "lot": LOT, "quantity": 99, "reason": "Un blíster roto"}]
    path = f"/pharmacy/transfers/{sent['id']}/receive"
    by.do("POST", path, {"lines": lines}, **{"If-Match": '"1"'})
    assert [one["balance"] for one in stock(pharmacy, pharmacy.main)] == [100]
    assert [one["balance"] for one in stock(pharmacy, pharmacy.branch)] == [99]
    again = by.send("POST", path, {"lines": lines}, **{"If-Match": '"1"'})
    assert (again.status_code, again.json()["current"]) == (409, "received")
    day.product.backend.run()


def test_the_same_request_twice_has_one_effect(place: tuple[Day, Person, Pharmacy]) -> None:
    _, _, pharmacy = place
    before = stock(pharmacy, pharmacy.main)[0]["balance"] if stock(pharmacy, pharmacy.main) else 0
    path = f"/pharmacy/warehouses/{pharmacy.main}/entries"
    line = {"item": "DEMO-0001", "number": "AB12", "expiry": "2027-12-31", "quantity": 5}
    body = {"document": "Guía 2", "supplier": "Proveedor Demostración", "lines": [line]}
    key = {"Idempotency-Key": "entry-twice-0001"}
    first = pharmacy.assistant.send("POST", path, body, **key)
    second = pharmacy.assistant.send("POST", path, body, **key)
    assert (first.status_code, second.json()) == (201, first.json())
    assert stock(pharmacy, pharmacy.main)[0]["balance"] == before + 5
    changed = {**body, "document": "Guía 3"}
    assert pharmacy.assistant.send("POST", path, changed, **key).status_code == 422


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ({"quantity": 0}, 422),
        ({"quantity": 1.5}, 422),
        ({"quantity": "1"}, 422),
        ({"quantity": -3}, 422),
        ({"expiry": None}, 422),
        ({"expiry": "2020-01-01"}, 409),
        ({"number": ""}, 422),
        ({"number": "con espacio"}, 422),
        ({"item": "NADA-1"}, 404),
        ({"gtin": "7501031311308"}, 422),
    ],
)
def test_what_makes_no_sense_does_not_come_in(
    place: tuple[Day, Person, Pharmacy], line: dict[str, Any], status: int
) -> None:
    _, _, pharmacy = place
    right = {"item": "DEMO-0001", "number": "AB12", "expiry": "2027-12-31", "quantity": 5}
    body = {"document": "Guía", "supplier": "Proveedor", "lines": [{**right, **line}]}
    path = f"/pharmacy/warehouses/{pharmacy.main}/entries"
    answer = pharmacy.assistant.send("POST", path, body)
    assert answer.status_code == status, answer.text


def test_every_id_of_another_institution_is_not_found(
    place: tuple[Day, Person, Pharmacy],
) -> None:
    _, _, pharmacy = place
    nobody = "019ab000-0000-7000-8000-00000000ffff"
    for path in (
        f"/pharmacy/warehouses/{nobody}/stock",
        f"/pharmacy/warehouses/{nobody}/alerts",
        f"/pharmacy/transfers/{nobody}",
        f"/pharmacy/postings/{nobody}",
        f"/pharmacy/warehouses/{nobody}/stock/DEMO-0001/kardex",
        "/pharmacy/items/NADA-1",
    ):
        assert pharmacy.assistant.send("GET", path).status_code == 404, path
