"""Contracts of the pharmacy's stock: items, lots, warehouses, balances and the ledger.

Quantities are whole numbers of an item's base unit (a tablet, a vial, a millilitre); packs say how
many of them they hold. A lot is named by its expiry and number, `2027-03-31.AB123`.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Line, Moment, PageQuery, Query, compact
from schemas.formulary import FormularyItem, NationalCode
from schemas.reports import ReportZone

Quantity = Annotated[int, Field(ge=1, le=10_000_000)]
"""Base units; never none and never a part of one."""
MOST_LINES = 12
"""Lines of one posting: all of it is one transaction."""

_LOT_NUMBER = r"[!\"%-?A-Z_a-z]{1,20}"
"""What GS1 lets a batch number have (GS1 General Specifications, figure 7.11-1)."""
LotNumber = Annotated[str, StringConstraints(strip_whitespace=True, pattern=rf"^{_LOT_NUMBER}$")]
LotName = Annotated[
    str, StringConstraints(pattern=rf"^([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|none)\.{_LOT_NUMBER}$")
]
"""A lot of an item: its expiry (`none` for what keeps for ever) and its number."""
LOT_NAME = re.compile(r"^([0-9-]{10}|none)\.(.*)$")


def check_digit(digits: str) -> int:
    """The last digit of a GTIN whose other digits these are (GS1 General Specifications, 7.9)."""
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return -total % 10


def _gtin(text: str) -> str:
    if len(text) not in (8, 12, 13, 14) or check_digit(text[:-1]) != int(text[-1]):
        raise ValueError("this is not a GTIN: look at the digits again")
    return text.zfill(14)


Gtin = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{8,14}$"),
    AfterValidator(_gtin),
    BeforeValidator(compact),
]
"""A product's bar code of 8, 12, 13 or 14 digits; kept with 14."""


class ItemKind(StrEnum):
    """What is kept."""

    MEDICINE = "medicine"
    """A product of the formulary, under its code."""
    SUPPLY = "supply"
    """Anything else: gauze, syringes, gloves."""


class Pack(Contract):
    """A pack of an item, by which it is bought and scanned."""

    name: Line
    units: Quantity
    gtin: Gtin | None = None


class StockItemBody(Contract):
    """An item; name and unit of a medicine come from the formulary and are left out."""

    kind: ItemKind
    name: Line | None = None
    unit: Line | None = None
    packs: tuple[Pack, ...] = Field(default=(), max_length=20)
    controlled: bool = False
    """Of a supply that is under special control; of a medicine the formulary says it."""
    active: bool = True
    """Whether more of it may come in."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.kind is ItemKind.SUPPLY) != (self.name is not None and self.unit is not None):
            raise ValueError("a supply has a name and a unit; a medicine has its formulary's")
        gtins = [pack.gtin for pack in self.packs if pack.gtin]
        if len(set(gtins)) < len(gtins):
            raise ValueError("every pack has a bar code of its own")
        return self


class StockItem(Contract):
    """An item on file."""

    code: NationalCode
    kind: ItemKind
    name: str
    """With strength and form, as it is printed."""
    unit: str
    packs: tuple[Pack, ...]
    controlled: bool
    active: bool
    product: FormularyItem | None
    """Of a medicine, as the formulary described it when the item was written."""
    version: int


class StockItemQuery(PageQuery):
    """By words of the name or the code; all of them without words."""

    q: str = Field(default="", max_length=100)


class StockItemPage(Contract):
    """Items by code."""

    items: tuple[StockItem, ...]
    cursor: str | None = None


class LotState(StrEnum):
    """Whether a lot may reach patients."""

    OPEN = "open"
    BLOCKED = "blocked"
    """Held back until somebody has looked into it."""
    RECALLED = "recalled"
    """Taken back by its maker or the authority."""


class Lot(Contract):
    """A lot of an item, wherever it lies."""

    item: NationalCode
    lot: LotName
    number: str
    expiry: date | None
    """The last day on which it may be used."""
    gtin: str | None
    state: LotState
    reason: str | None
    """Why it is not open."""
    version: int


class LotQuery(Query):
    """One lot of an item."""

    item: NationalCode
    lot: LotName


class Mode(StrEnum):
    """What the site that a warehouse is leased to is doing."""

    INSTALLED = "installed"
    """At home, connected."""
    MISSION = "mission"
    """Away, disconnected: what it holds is decided there."""


class Lease(Contract):
    """A warehouse that belongs to a disconnected site for a while."""

    site: NationalCode
    epoch: int = Field(ge=1)
    """Rises with each departure; a movement of another epoch is refused."""
    mode: Mode
    return_transfers: bool = False
    """Whether what is left over may be sent back while the site is at home."""


class LeaseBody(Contract):
    """Lease a warehouse, change its mode, or (null) take it back."""

    lease: Lease | None


class WarehouseBody(Contract):
    """A place where stock is kept."""

    name: Line
    zone: ReportZone
    """In it a lot's last day ends (IANA)."""
    site: Id | None = None
    """The site of the agenda where it is."""
    closed: bool = False


