"""What this context seals into items (docs/decisions/0006), apart from what it answers.

These value objects of the contracts are stored as they are, inside the models below, and follow
the same rules: `Pack`, `Lease`, `FormularyItem`, `KardexLine`, `WriteOffLine`, `Receiver`,
`SeenAlert`, `PatientLabel`, `PrescriptionLine`, `GivenLine`, `GivenLot`, `Recall`, `RequestLine`,
`DeliveredLot`, `AppliedLot`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from schemas.common import Moment
from schemas.counts import CountState
from schemas.dispensing import DispensingState, GivenLine, Receiver, SeenAlert
from schemas.formulary import FormularyItem
from schemas.pharmacy import (
    ItemKind,
    KardexLine,
    Lease,
    LotState,
    MovementKind,
    Pack,
    StockItem,
    Warehouse,
)
from schemas.prescriptions import PatientLabel, PrescriptionLine
from schemas.recalls import Recall
from schemas.stock_postings import PostingState, WriteOffLine
from schemas.transfers import TransferState
from schemas.wards import (
    AppliedLot,
    DeliveredLot,
    DoseState,
    NotGivenReason,
    RequestLine,
    RequestState,
)


class _Stored(BaseModel):
    # Built at first use: a cold function opens few of these.
    model_config = ConfigDict(frozen=True, defer_build=True)


class StoredItem(_Stored):
    """Something that is kept."""

    code: str
    kind: ItemKind
    name: str
    unit: str
    packs: tuple[Pack, ...] = ()
    controlled: bool = False
    active: bool = True
    product: FormularyItem | None = None

    def view(self, version: int) -> StockItem:
        """What is answered."""
        return StockItem.model_construct(**dict(self) | {"version": version})


class StoredWarehouse(_Stored):
    """A place where stock is kept."""

    id: str
    name: str
    zone: str
    site: str | None = None
    closed: bool = False
    lease: Lease | None = None

    @property
    def gate(self) -> str:
        """What decides which movements it takes; one is written only while it is the same."""
        lease = f"{self.lease.site} {self.lease.epoch} {self.lease.mode}" if self.lease else "own"
        return f"closed {lease}" if self.closed else lease

    def view(self, version: int) -> Warehouse:
        """What is answered."""
        return Warehouse.model_construct(**dict(self) | {"version": version})


class StoredLot(_Stored):
    """A lot of an item, wherever it lies."""

    item: str
    lot: str
    number: str
    expiry: date | None
    gtin: str | None = None
    state: LotState = LotState.OPEN
    reason: str | None = None


class HeldLot(_Stored):
    """How much of a lot is in a warehouse."""

    lot: str
    balance: int


class StoredStock(_Stored):
    """What a warehouse has of an item. Lots without a balance are left out."""

    item: str
    lines: int = 0
    """Number of the last line of its kardex."""
    lots: tuple[HeldLot, ...] = ()
    """In the order in which they should leave."""
    minimum: int | None = None
    maximum: int | None = None
    counted_by: str | None = None

    @property
    def balance(self) -> int:
        """Of all lots."""
        return sum(held.balance for held in self.lots)

    def of(self, lot: str) -> int:
        """The balance of a lot."""
        return next((held.balance for held in self.lots if held.lot == lot), 0)


class StoredLine(_Stored):
    """A line of the ledger."""

    line: KardexLine


class StoredPosting(_Stored):
    """An entry or a write-off."""

    id: str
    warehouse: str
    kind: MovementKind
    state: PostingState
    by: str
    at: Moment
    second: str | None = None
    document: str | None = None
    supplier: str | None = None
    reason: str | None = None
    asked: tuple[WriteOffLine, ...] = ()
    lines: tuple[KardexLine, ...] = ()


class SentLine(_Stored):
    """A line of a transfer."""

    item: str
    name: str
    unit: str
    lot: str
    sent: int
    received: int | None = None
    reason: str | None = None


class StoredTransfer(_Stored):
    """Goods between two warehouses."""

    id: str
    state: TransferState
    sender: str
    receiver: str
    lines: tuple[SentLine, ...]
    note: str | None = None
    sent_at: Moment
    sent_by: str
    ended_at: Moment | None = None
    ended_by: str | None = None
    reason: str | None = None


class SheetLine(_Stored):
    """A lot on the sheet of a count."""

    item: str
    name: str
    unit: str
    lot: str
    number: str
    expiry: date | None
    frozen: int
    counted: int | None = None
    reason: str | None = None


class StoredCount(_Stored):
    """A count."""

    id: str
    warehouse: str
    state: CountState
    items: tuple[str, ...]
    lines: tuple[SheetLine, ...]
    begun_at: Moment
    begun_by: str
    submitted_by: str | None = None
    submitted_at: Moment | None = None
    second: str | None = None
    ended_at: Moment | None = None
    note: str | None = None


class StoredProgress(_Stored):
    """How much of a prescription has been dispensed, at all warehouses together."""

    prescription: str
    totals: Mapping[int, int] = {}
    """Units by the number of the line."""
    waiting: tuple[str, ...] = ()
    """Dispensings that wait for a second person."""


class StoredDispensing(_Stored):
    """What a patient got."""

    id: str
    prescription: str
    patient: str
    encounter: str | None = None
    warehouse: str
    state: DispensingState
    lines: tuple[GivenLine, ...]
    prescribed: tuple[PrescriptionLine, ...] = ()
    """The lines as they were prescribed, for labels."""
    patient_label: PatientLabel
    prescriber: str
    receiver: Receiver | None = None
    seen: tuple[SeenAlert, ...] = ()
    by: str
    by_name: str
    at: Moment
    second: str | None = None
    second_name: str | None = None
    completed_at: Moment | None = None
    reason: str | None = None


class StoredRecall(_Stored):
    """A lot that was taken back."""

    recall: Recall


class StoredReceiver(_Stored):
    """Some of a lot that a patient got; `quantity` is negative for what came back."""

    patient: str
    dispensing: str
    at: Moment
    quantity: int


class HeldOnWard(_Stored):
    """What was delivered of a lot, and what became of it."""

    item: str
    kind: ItemKind
    name: str
    unit: str
    controlled: bool = False
    lot: str
    zone: str = "UTC"
    """Of the warehouse it came from: there its last day ends."""
    delivered: int = 0
    applied: int = 0
    returned: int = 0
    wasted: int = 0

    @property
    def left(self) -> int:
        """What nobody has accounted for yet."""
        return self.delivered - self.applied - self.returned - self.wasted


class StoredWard(_Stored):
    """The account of an admission: delivered = applied + returned + wasted + left, of each lot."""

    admission: str
    patient: str
    closed: bool = False
    entries: int = 0
    """Number of the last line of the account."""
    lots: tuple[HeldOnWard, ...] = ()


class StoredWardEntry(_Stored):
    """A line of the account; it never changes."""

    number: int
    kind: str
    """`delivered`, `applied`, `returned` or `wasted`."""
    item: str
    lot: str
    quantity: int
    at: Moment
    by: str
    about: str
    reason: str | None = None


class StoredWardRequest(_Stored):
    """A request."""

    id: str
    admission: str
    patient: str
    warehouse: str
    state: RequestState
    lines: tuple[RequestLine, ...]
    urgent: bool = False
    note: str | None = None
    asked_at: Moment
    asked_by: str
    asked_by_name: str
    waiting: tuple[DeliveredLot, ...] = ()
    last: bool = False
    waiting_since: Moment | None = None
    delivered_by: str | None = None
    reason: str | None = None


class StoredDose(_Stored):
    """Something that is due, or was given."""

    id: str
    admission: str
    patient: str
    item: str
    kind: ItemKind
    name: str
    unit: str
    quantity: int
    due: Moment
    instructions: str | None = None
    prescription: str | None = None
    line: int | None = None
    state: DoseState = DoseState.DUE
    lots: tuple[AppliedLot, ...] = ()
    at: Moment | None = None
    by: str | None = None
    by_name: str | None = None
    not_given: NotGivenReason | None = None
    reason: str | None = None
    planned_by: str


STORED: Final[Mapping[str, type[BaseModel]]] = {
    "count": StoredCount,
    "dispensing": StoredDispensing,
    "item": StoredItem,
    "line": StoredLine,
    "lot": StoredLot,
    "lot_receiver": StoredReceiver,
    "posting": StoredPosting,
    "progress": StoredProgress,
    "recall": StoredRecall,
    "stock": StoredStock,
    "transfer": StoredTransfer,
    "ward": StoredWard,
    "ward_dose": StoredDose,
    "ward_entry": StoredWardEntry,
    "ward_request": StoredWardRequest,
    "warehouse": StoredWarehouse,
}
"""Every kind, for the golden files of `tests/golden/pharmacy`."""
