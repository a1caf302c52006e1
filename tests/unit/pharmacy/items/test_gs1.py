"""What a scanner reads: GS1 strings of every kind, and what is none."""

import json
from datetime import date

import pytest

from schemas.pharmacy import (
    ItemKind,
    ScanQuery,
    StockItemBody,
)
from telesalud.pharmacy.items import catalogue, gs1, scanning
from telesalud.pharmacy.items.gs1 import Element
from telesalud.platform.access import Role
from telesalud.platform.errors import Conflict, Forbidden, Invalid, StaleVersion
from tests.worlds.pharmacy.dispensary import (
    AMOXICILLIN,
    GAUZE,
    GTIN,
    PACK,
    PARACETAMOL,
    Dispensary,
)
from tests.worlds.world import call, user

TODAY = date(2026, 11, 21)
WHOLE = Element(GTIN, "AB12", date(2027, 3, 31), "S9")
FNC1 = "\x1d"


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}1727033110AB12{FNC1}21S9",
        f"]d201{GTIN}1727033110AB12{FNC1}21S9\r\n",
        f"{FNC1}01{GTIN}21S9{FNC1}10AB12{FNC1}17270331",
        f"]C101{GTIN}11250101172703003103001500{FNC1}10AB12{FNC1}21S9",
        f"(01){GTIN}(17)270331(10)AB12(21)S9",
        f"(01) {GTIN} (17) 270300 (10) AB12 (21) S9",
        f"https://id.example.test/01/{GTIN}/10/AB12/21/S9?17=270331",
    ],
)
def test_one_product_in_every_form_that_scanners_send(text: str) -> None:
    assert gs1.parse(text, TODAY) == WHOLE


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("7501031311309", "07501031311309"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        (GTIN, GTIN),
    ],
)
def test_a_plain_bar_code_is_a_product(text: str, gtin: str) -> None:
    assert gs1.parse(text, TODAY) == Element(gtin=gtin)


@pytest.mark.parametrize(
    "text",
    [
        "7501031311308",
        "HOLA",
        "",
        "01123",
        f"01{GTIN[:-1]}1",
        "99",
        "17271331",
        "https://example.test/",
        "https://example.test/01",
        "(01)1234(10)",
        "()",
        "٠١٢٣٤٥٦٧",
    ],
)
def test_nothing_is_guessed_of_what_does_not_fit(text: str) -> None:
    read = gs1.parse(text, TODAY)
    assert (read.gtin, read.number, read.expiry) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17280200", date(2028, 2, 29)),
        ("17270200", date(2027, 2, 28)),
        ("17991231", date(1999, 12, 31)),
        ("17761231", date(2076, 12, 31)),
        ("17270231", None),
    ],
)
def test_dates_are_the_nearest_century_and_day_none_is_the_last(
    text: str, day: date | None
) -> None:
    assert gs1.parse(text, TODAY).expiry == day


def test_a_scan_tells_product_units_of_the_pack_and_lot() -> None:
    here = Dispensary()
    body = StockItemBody(kind=ItemKind.MEDICINE, packs=(PACK,))
    catalogue.put(here.services, here.by(), AMOXICILLIN, body, 1)
    found = scanning.scan(here.services, here.by(), ScanQuery(code=f"01{GTIN}1727033110AB12"))
    assert found.item is not None
    assert (found.item.code, found.units, found.lot) == (AMOXICILLIN, 100, "2027-03-31.AB12")
    unknown = scanning.scan(here.services, here.by(), ScanQuery(code="7501031311309"))
    assert (unknown.gtin, unknown.item, unknown.lot) == ("07501031311309", None, None)


def test_a_bar_code_belongs_to_one_item_until_it_is_let_go() -> None:
    here = Dispensary()
    with_pack = StockItemBody(kind=ItemKind.MEDICINE, packs=(PACK,))
    catalogue.put(here.services, here.by(), AMOXICILLIN, with_pack, 1)
    with pytest.raises(Conflict):
        catalogue.put(here.services, here.by(), PARACETAMOL, with_pack, 1)
    catalogue.put(here.services, here.by(), AMOXICILLIN, StockItemBody(kind=ItemKind.MEDICINE), 2)
    catalogue.put(here.services, here.by(), PARACETAMOL, with_pack, 1)
    found = scanning.scan(here.services, here.by(), ScanQuery(code=GTIN))
    assert found.item is not None
    assert found.item.code == PARACETAMOL


def test_items_are_written_by_who_manages_them_over_the_version_they_saw() -> None:
    here = Dispensary()
    body = StockItemBody(kind=ItemKind.MEDICINE)
    with pytest.raises(StaleVersion):
        catalogue.put(here.services, here.by(), AMOXICILLIN, body, 0)
    with pytest.raises(Invalid):
        catalogue.put(here.services, here.by(), "NOT-THERE", body, 0)
    for role in (Role.PHARMACY_ASSISTANT, Role.NURSE, Role.AUDITOR):
        with pytest.raises(Forbidden):
            catalogue.put(here.services, call(user(role)), AMOXICILLIN, body, 1)
    other_unit = StockItemBody(kind=ItemKind.SUPPLY, name="Gasa estéril", unit="caja")
    with pytest.raises(Conflict):
        catalogue.put(here.services, here.by(), GAUZE, other_unit, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "supply"},
        {"kind": "supply", "name": "Gasa"},
        {"kind": "medicine", "name": "Otra", "unit": "caja"},
        {"kind": "medicine", "packs": [{"name": "Caja", "units": 0}]},
        {"kind": "medicine", "packs": [{"name": "Caja", "units": 10, "gtin": "7501031311308"}]},
    ],
)
def test_an_item_that_says_half_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        StockItemBody.model_validate_json(json.dumps(fields))