class Warehouse(WarehouseBody):
    """A warehouse on file."""

    id: Id
    lease: Lease | None
    version: int


class WarehouseList(Contract):
    """Every warehouse, by name."""

    items: tuple[Warehouse, ...]


class MovementKind(StrEnum):
    """Why stock changed."""

    ENTRY = "entry"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    TRANSFER_DIFFERENCE = "transfer_difference"
    """What was counted on arrival and what was sent are not the same."""
    DISPENSING = "dispensing"
    DISPENSING_RETURN = "dispensing_return"
    WARD_DELIVERY = "ward_delivery"
    WARD_RETURN = "ward_return"
    WASTE = "waste"
    LOSS = "loss"
    COUNT_DIFFERENCE = "count_difference"


class KardexLine(Contract):
    """One line of the ledger of an item in a warehouse. It never changes."""

    number: int
    """Of the item in this warehouse: 1, 2, 3 …"""
    at: Moment
    kind: MovementKind
    item: NationalCode
    lot: LotName
    quantity: int
    """Negative for what went out."""
    balance: int
    """Of the lot, after it."""
    item_balance: int
    """Of the item, after it."""
    by: str
    about: str
    """What it came about by, such as `transfer/<id>`."""
    reason: str | None = None
    witness: str | None = None
    """The second person, where one is needed."""
    register_number: int | None = None
    """In the warehouse's register of controlled medicines."""


class KardexQuery(PageQuery):
    """Latest first; of one lot, or of all."""

    lot: LotName | None = None


class KardexPage(Contract):
    """Lines, latest first."""

    items: tuple[KardexLine, ...]
    cursor: str | None = None


class LotBalance(Contract):
    """How much of a lot is there."""

    lot: LotName
    number: str
    expiry: date | None
    balance: int
    expired: bool
    state: LotState


class Stock(Contract):
    """What a warehouse has of an item; lots in the order in which they should leave."""

    item: NationalCode
    name: str
    unit: str
    controlled: bool
    balance: int
    lots: tuple[LotBalance, ...]
    minimum: int | None
    maximum: int | None
    counted_by: Id | None
    """The count that holds it; meanwhile nothing moves."""
    version: int


class StockPage(Contract):
    """The stock of a warehouse, by code."""

    items: tuple[Stock, ...]
    cursor: str | None = None


class StockQuery(PageQuery):
    """Pages through a warehouse."""


class Levels(Contract):
    """When an item is scarce, and how much of it there should be at most."""

    minimum: int | None = Field(default=None, ge=1, le=10_000_000)
    maximum: int | None = Field(default=None, ge=1, le=10_000_000)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum and self.maximum and self.minimum > self.maximum:
            raise ValueError("the minimum is not above the maximum")
        return self


class ScanQuery(Query):
    """What a scanner read, as it came."""

    code: str = Field(min_length=1, max_length=200)


class Scan(Contract):
    """What a bar code says, and what of it is known here."""

    gtin: str | None
    number: str | None
    """Of the lot."""
    expiry: date | None
    serial: str | None
    item: StockItem | None
    units: int | None
    """That one such pack holds."""
    lot: LotName | None
    """When expiry and number were both in it."""


class RegisterQuery(PageQuery):
    """Pages through a register, latest first."""


class MovedLine(Contract):
    """What moved, by code."""

    item: str
    lot: str
    quantity: int
    """Negative for what went out."""


class StockFact(Contract):
    """Data of `pharmacy.stock_*`: FHIR SupplyDelivery, or an adjustment of a count."""

    posting_id: Id
    warehouse_id: Id
    kind: MovementKind
    lines: tuple[MovedLine, ...]


class LotFact(Contract):
    """Data of `pharmacy.lot_*`."""

    item: str
    lot: str
    state: LotState


EVENTS: dict[str, type[Contract]] = {
    "pharmacy.stock_entered": StockFact,
    "pharmacy.stock_written_off": StockFact,
    "pharmacy.lot_recalled": LotFact,
    "pharmacy.lot_blocked": LotFact,
    "pharmacy.lot_released": LotFact,
}
"""Event types and the models of their `data`."""
