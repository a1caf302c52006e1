"""The two ways to a consult, one for staff and partners and one for its participants.

Every use case that somebody asks for opens its consult here, so none can be called by a caller who
has no right to it. What our own workers do, and what a link's secret proves, has no such caller:
only those few load a consult from the repository.
"""

from schemas.consults import ParticipantRole
from telesalud.consults.errors import ConsultEnded
from telesalud.consults.model import Seat, check_session
from telesalud.consults.policy import ATTEND, GRANTS, LATE_NOTES
from telesalud.consults.repository import Loaded, load
from telesalud.platform.access import Caller, CallerKind, require
from telesalud.platform.errors import Forbidden, NotFound
from telesalud.platform.store import Key
from telesalud.platform.work import Call, Services


def open_consult(services: Services, call: Call, consult_id: str, right: str, *also: Key) -> Loaded:
    """A consult of the caller's tenant with the items at `also`, for whoever has the right.

    Raises Forbidden, NotFound.
    """
    require(call.caller, right, GRANTS)
    return load(services, call.caller.tenant, consult_id, *also)


def attend(
    services: Services,
    call: Call,
    consult_id: str,
    *also: Key,
    only: ParticipantRole | None = None,
    late: bool = False,
) -> tuple[Loaded, Seat]:
    """The consult, for a participant who may act in it now, and their seat.

    `late` lets them in for a while after the end, to bring what was unsaved. Raises Forbidden,
    NotFound for another consult, SessionRevoked, ConsultEnded, NotOpenYet.
    """
    mine, name, generation = session_of(call.caller)
    if mine != consult_id:
        raise NotFound
    loaded = open_consult(services, call, consult_id, ATTEND, *also)
    state, now = loaded.consult.state, services.clock()
    seat = state.seat(name)
    if only is not None and seat.role is not only:
        raise Forbidden(f"only the {only} may do this", right=f"{ATTEND}.{only}")
    if late and seat.generation == generation:
        over_since = state.ended_at or (state.closes_at if now >= state.closes_at else None)
        if over_since is not None:
            if now >= over_since + LATE_NOTES:
                raise ConsultEnded(state.status, over_since)
            return loaded, seat
    check_session(state, seat, generation, now)
    return loaded, seat


def participant_caller(tenant: str, consult_id: str, seat: Seat) -> Caller:
    """The caller that a session proves."""
    return Caller(
        tenant,
        f"{consult_id}:{seat.id}",
        CallerKind.PARTICIPANT,
        scopes=frozenset({ATTEND}),
        session=f"{consult_id}/{seat.id}/{seat.generation}",
    )


def session_of(caller: Caller) -> tuple[str, str, int]:
    """Consult, seat and generation of a participant. Raises Forbidden for anybody else."""
    if caller.kind is not CallerKind.PARTICIPANT:
        raise Forbidden("only a participant of the consult may do this", right=ATTEND)
    consult_id, seat, generation = caller.session.split("/")
    return consult_id, seat, int(generation)
