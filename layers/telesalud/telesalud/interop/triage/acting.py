"""What staff make of a request: take it, say who it is, book, refer, answer, close.

Every change is one transaction with its event, and the channel is told by that. Two people who act
at once: the second finds that the version has changed.
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from schemas.appointments import Book, PatientReference
from schemas.citizen_channels import TriageFact
from schemas.patients import Patient
from schemas.triage import (
    AnswerTriage,
    BookTriage,
    CloseTriage,
    MatchPatient,
    ReferTriage,
    Triage,
    TriageChange,
    TriageState,
)
from telesalud.interop.policy import GRANTS, WORK_TRIAGE
from telesalud.interop.stored import StoredTranscript, StoredTriage
from telesalud.interop.triage import requests
from telesalud.interop.triage.inbox import view
from telesalud.interop.triage.services import TriageServices
from telesalud.platform.access import require, require_person
from telesalud.platform.errors import Conflict, InvalidTransition, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ConditionFailed, Put, Value, at_version
from telesalud.platform.work import Call, Services, Work

S = TriageState
FOLLOWING: Final[Mapping[TriageState, frozenset[TriageState]]] = {
    S.RECEIVED: frozenset({S.ASSIGNED, S.BOOKED, S.REFERRED, S.ANSWERED, S.CLOSED}),
    S.ASSIGNED: frozenset({S.ASSIGNED, S.RECEIVED, S.BOOKED, S.REFERRED, S.ANSWERED, S.CLOSED}),
    S.BOOKED: frozenset({S.BOOKED, S.ASSIGNED, S.ATTENDED, S.MISSED}),
    S.MISSED: frozenset({S.ASSIGNED, S.BOOKED, S.REFERRED, S.ANSWERED, S.CLOSED, S.ATTENDED}),
    S.ANSWERED: frozenset({S.ASSIGNED}),
    S.REFERRED: frozenset({S.ASSIGNED}),
    S.CLOSED: frozenset({S.ASSIGNED}),
    S.ATTENDED: frozenset(),
}
"""Which state may follow which. What is over can be taken up again, except for care that was given;
a booked request is called off in the agenda, and its state follows."""
_MOST_CHANGES: Final = 200


class _Step(NamedTuple):
    """A change of state, what else changes, what is told of it, and what is written besides."""

    state: TriageState
    fields: Mapping[str, Any]
    said: Mapping[str, Any] = MappingProxyType({})
    more: tuple[Put, ...] = ()


def take(services: Services, call: Call, which: str, if_match: int) -> Triage:
    """Take a request, from a colleague, too. Raises Forbidden, NotFound, Gone, StaleVersion,
    InvalidTransition."""
    request = _opened(services, call, which, if_match)
    _may(request, S.ASSIGNED)
    changes = {"assigned_to": call.caller.subject}
    return _changed(services, call, (request, if_match), _Step(S.ASSIGNED, changes))


def release(services: Services, call: Call, which: str, if_match: int) -> Triage:
    """Put a request back for others. Raises what `take` raises."""
    request = _opened(services, call, which, if_match)
    _may(request, S.RECEIVED)
    return _changed(services, call, (request, if_match), _Step(S.RECEIVED, {"assigned_to": None}))


def match(
    services: TriageServices, call: Call, which: str, body: MatchPatient, if_match: int
) -> Triage:
    """Say who the citizen is. Raises what `take` raises, and Conflict once there is an
    appointment."""
    request = _opened(services, call, which, if_match)
    if request.appointment is not None or request.state not in requests.OPEN:
        raise Conflict("the citizen of a request that was booked or closed stays who they are")
    found = services.neighbours.patient(body.patient)
    tenant = call.caller.tenant
    matched = request.model_copy(update={"patient": found.id})
    work = Work(services, call)
    work.add(*requests.moved(services, tenant, request, matched, if_match))
    _reseal_transcript(work, request, matched)
    work.audit("interop.triage_matched", found.id, f"triage/{which}")
    return _committed(work, matched, if_match)


def book(
    services: TriageServices, call: Call, which: str, body: BookTriage, if_match: int
) -> Triage:
    """Book the matched patient. The appointment is made under a key of its own, so that trying
    again after a crash finds it instead of making another. Raises what `take` raises, Conflict
    without a patient, and what the agenda refuses."""
    request = _opened(services, call, which, if_match)
    _may(request, S.BOOKED)
    if request.patient is None:
        raise Conflict("establish first who the citizen is")
    patient = services.neighbours.patient(request.patient)
    place = services.neighbours.place(body.site)
    new = Book(
        patient=PatientReference(
            id=patient.id,
            display_name=_name(patient),
            language=patient.language,
        ),
        practitioners=body.practitioners,
        site=body.site,
        category=body.category,
        start=body.start,
        minutes=body.minutes,
        reason=request.message.complaint if request.message else None,
    )
    made = services.neighbours.book(new, booking_key(request, new))
    fields = {"appointment": made.id, **_mine(call)}
    said = {
        "text": body.text,
        "start": made.start,
        "minutes": made.minutes,
        "zone": place.zone,
    }
    link = Put(requests.booked_key(call.caller.tenant, made.id), {"request": request.id})
    return _changed(services, call, (request, if_match), _Step(S.BOOKED, fields, said, (link,)))


def refer(services: Services, call: Call, which: str, body: ReferTriage, if_match: int) -> Triage:
    """Send the citizen elsewhere. Raises what `take` raises."""
    request = _opened(services, call, which, if_match)
    _may(request, S.REFERRED)
    said = {"to": body.to, "text": body.text}
    return _changed(services, call, (request, if_match), _Step(S.REFERRED, _mine(call), said))


def answer(services: Services, call: Call, which: str, body: AnswerTriage, if_match: int) -> Triage:
    """Answer the citizen. Raises what `take` raises."""
    request = _opened(services, call, which, if_match)
    _may(request, S.ANSWERED)
    said = {"text": body.text}
    return _changed(services, call, (request, if_match), _Step(S.ANSWERED, _mine(call), said))


def close(services: Services, call: Call, which: str, body: CloseTriage, if_match: int) -> Triage:
    """End a request. Raises what `take` raises."""
    request = _opened(services, call, which, if_match)
    _may(request, S.CLOSED)
    said = {"reason": body.reason, "text": body.text}
    return _changed(services, call, (request, if_match), _Step(S.CLOSED, _mine(call), said))


def booking_key(request: StoredTriage, new: Book) -> str:
    """The Idempotency-Key of an appointment: the same wish at the same point of the request."""
    wish = f"{request.id} {len(request.changes)} {new.model_dump_json()}"
    return f"triage-{hashlib.sha256(wish.encode()).hexdigest()}"


def next_change(
    request: StoredTriage, state: TriageState, said: Mapping[str, Any]
) -> tuple[TriageChange, ...]:
    """The request's changes with one more; of very many, the latest are kept."""
    number = request.changes[-1].number + 1 if request.changes else 1
    change = TriageChange(number=number, state=state, **said)
    return (*request.changes, change)[-_MOST_CHANGES:]


