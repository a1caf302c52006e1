"""What a demonstration pharmacy keeps, in two warehouses: all of it synthetic."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from localstack.seed_api import Api, SeedFailed
from localstack.seed_orders import CATALOGUES
from schemas.pharmacy import check_digit

KEPT = 12
"""Products of the formulary that are kept."""
NAMES = {
    "es": ("Farmacia principal", "Puesto de salud", "Caja de 100", "Proveedor Demostración"),
    "pt": ("Farmácia principal", "Posto de saúde", "Caixa de 100", "Fornecedor Demonstração"),
}


def fill(api: Api, zone: str, language: str) -> None:
    """Warehouses, items with packs, goods of two lots each; a repetition changes nothing."""
    main, post, pack, supplier = NAMES[language]
    places = [
        api.create("/pharmacy/warehouses", {"name": name, "zone": zone}) for name in (main, post)
    ]
    products = json.loads((CATALOGUES / "formulary.json").read_text("utf-8"))["items"][:KEPT]
    for number, product in enumerate(products):
        _keep(api, product["code"], {"name": pack, "units": 100, "gtin": _gtin(number)})
    for start in range(0, KEPT, 6):
        codes = [product["code"] for product in products[start : start + 6]]
        _enter(api, places[0]["id"], codes, supplier, start)


def _keep(api: Api, code: str, pack: dict[str, Any]) -> None:
    """An item, unless it is there."""
    try:
        api.get(f"/pharmacy/items/{code}")
    except SeedFailed as refused:
        if " 404 " not in str(refused):
            raise
        body = {"kind": "medicine", "packs": [pack]}
        api.send("PUT", f"/pharmacy/items/{code}", body, {"If-Match": '"0"'})


def _enter(api: Api, warehouse: str, codes: list[str], supplier: str, start: int) -> None:
    """Two lots of each: one that ends soon, one that keeps."""
    this_year = date(datetime.now(UTC).year, 1, 1)
    ends = (this_year + timedelta(days=395), this_year + timedelta(days=900))
    lines = [
        {
            "item": code,
            "number": f"D{start + place + 1:03d}{letter}",
            "expiry": end.isoformat(),
            "quantity": 100 if letter == "A" else 500,
        }
        for place, code in enumerate(codes)
        for letter, end in zip("AB", ends, strict=True)
    ]
    body = {"document": f"DEMO-{start + 1:04d}", "supplier": supplier, "lines": lines}
    api.create(f"/pharmacy/warehouses/{warehouse}/entries", body)


def _gtin(number: int) -> str:
    """A bar code of the range that GS1 leaves to everybody's own use."""
    digits = f"0200000{number:05d}0"
    return digits + str(check_digit(digits))
