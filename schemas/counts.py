"""Contracts of stock counts: frozen balances, a sheet, a second person for differences."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.common import Contract, Id, Line, Moment, PageQuery
from schemas.formulary import NationalCode
from schemas.pharmacy import (
    LotName,
    LotNumber,
    MovedLine,
)

MOST_COUNTED = 8
"""Items of one count: nothing of them moves until it is closed."""
MOST_COUNTED_LOTS = 14
"""Lots of one count: all its differences are one transaction."""


class CountState(StrEnum):
    """How far a count is."""

    OPEN = "open"
    """Balances are frozen; quantities are entered."""
    AWAITS_SECOND = "awaits_second"
    """There are differences: another person confirms them, or sends the sheet back."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


class NewCount(Contract):
    """Begin a count; the balances of these items are frozen."""

    warehouse: Id
    items: tuple[NationalCode, ...] = Field(min_length=1, max_length=MOST_COUNTED)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.items)) < len(self.items):
            raise ValueError("each item is named once")
        return self


class CountedLine(Contract):
    """What lies there of a lot. A lot that the books do not have is named by number and expiry."""

    item: NationalCode
    number: LotNumber
    expiry: date | None = None
    quantity: int = Field(ge=0, le=10_000_000)
    reason: Line | None = None
    """Why it differs from the books."""


class CountSheet(Contract):
    """The whole sheet; what is not on it has not been counted yet."""

    lines: tuple[CountedLine, ...] = Field(max_length=MOST_COUNTED_LOTS)


class CountLine(Contract):
    """A line of the sheet; the balance is told once everything is counted."""

    item: NationalCode
    name: str
    unit: str
    lot: LotName
    frozen: int | None
    """What the books say; null while the count is open, so that nobody copies it."""
    counted: int | None
    reason: str | None


class StockCount(Contract):
    """A count."""

    id: Id
    warehouse: Id
    state: CountState
    lines: tuple[CountLine, ...]
    begun_at: Moment
    begun_by: str
    submitted_by: str | None
    second: str | None
    ended_at: Moment | None
    note: str | None
    """Why a sheet was sent back, or the count cancelled."""
    version: int


class CountNote(Contract):
    """Why a sheet is sent back, or the count cancelled."""

    reason: Line = Field(min_length=5)


class CountQuery(PageQuery):
    """Counts of a warehouse, latest first."""

    warehouse: Id


class CountPage(Contract):
    """Counts."""

    items: tuple[StockCount, ...]
    cursor: str | None = None


class CountFact(Contract):
    """Data of `pharmacy.stock_counted`: the differences that were written."""

    count_id: Id
    warehouse_id: Id
    lines: tuple[MovedLine, ...]


EVENTS: dict[str, type[Contract]] = {"pharmacy.stock_counted": CountFact}
"""Event types and the models of their `data`."""