def announce(work: Work, request: StoredTriage, version: int) -> None:
    """Have the channel told of the request's last change."""
    fact = TriageFact(
        triage_id=request.id,
        channel_id=request.channel,
        state=request.state,
        change=request.changes[-1].number,
    )
    work.event("interop.triage_changed", request.id, version, fact.model_dump(mode="json"))


def _opened(services: Services, call: Call, which: str, if_match: int) -> StoredTriage:
    require(call.caller, WORK_TRIAGE, GRANTS)
    require_person(call.caller)
    request, version = requests.load(services, call.caller.tenant, which)
    if version != if_match:
        raise StaleVersion
    return request


def _may(request: StoredTriage, state: TriageState) -> None:
    if state not in FOLLOWING[request.state]:
        raise InvalidTransition(request.state.value, state.value)


def _mine(call: Call) -> Mapping[str, Any]:
    return {"assigned_to": call.caller.subject}


def _changed(
    services: Services, call: Call, found: tuple[StoredTriage, int], step: _Step
) -> Triage:
    request, version = found
    told = {**step.said, "at": services.clock(), "by": call.caller.subject}
    changes = next_change(request, step.state, told)
    fields = {**step.fields, "state": step.state, "changes": changes}
    after = request.model_copy(update=fields)
    work = Work(services, call)
    work.add(*requests.moved(services, call.caller.tenant, request, after, version), *step.more)
    announce(work, after, version + 1)
    work.audit(
        f"interop.triage_{step.state.value}", request.patient or request.id, f"triage/{request.id}"
    )
    return _committed(work, after, version)


def _committed(work: Work, after: StoredTriage, version: int) -> Triage:
    answered = view(after, version + 1)
    try:
        work.commit(answered, version + 1)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answered


def _reseal_transcript(work: Work, before: StoredTriage, after: StoredTriage) -> None:
    """What was said ends with the record of whom it is known to concern."""
    services, tenant = work.services, work.call.caller.tenant
    key = requests.transcript_key(tenant, before.id)
    item = services.store.get(key)
    if item is None or before.patient == after.patient:
        return
    old, new = (requests.scope_of(tenant, r.patient) for r in (before, after))
    kept = open_model(services.vault, old, item, StoredTranscript)
    sealed = seal_model(services.vault, new, key, kept)
    expires = before.received_at + requests.TRANSCRIPTS_KEPT
    attributes: dict[str, Value] = {ATTRIBUTE: sealed, "patient": after.patient or ""}
    work.add(Put(key, attributes, when=at_version(item.version), expires=expires))


def _name(patient: Patient) -> str:
    name = patient.name
    parts = (name.social_name or name.given, name.middle, name.family, name.second_family)
    return " ".join(part for part in parts if part)
