"""A check as it is stored, and who may ask for one.

    TRAILCHECK#<t> / CHECK    the latest check of the tenant's trail: ids, counts and digests only

Each step writes the check over the version that it was read from, so that of two workers on one
check only one advances it, and a worker that dies loses at most its last step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from schemas.trail_checks import TrailCheck, TrailCheckStatus, TrailFault
from telesalud.platform.access import Grants, Role
from telesalud.platform.ports.archive import Archive
from telesalud.platform.sealed import from_json, to_json
from telesalud.platform.store import Item, Key, Put, When
from telesalud.platform.trail.chain import GENESIS
from telesalud.platform.trail.verifying import Fault
from telesalud.platform.work import Services

CHECK_TRAIL = "audit.check"
GRANTS: Grants = {Role.AUDITOR: frozenset({CHECK_TRAIL})}
"""The same in every context: whoever reads trails in the name of the institution."""

MOST_FAULTS = 20
"""Kept with the check; all are counted."""
STALLED_AFTER = timedelta(minutes=3)
"""A worker writes after every step, seconds apart; one that did not for so long has died."""


class Phase(StrEnum):
    """What a check reads next."""

    HEAD = "head"
    LINKS = "links"
    DIGESTS = "digests"


class Job(BaseModel):
    """A check as it is stored."""

    model_config = ConfigDict(frozen=True)

    id: str
    asked_by: str
    created_at: datetime
    touched_at: datetime
    """When a step was last written."""
    status: TrailCheckStatus = TrailCheckStatus.RUNNING
    turn: int = 1
    """Counts the announcements of work on it; an older one has nothing left to do."""
    attempts: int = 0
    """Beginnings since the last step that went well."""
    phase: Phase = Phase.HEAD
    head_seq: int | None = None
    """The newest link when the check began, and its hash; None: the head was not there."""
    head_hash: str = GENESIS
    cursor: str | None = None
    """Sort key of the last link, or name of the last digest, that was read."""
    seq: int = 0
    """Number and hash of the last link that could be read."""
    previous: str = GENESIS
    links: int = 0
    entries: int = 0
    sealed_until: datetime | None = None
    digests: int = 0
    anchored_link: int | None = None
    anchored_until: datetime | None = None
    faults: tuple[TrailFault, ...] = ()
    fault_count: int = 0
    finished_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether there is work left."""
        return self.status is TrailCheckStatus.RUNNING

    def stalled(self, now: datetime) -> bool:
        """Whether its worker must have died."""
        return self.open and now - self.touched_at > STALLED_AFTER

    def with_faults(self, found: Sequence[Fault]) -> "Job":
        """The check with more faults: the first are kept, all are counted."""
        more = (TrailFault(kind=f.kind, place=f.place, detail=f.detail) for f in found)
        kept = (*self.faults, *more)[:MOST_FAULTS]
        return self.model_copy(
            update={"faults": kept, "fault_count": self.fault_count + len(found)}
        )

    def view(self, version: int) -> TrailCheck:
        """What callers see."""
        own = TrailCheck.model_fields.keys() & type(self).model_fields.keys()
        fields = {name: getattr(self, name) for name in own}
        return TrailCheck(version=version, percent=self._percent(), **fields)

    def _percent(self) -> int:
        if self.status is TrailCheckStatus.DONE:
            return 100
        return min(99, 100 * self.links // self.head_seq) if self.head_seq else 0


@dataclass(frozen=True, slots=True)
class Checks:
    """What a context's checks work with."""

    context: str
    services: Services


@dataclass(frozen=True, slots=True)
class Checking(Checks):
    """What a worker needs besides."""

    archive: Archive
    monotonic: Callable[[], float]
    """Seconds, for how long a turn has lasted."""


def check_key(tenant: str) -> Key:
    """Where a tenant's latest check is."""
    return Key(f"TRAILCHECK#{tenant}", "CHECK")


def check_put(tenant: str, job: Job, when: When) -> Put:
    """The write of a check."""
    return Put(check_key(tenant), {"check": to_json(job)}, when=when)


def job_of(item: Item) -> Job:
    """The check in its item."""
    return from_json(Job, item.text("check"))
