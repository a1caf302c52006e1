"""Contracts of what the pharmacy looks at: low stock, lots that end, what was used."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from schemas.common import Contract, PageQuery, Query
from schemas.formulary import NationalCode
from schemas.pharmacy import LotName, MovementKind


class AlertsQuery(Query):
    """How far ahead lots are looked at."""

    days: int = Field(default=90, ge=0, le=1_000)


class LowStock(Contract):
    """An item below its minimum."""

    item: NationalCode
    name: str
    unit: str
    balance: int
    minimum: int
    maximum: int | None


class ExpiringLot(Contract):
    """A lot that ends soon, or has ended."""

    item: NationalCode
    name: str
    unit: str
    lot: LotName
    expiry: date
    balance: int
    expired: bool


class StockAlerts(Contract):
    """What somebody should look at; each list holds the first 200."""

    low: tuple[LowStock, ...]
    expiring: tuple[ExpiringLot, ...]


class ConsumptionQuery(PageQuery):
    """A span of days at the warehouse, both included; at most a year and a day."""

    since: date
    until: date
    limit: int = Field(default=20, ge=1, le=50)

    @model_validator(mode="after")
    def _span(self) -> Self:
        if not 0 <= (self.until - self.since).days <= 366:
            raise ValueError("the span ends after it begins, and is a year at most")
        return self


class KindTotal(Contract):
    """How much moved for one reason; negative for what went out."""

    kind: MovementKind
    quantity: int


class Consumption(Contract):
    """What became of an item in the span."""

    item: NationalCode
    name: str
    unit: str
    controlled: bool
    opening: int
    """Before the first day."""
    totals: tuple[KindTotal, ...]
    closing: int
    """After the last day."""


class ConsumptionPage(Contract):
    """Items by code; a page may be shorter than asked while there are more."""

    items: tuple[Consumption, ...]
    cursor: str | None = None
