"""The decision of whoever holds a patient's link, before they enter.

It binds the link to nobody: who refuses may come back with it, on another device as well.
"""

from schemas.consents import Channel, ConsentRecord, LinkDecision, NewDecision
from schemas.consult_sessions import Exchange
from schemas.consults import ParticipantRole
from telesalud.consults.access import participant_caller
from telesalud.consults.consent import deciding
from telesalud.consults.errors import ConsultEnded, LinkUsed
from telesalud.consults.scheduling.links import found, used_elsewhere
from telesalud.platform.errors import NotFound
from telesalud.platform.work import Call, Services, retrying


def decide(services: Services, request_id: str, said: LinkDecision) -> ConsentRecord:
    """Record what the holder of a patient's link decided.

    Raises NotFound, also for a practitioner's link, LinkRevoked, LinkUsed, ConsultEnded, Invalid,
    ConsentTextChanged.
    """
    asked = Exchange(secret=said.secret, device=said.device)
    given = NewDecision(
        language=said.language,
        text=said.text,
        boxes=said.boxes,
        representative=said.representative,
        decision=said.decision,
    )

    def step() -> ConsentRecord:
        link, loaded = found(services, asked)
        consult = loaded.consult
        state, seat = consult.state, consult.state.seat(link.text("seat"))
        if seat.role is not ParticipantRole.PATIENT:
            raise NotFound("a practitioner's link gives no consent")
        if used_elsewhere(link, asked) and not state.legacy_days:
            raise LinkUsed
        if state.ended or services.clock() >= state.closes_at:
            raise ConsultEnded(state.status, state.ended_at or state.closes_at)
        caller = participant_caller(consult.tenant, consult.id, seat)
        decision = deciding.decision_of(services, given, Channel.LINK)
        return deciding.add(services, Call(caller, request_id), loaded, given, decision)

    return retrying(step)
