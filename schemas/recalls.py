"""Contracts of lots that are held back or taken back."""

from pydantic import Field

from schemas.common import Contract, Id, Line, Moment, PageQuery
from schemas.formulary import NationalCode
from schemas.pharmacy import LotName


class LotBlock(Contract):
    """Hold a lot back, or let it go again."""

    item: NationalCode
    lot: LotName
    blocked: bool
    reason: Line = Field(min_length=5)


class NewRecall(Contract):
    """A lot is taken back: from now on none of it reaches anybody."""

    item: NationalCode
    lot: LotName
    reason: Line = Field(min_length=5)
    reference: Line | None = None
    """Of the maker's or the authority's notice."""


class Recall(Contract):
    """A recall, and where the lot lies."""

    id: Id
    item: NationalCode
    name: str
    lot: LotName
    reason: str
    reference: str | None
    at: Moment
    by: str


class RecallList(Contract):
    """Recalls, latest first."""

    items: tuple[Recall, ...]
    cursor: str | None = None


class RecallQuery(PageQuery):
    """Pages through recalls, or through who got a lot."""


class LotReceiver(Contract):
    """Somebody who got some of a lot."""

    patient: Id
    dispensing: Id
    at: Moment
    quantity: int
    """Less what came back."""


class LotReceivers(Contract):
    """Everybody who got a lot, in the order of time."""

    items: tuple[LotReceiver, ...]
    cursor: str | None = None
