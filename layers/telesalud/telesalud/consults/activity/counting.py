"""Where an ended teleconsultation counts: in the week (UTC) of its start.

The sums follow the events that end a consult; see `telesalud.platform.tallies`.
"""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Final

from schemas.consults import ConsultStatus
from telesalud.consults.model import State
from telesalud.consults.repository import agenda, consult_key
from telesalud.platform import tallies
from telesalud.platform.sealed import from_json
from telesalud.platform.store import Item, Store, SweepableStore, every
from telesalud.platform.tallies import Counted, Row, week_of

SERIES: Final = "CONSULTS"
_KINDS: Final = {
    ConsultStatus.FINISHED: "finished",
    ConsultStatus.NO_SHOW: "no_shows",
    ConsultStatus.EXPIRED: "expired",
    ConsultStatus.CANCELLED: "cancelled",
}


def count(store: Store, tenant: str, consult_id: str) -> None:
    """Count a consult as it is now; nothing while it goes on. May be repeated. Raises StoreBusy."""
    item = store.get(consult_key(tenant, consult_id))
    counted = _counted(consult_id, item) if item else None
    if counted is not None:
        tallies.count(store, tenant, counted)


def rebuild(store: SweepableStore, tenant: str) -> int:
    """Count all ended consults of an institution anew; how many there are."""
    return tallies.rebuild(store, tenant, _all(store, tenant))


def _all(store: Store, tenant: str) -> Iterator[Counted]:
    for listed in every(store, agenda(tenant)):
        consult_id = listed.text("consult")
        item = store.get(consult_key(tenant, consult_id))
        counted = _counted(consult_id, item) if item else None
        if counted is not None:
            yield counted


def _counted(consult_id: str, item: Item) -> Counted | None:
    state = from_json(State, item.text("state"))
    if state.status not in _KINDS:
        return None
    week = week_of(state.start.astimezone(UTC).date())
    share = {Row(SERIES, week): dict(_amounts(state))}
    return Counted(consult_id, item.version, share)


def _amounts(state: State) -> Iterator[tuple[str, int]]:
    yield _KINDS[state.status], 1
    if state.status is not ConsultStatus.FINISHED:
        return
    if state.device is not None and not (state.device.camera and state.device.microphone):
        yield "no_devices", 1
    if state.started_at and state.ended_at:
        yield "minutes", max(0, (state.ended_at - state.started_at) // timedelta(minutes=1))
    if state.started_at and state.waiting_since:
        yield "waited", 1
        yield "waited_minutes", (state.started_at - state.waiting_since) // timedelta(minutes=1)
    if state.losses:
        yield "interrupted", 1
        yield "losses", state.losses
    if state.fell_back:
        yield "fell_back", 1
