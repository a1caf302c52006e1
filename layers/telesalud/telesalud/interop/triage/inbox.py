"""The inbox: what citizens ask for, and what is known of it."""

import json

from schemas.triage import (
    Triage,
    TriageList,
    TriageQuery,
    TriageSummary,
    TriageTranscript,
)
from telesalud.interop.policy import GRANTS, READ_TRIAGE
from telesalud.interop.stored import StoredTranscript, StoredTriage
from telesalud.interop.triage import requests
from telesalud.platform.access import require
from telesalud.platform.errors import Gone
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item
from telesalud.platform.work import Call, Services, Work

_PREVIEW = 160


def page(services: Services, call: Call, query: TriageQuery) -> TriageList:
    """Requests, the most pressing first; or those that are over, latest first. Raises Forbidden."""
    require(call.caller, READ_TRIAGE, GRANTS)
    tenant = call.caller.tenant
    over = query.show == "done"
    found = services.store.query(
        requests.done_pk(tenant) if over else requests.open_pk(tenant),
        after=from_cursor(query.cursor),
        limit=min(query.limit, 100),
        newest_first=over,
    )
    keys = [requests.request_key(tenant, item.text("request")) for item in found.items]
    items = services.store.get_many(keys) if keys else {}
    lines = [_line(services, tenant, items[key]) for key in keys if key in items]
    work = Work(services, Call(call.caller, call.request_id))
    work.audit("interop.triage_listed", call.caller.subject, f"triage/{query.show}")
    work.commit()
    return TriageList(
        items=tuple(line for line in lines if line is not None),
        cursor=to_cursor(found.next_after),
    )


def read(services: Services, call: Call, which: str) -> Triage:
    """A request, its reading on the trail of whom it concerns. Raises Forbidden, NotFound, Gone."""
    require(call.caller, READ_TRIAGE, GRANTS)
    request, version = requests.load(services, call.caller.tenant, which)
    _noted(services, call, request, "interop.triage_read")
    return view(request, version)


def transcript(services: Services, call: Call, which: str) -> TriageTranscript:
    """What was said, while it is kept. Raises Forbidden, NotFound, Gone."""
    require(call.caller, READ_TRIAGE, GRANTS)
    tenant = call.caller.tenant
    request, _ = requests.load(services, tenant, which)
    _noted(services, call, request, "interop.triage_transcript_read")
    item = services.store.get(requests.transcript_key(tenant, which))
    if item is None:
        return TriageTranscript(text=None)
    scope = requests.scope_of(tenant, item.text("patient"))
    kept = open_model(services.vault, scope, item, StoredTranscript)
    return TriageTranscript(text=kept.text)


def view(request: StoredTriage, version: int) -> Triage:
    """What is answered."""
    return Triage(
        **dict(_summary(request, version)),
        message=request.message,
        raw=request.raw,
        faults=request.faults,
        has_transcript=request.has_transcript,
        appointment=request.appointment,
        changes=request.changes,
    )


def _noted(services: Services, call: Call, request: StoredTriage, action: str) -> None:
    work = Work(services, Call(call.caller, call.request_id))
    work.audit(action, request.patient or request.id, f"triage/{request.id}")
    work.commit()


def _line(services: Services, tenant: str, item: Item) -> TriageSummary | None:
    """A line; None for a request whose patient's record was destroyed."""
    try:
        return _summary(requests.opened(services, tenant, item), item.version)
    except Gone:
        return None


def _summary(request: StoredTriage, version: int) -> TriageSummary:
    message = request.message
    person = message.person if message else None
    complaint, name = (
        (message.complaint, person.name if person else None) if message else _told(request.raw)
    )
    return TriageSummary(
        id=request.id,
        version=version,
        state=request.state,
        channel=request.channel,
        received_at=request.received_at,
        flagged=request.flagged,
        mapped=message is not None,
        urgency=request.urgency,
        complaint=complaint[:_PREVIEW],
        name=name,
        assigned_to=request.assigned_to,
        patient=request.patient,
    )


def _told(raw: str | None) -> tuple[str, str | None]:
    """Complaint and name in a message that could not be read whole, as far as they are there."""
    try:
        given = json.loads(raw or "")
    except (ValueError, RecursionError):  # it was too long to be kept whole
        return "", None
    complaint, person = given.get("complaint"), given.get("person")
    name = person.get("name") if isinstance(person, dict) else None
    return (
        complaint if isinstance(complaint, str) else "",
        name[:200] if isinstance(name, str) and name.strip() else None,
    )
