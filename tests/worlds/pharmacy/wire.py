"""A pharmacy's day over HTTP, in the running product of `first_day`."""

from dataclasses import dataclass
from typing import Any

from tests.worlds.first_day import Day, Person

GTIN = "07612345678900"
LOT = "2027-12-31.AB12"


@dataclass
class Pharmacy:
    """Two warehouses and who works there."""

    pharmacist: Person
    assistant: Person
    main: str
    branch: str


def open_pharmacy(day: Day, administrator: Person, code: str = "DEMO-0001") -> Pharmacy:
    """Hire, open two warehouses, keep one medicine with a pack of 100."""
    pharmacist = day.employee(administrator, "farmacia.uno", "pharmacist")
    assistant = day.employee(administrator, "farmacia.dos", "pharmacy_assistant")
    places = [
        administrator.do("POST", "/pharmacy/warehouses", {"name": name, "zone": "America/Lima"})
        for name in ("Farmacia Demostración", "Puesto Demostración")
    ]
    pack = {"name": "Caja de 100", "units": 100, "gtin": GTIN}
    body = {"kind": "medicine", "packs": [pack]}
    pharmacist.do("PUT", f"/pharmacy/items/{code}", body, **{"If-Match": '"0"'})
    return Pharmacy(pharmacist, assistant, places[0]["id"], places[1]["id"])


def entered(pharmacy: Pharmacy, quantity: int, code: str = "DEMO-0001") -> Any:
    """Goods from outside, in the main warehouse."""
    line = {"item": code, "number": "AB12", "expiry": "2027-12-31", "quantity": quantity}
    body = {"document": "Guía 1", "supplier": "Proveedor Demostración", "lines": [line]}
    return pharmacy.assistant.do("POST", f"/pharmacy/warehouses/{pharmacy.main}/entries", body)
