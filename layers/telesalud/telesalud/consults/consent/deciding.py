"""A decision as evidence: what was decided, about which words, when, how, by whom.

Every decision is a step of the consult, in one transaction with its event, the exact words and
what the state says of it. The same decision said twice is recorded once. Without one, or after a
refusal, nothing stops whoever attends: they are told, and do what the law asks of them.
"""

from schemas.consents import (
    REQUIRED,
    BoxCode,
    Channel,
    ConsentRecord,
    ConsentRecords,
    ConsentText,
    Decision,
    NewDecision,
)
from schemas.consult_sessions import ChangeKind
from schemas.consults import EventType, ParticipantRole
from telesalud.consults.access import attend, open_consult
from telesalud.consults.consent.showing import keys_of, shown
from telesalud.consults.consent.stored import StoredDecision, text_key
from telesalud.consults.errors import ConsentTextChanged
from telesalud.consults.model import Consult, State
from telesalud.consults.policy import CONSENT, EXPORT, GRANTS, READ
from telesalud.consults.repository import (
    Loaded,
    announce_event,
    audit,
    change,
    child_key,
    partition,
    patient_scope,
)
from telesalud.platform.access import Caller, CallerKind, allows, require_person
from telesalud.platform.errors import Conflict, FieldError, Invalid
from telesalud.platform.sealed import ATTRIBUTE, from_json, open_model, seal_model, to_json
from telesalud.platform.store import ABSENT, Item, Put, every
from telesalud.platform.work import Call, Services, Work, retrying


def text_now(services: Services, call: Call, consult_id: str, language: str | None) -> ConsentText:
    """What the patient of a consult is shown, for whoever reads it out to them."""
    tenant = call.caller.tenant
    if call.caller.kind is CallerKind.PARTICIPANT:
        loaded, _ = attend(services, call, consult_id, *keys_of(tenant), late=True)
    else:
        loaded = open_consult(services, call, consult_id, CONSENT, *keys_of(tenant))
    return text_for(loaded, language)


def text_for(loaded: Loaded, language: str | None) -> ConsentText:
    """As `text_now`, of a consult that was loaded with `keys_of`."""
    consult = loaded.consult
    clinic = consult.private.clinic
    return shown(loaded.others, consult.tenant, clinic, language or consult.state.language)


def record(services: Services, call: Call, consult_id: str, said: NewDecision) -> ConsentRecord:
    """Record what the patient decided, by themselves in their session or told to staff.

    Raises Forbidden, NotFound, Invalid, ConsentTextChanged, and as `attend` does.
    """

    def step() -> ConsentRecord:
        loaded, decision = _heard(services, call, consult_id, said)
        return add(services, call, loaded, said, decision)

    return retrying(step)


def _heard(
    services: Services, call: Call, consult_id: str, said: NewDecision
) -> tuple[Loaded, StoredDecision]:
    """The consult, and the decision by whoever tells it."""
    caller, keys = call.caller, keys_of(call.caller.tenant)
    if caller.kind is not CallerKind.PARTICIPANT:
        loaded = open_consult(services, call, consult_id, CONSENT, *keys)
        require_person(caller)
        return loaded, decision_of(services, said, _told(said), caller.subject, caller.name or None)
    loaded, seat = attend(services, call, consult_id, *keys, late=True)
    if seat.role is ParticipantRole.PATIENT:
        return loaded, decision_of(services, said, Channel.LINK)
    by, name = loaded.consult.id_of(seat), loaded.consult.name_of(seat)
    return loaded, decision_of(services, said, _told(said), by, name)


def _told(said: NewDecision) -> Channel:
    if said.channel is None or said.channel is Channel.LINK:
        fault = FieldError("/channel", "needed", "say how the patient told you")
        raise Invalid("a decision has a way in which it was told", [fault])
    return said.channel


def decision_of(
    services: Services,
    said: NewDecision,
    channel: Channel,
    by: str | None = None,
    name: str | None = None,
) -> StoredDecision:
    """What was said, as it will be kept; by whom, when it was not the holder of the link."""
    return StoredDecision(
        id=services.new_id(),
        number=0,
        decision=said.decision,
        at=services.clock(),
        channel=channel,
        boxes=tuple(box for box in BoxCode if box in said.boxes),
        text="",
        text_version="",
        sha256=said.text,
        language=said.language,
        representative=said.representative,
        recorded_by=by,
        recorded_by_name=name,
    )


