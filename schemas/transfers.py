"""Contracts of transfers between warehouses: dispatched, on the way, received or taken back."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.common import Contract, Id, Line, Moment, PageQuery
from schemas.formulary import NationalCode
from schemas.pharmacy import (
    LotName,
    LotState,
    MovedLine,
    Quantity,
)

MOST_SENT = 10
"""Lines of one transfer: its receipt, with a difference in each, is one transaction."""


class TransferState(StrEnum):
    """FHIR supplydelivery-status, and what never arrived."""

    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    TAKEN_BACK = "taken_back"
    """It never arrived and is in the sender's stock again."""


class TransferredLot(Contract):
    """What is sent."""

    item: NationalCode
    lot: LotName
    quantity: Quantity


class NewTransfer(Contract):
    """Goods that leave one warehouse for another."""

    sender: Id
    receiver: Id
    lines: tuple[TransferredLot, ...] = Field(min_length=1, max_length=MOST_SENT)
    note: Line | None = None

    @model_validator(mode="after")
    def _elsewhere(self) -> Self:
        if self.sender == self.receiver:
            raise ValueError("a transfer goes to another warehouse")
        if len({(line.item, line.lot) for line in self.lines}) < len(self.lines):
            raise ValueError("each lot is named once")
        return self


class CountedLot(Contract):
    """What was counted on arrival."""

    item: NationalCode
    lot: LotName
    quantity: int = Field(ge=0, le=10_000_000)
    reason: Line | None = None
    """Why it is not what was sent."""


class Receipt(Contract):
    """Every line that was sent, as it was counted."""

    lines: tuple[CountedLot, ...] = Field(min_length=1, max_length=MOST_SENT)


class TakeBack(Contract):
    """Why it never arrived."""

    reason: Line = Field(min_length=5)


class TransferLine(Contract):
    """A line as it was sent, and as it arrived."""

    item: NationalCode
    name: str
    unit: str
    lot: LotName
    sent: int
    received: int | None
    reason: str | None
    state: LotState
    """Of the lot now: one that was recalled on the way does not leave the receiver again."""


class Transfer(Contract):
    """A transfer."""

    id: Id
    state: TransferState
    sender: Id
    receiver: Id
    lines: tuple[TransferLine, ...]
    note: str | None
    sent_at: Moment
    sent_by: str
    ended_at: Moment | None
    ended_by: str | None
    reason: str | None
    """Of a transfer that was taken back."""
    version: int


class TransferQuery(PageQuery):
    """Transfers of a warehouse; those on the way to it by default, the oldest first."""

    warehouse: Id
    on_the_way: bool = True
    """Else all that it sent or was sent, latest first."""


class TransferPage(Contract):
    """Transfers."""

    items: tuple[Transfer, ...]
    cursor: str | None = None


class TransferFact(Contract):
    """Data of `pharmacy.transfer_*`: FHIR SupplyDelivery, in-progress until it has ended."""

    transfer_id: Id
    sender: Id
    receiver: Id
    state: TransferState
    lines: tuple[MovedLine, ...]


EVENTS: dict[str, type[Contract]] = {
    f"pharmacy.transfer_{verb}": TransferFact for verb in ("dispatched", "received", "taken_back")
}
"""Event types and the models of their `data`."""
