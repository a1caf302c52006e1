"""Contracts of checking an audit trail: asking, progress, and what was found. Every context that
keeps a trail serves its own."""

from enum import StrEnum

from pydantic import Field

from schemas.common import Contract, Id, Moment


class TrailCheckStatus(StrEnum):
    """Where a check stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It broke off for good; nothing is known of what it had not read."""


class TrailFaultKind(StrEnum):
    """What can be wrong with a trail."""

    MISSING = "missing"
    """A sealed entry is no longer there."""
    ALTERED = "altered"
    """An entry, a link or a digest is not what it was."""
    UNSEALED = "unsealed"
    """An entry has waited for its link for too long."""
    REPEATED = "repeated"
    """An entry is in two links."""
    FORKED = "forked"
    """A link does not follow from the one before, or the head names another."""
    TRUNCATED = "truncated"
    """Links are missing inside the chain or at its end."""
    UNARCHIVED = "unarchived"
    """The archive of digests does not keep up with the chain."""


class TrailFault(Contract):
    """One thing that is wrong."""

    kind: TrailFaultKind
    place: str
    """A link's number, an entry's key, or a digest's day."""
    detail: str
    """One sentence in English, for whoever follows it up."""


class TrailCheck(Contract):
    """A check of a tenant's trail in one context, the latest that was asked for."""

    id: Id
    status: TrailCheckStatus
    percent: int
    """0 to 100: how many of the links that there were at its beginning have been read."""
    links: int
    """Links read so far."""
    entries: int
    """Entries of those links, each compared with its digest."""
    sealed_until: Moment | None
    """When the last link read was sealed; None without any."""
    digests: int
    """Digests under Object Lock that were compared."""
    anchored_link: int | None
    """The newest link that such a digest vouches for."""
    anchored_until: Moment | None
    """When that digest was written."""
    faults: tuple[TrailFault, ...]
    """The first that were found, in the order of the chain."""
    fault_count: int
    asked_by: str
    """Id of the user or partner."""
    created_at: Moment
    finished_at: Moment | None
    version: int


class TrailCheckState(Contract):
    """The latest check; None when nobody has asked for one."""

    check: TrailCheck | None


class TrailCheckRequested(Contract):
    """Data of `<context>.audit_check_requested`: the check goes on from its `turn`."""

    check_id: Id
    turn: int = Field(ge=1)


EVENTS: dict[str, type[Contract]] = {
    f"{context}.audit_check_requested": TrailCheckRequested
    for context in (
        "appointments",
        "billing",
        "consults",
        "identity",
        "interop",
        "orders",
        "patients",
        "pharmacy",
    )
}
"""Event types and the models of their `data`."""