def add(
    services: Services, call: Call, loaded: Loaded, said: NewDecision, decision: StoredDecision
) -> ConsentRecord:
    """Commit a decision; the one that stands, when it says the same.

    `loaded` has the items at `keys_of`. Raises Invalid, ConsentTextChanged.
    """
    before = loaded.consult
    services.fetch([], patient_scope(before))
    text = _text(services, loaded, said)
    _check(text, decision)
    number = before.state.consents + 1
    named = {"number": number, "text": text.id, "text_version": text.version}
    stored = decision.model_copy(update=named)
    last = _last(services, before)
    if last is not None and _same(last, stored):
        return _view(services, before, last)
    if stored.decision is Decision.WITHDRAWN and before.state.consent != Decision.ACCEPTED.value:
        raise Conflict("nothing was accepted that could be withdrawn")
    work = Work(services, call)
    changed = change(work, before, _decided(before.state, stored), ChangeKind.CONSENT)
    key = child_key(changed, f"CONSENT#{stored.number:04d}")
    sealed = seal_model(services.vault, patient_scope(changed), key, stored)
    work.add(
        Put(key, {ATTRIBUTE: sealed}, ABSENT),
        Put(text_key(before.tenant, text.sha256), {"text": to_json(text)}),
    )
    announce_event(work, changed, EventType.CONSENT_RECORDED)
    audit(work, changed, f"consent_{stored.decision.value}", f"consent/{stored.id}")
    work.commit()
    return _record(stored, text)


def _decided(state: State, stored: StoredDecision) -> State:
    return state.model_copy(update={"consents": stored.number, "consent": stored.decision.value})


def _text(services: Services, loaded: Loaded, said: NewDecision) -> ConsentText:
    """The words that were shown: those of now, or those that were decided about before.

    A withdrawal is of what was accepted, whatever is shown today. Raises ConsentTextChanged.
    """
    now = text_for(loaded, said.language)
    if now.sha256 == said.text:
        return now
    if said.decision is Decision.WITHDRAWN:
        item = services.store.get(text_key(loaded.consult.tenant, said.text))
        if item is not None:
            return from_json(ConsentText, item.text("text"))
    raise ConsentTextChanged


def _check(text: ConsentText, decision: StoredDecision) -> None:
    """Raise Invalid for boxes that the text does not have, or lacks to be accepted."""
    known = {box.code for box in text.boxes}
    faults = []
    if set(decision.boxes) - known:
        faults.append(FieldError("/boxes", "unknown", "the text has no such box"))
    if decision.decision is Decision.ACCEPTED:
        missing = sorted(REQUIRED - set(decision.boxes))
        if missing:
            detail = f"accepting needs {', '.join(missing)}"
            faults.append(FieldError("/boxes", "missing", detail))
    elif decision.boxes:
        faults.append(FieldError("/boxes", "not-accepted", "who does not accept ticks nothing"))
    if faults:
        raise Invalid("these boxes do not go with the decision", faults)


def _same(last: StoredDecision, new: StoredDecision) -> bool:
    """Whether it was said before: a double press, a lost answer, a reload."""
    ignored = {"id": "", "number": 0, "at": last.at}
    return last.model_copy(update=ignored) == new.model_copy(update=ignored)


def read(services: Services, call: Call, consult_id: str) -> ConsentRecords:
    """Every decision of a consult with its words, oldest first; audited.

    For its participants, staff, and partners that read or export. Raises Forbidden, NotFound.
    """
    consult = _readable(services, call, consult_id).consult
    services.fetch([], patient_scope(consult))
    answer = ConsentRecords(
        consult_id=consult.id,
        external_reference=consult.private.external_reference,
        patient_id=consult.private.patient.id,
        items=records_of(services, consult),
    )
    work = Work(services, call)
    audit(work, consult, "consents_read")
    work.commit()
    return answer


def _readable(services: Services, call: Call, consult_id: str) -> Loaded:
    if call.caller.kind is CallerKind.PARTICIPANT:
        return attend(services, call, consult_id, late=True)[0]
    return open_consult(services, call, consult_id, _reading(call.caller))


def _reading(caller: Caller) -> str:
    return READ if allows(caller, READ, GRANTS) else EXPORT


def records_of(services: Services, consult: Consult) -> tuple[ConsentRecord, ...]:
    """The decisions of a consult that was loaded, oldest first."""
    items = every(services.store, partition(consult.tenant, consult.id), "CONSENT#")
    return tuple(_view(services, consult, _opened(services, consult, item)) for item in items)


def _last(services: Services, consult: Consult) -> StoredDecision | None:
    if not consult.state.consents:
        return None
    item = services.store.get(child_key(consult, f"CONSENT#{consult.state.consents:04d}"))
    return _opened(services, consult, item) if item is not None else None


def _opened(services: Services, consult: Consult, item: Item) -> StoredDecision:
    return open_model(services.vault, patient_scope(consult), item, StoredDecision)


def _view(services: Services, consult: Consult, stored: StoredDecision) -> ConsentRecord:
    item = services.store.get(text_key(consult.tenant, stored.sha256))
    if item is None:
        raise ValueError("a decision was stored without its words")
    return _record(stored, from_json(ConsentText, item.text("text")))


def _record(stored: StoredDecision, text: ConsentText) -> ConsentRecord:
    return ConsentRecord(
        id=stored.id,
        number=stored.number,
        decision=stored.decision,
        at=stored.at,
        channel=stored.channel,
        boxes=stored.boxes,
        representative=stored.representative,
        recorded_by=stored.recorded_by,
        recorded_by_name=stored.recorded_by_name,
        text=text.model_copy(update={"id": stored.text, "version": stored.text_version}),
    )
