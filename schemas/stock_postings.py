"""Contracts of what moves stock without a patient: entries and write-offs."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from schemas.common import Contract, Id, Line, Moment
from schemas.formulary import NationalCode
from schemas.pharmacy import (
    MOST_LINES,
    Gtin,
    KardexLine,
    LotName,
    LotNumber,
    MovementKind,
    Quantity,
)


class EntryLine(Contract):
    """Something that came in."""

    item: NationalCode
    number: LotNumber
    expiry: date | None = None
    """The last day on which it may be used; medicines always have one."""
    quantity: Quantity
    gtin: Gtin | None = None


class NewEntry(Contract):
    """Goods from outside, with the paper that came along."""

    document: Line
    """Invoice, donation or delivery note."""
    supplier: Line
    lines: tuple[EntryLine, ...] = Field(min_length=1, max_length=MOST_LINES)


class WriteOffKind(StrEnum):
    """Why stock is taken off the books."""

    WASTE = "waste"
    """Destroyed: expired, broken, recalled."""
    LOSS = "loss"
    """Not there any more."""


class WriteOffLine(Contract):
    """What is taken off."""

    item: NationalCode
    lot: LotName
    quantity: Quantity


class NewWriteOff(Contract):
    """Waste or loss; of controlled items a second person has to be there."""

    kind: WriteOffKind
    reason: Line = Field(min_length=5)
    lines: tuple[WriteOffLine, ...] = Field(min_length=1, max_length=MOST_LINES)


class PostingState(StrEnum):
    """How far a posting is."""

    AWAITS_SECOND = "awaits_second"
    """Nothing has moved: a second person has to confirm it."""
    POSTED = "posted"
    REFUSED = "refused"


class Posting(Contract):
    """An entry or a write-off, and the lines that it wrote."""

    id: Id
    warehouse: Id
    kind: MovementKind
    state: PostingState
    by: str
    at: Moment
    second: str | None
    document: str | None = None
    supplier: str | None = None
    reason: str | None = None
    asked: tuple[WriteOffLine, ...] = ()
    """What is to be written off, while it waits."""
    lines: tuple[KardexLine, ...]
    version: int


class PostingList(Contract):
    """Postings that wait for a second person, the oldest first."""

    items: tuple[Posting, ...]
