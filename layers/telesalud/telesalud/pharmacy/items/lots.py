"""Lots: their names, and whether one may reach a patient today."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from schemas.pharmacy import LOT_NAME, LotState
from telesalud.pharmacy.errors import LotUnusable
from telesalud.pharmacy.stored import StoredLot


def name_of(number: str, expiry: date | None) -> str:
    """What a lot is called. Makers may share a number, but hardly number and expiry."""
    return f"{expiry.isoformat() if expiry else 'none'}.{number}"


def parts_of(lot: str) -> tuple[str, date | None]:
    """The number and the expiry that a name says. Raises ValueError."""
    found = LOT_NAME.match(lot)
    if found is None:
        raise ValueError(f"{lot} names no lot")
    expiry, number = found.groups()
    return number, None if expiry == "none" else date.fromisoformat(expiry)


def today(now: datetime, zone: str) -> date:
    """The day at a warehouse."""
    return now.astimezone(ZoneInfo(zone)).date()


def expired(expiry: date | None, day: date) -> bool:
    """Whether its last day is over: it ends at midnight of the warehouse."""
    return expiry is not None and day > expiry


def why_not(lot: StoredLot, day: date) -> str:
    """Why it reaches nobody; empty when it may."""
    if lot.state is not LotState.OPEN:
        return lot.state.value
    return "expired" if expired(lot.expiry, day) else ""


def require_usable(lot: StoredLot, day: date) -> None:
    """Raise LotUnusable for one that has expired, is blocked or was recalled."""
    if why := why_not(lot, day):
        raise LotUnusable(lot.lot, why)
