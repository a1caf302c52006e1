"""The audit trail's entries: who did what to whose record, when, and with which outcome.

Entries are written in the same transaction as what they describe and never change. A stream
consumer seals them into a hash chain per tenant (`telesalud.platform.trail.chain`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telesalud.platform.access import Caller
from telesalud.platform.clock import to_text
from telesalud.platform.store import ABSENT, Key, Put


class Outcome(StrEnum):
    """How the audited action ended (FHIR AuditEvent.outcome, coarsened)."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One fact of the trail. Ids and codes only: no names, no content."""

    id: str
    tenant: str
    subject: str
    """Whose record it concerns: a patient id, or the user, client or resource acted upon."""
    actor: str
    actor_kind: str
    action: str
    """`<context>.<verb>`, such as `patients.read`."""
    resource: str
    """`<kind>/<id>` of what was touched."""
    outcome: Outcome
    at: datetime
    request_id: str
    reason: str = ""
    """Code of the reason, for break-glass and denials."""


def entry_key(tenant: str, subject: str, entry_id: str) -> Key:
    """Entries of one subject share a partition, so "who has seen my record" is one query."""
    return Key(f"AUDIT#{tenant}#{subject}", entry_id)


def put_of(entry: AuditEntry) -> Put:
    """The operation that appends the entry."""
    return Put(
        entry_key(entry.tenant, entry.subject, entry.id),
        {
            "kind": "audit",
            "tenant": entry.tenant,
            "subject": entry.subject,
            "actor": entry.actor,
            "actor_kind": entry.actor_kind,
            "action": entry.action,
            "resource": entry.resource,
            "outcome": entry.outcome.value,
            "at": to_text(entry.at),
            "request_id": entry.request_id,
            "reason": entry.reason,
        },
        when=ABSENT,
    )


def entry_of(
    caller: Caller,
    *,
    entry_id: str,
    at: datetime,
    request_id: str,
    action: str,
    subject: str,
    resource: str,
    outcome: Outcome = Outcome.DONE,
    reason: str = "",
) -> AuditEntry:
    """An entry for something that `caller` did."""
    return AuditEntry(
        entry_id,
        caller.tenant,
        subject,
        caller.subject,
        caller.kind.value,
        action,
        resource,
        outcome,
        at,
        request_id,
        reason,
    )
