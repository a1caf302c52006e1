"""What is stored of wards, by the patient's key. Lines and lots are stored as their contracts have
them."""

from pydantic import BaseModel, ConfigDict

from schemas.common import Moment
from schemas.pharmacy import ItemKind
from schemas.wards import (
    AppliedLot,
    DeliveredLot,
    DoseState,
    NotGivenReason,
    RequestLine,
    RequestState,
)


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


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
