"""Links: a random secret per participant, stored as its SHA-256, exchanged for a session.

The secret stands in the URL's fragment, which browsers do not send. It is bound to one seat of one
consult and to the seat's generation, so revoking is raising that number. Looking at what a link
leads to leaves no trace on it, since scanners of mail do that, too. The first exchange binds it to
the device: the same browser may exchange again (a double click, a lost answer, a reload), another
one gets 410. Links of the compatible interface, whose holders cannot ask for new ones,
move to the new device instead, and the former device's session ends.

A seat belongs to its person. The patient's link may be replaced by whoever schedules, since a
patient who lost theirs asks the clinic. A practitioner's link is given to that practitioner, or to
the partner system that made the consult and has no other way to bring its practitioners in: never
to other staff, whatever their role (`may_be_given`).
"""

import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from schemas.consult_sessions import ChangeKind, Exchange, Invitation, Look, Session
from schemas.consults import ConsultStatus, EventType, Link, Links, ParticipantRole, Reissue
from telesalud.consults import model
from telesalud.consults.access import open_consult, participant_caller
from telesalud.consults.consent.deciding import text_for
from telesalud.consults.consent.showing import keys_of
from telesalud.consults.errors import ConsultEnded, LinkRevoked, LinkUsed, SeatTaken
from telesalud.consults.model import PATIENT, Consult, Seat
from telesalud.consults.policy import LINKS_KEPT, WRITE
from telesalud.consults.repository import (
    Loaded,
    announce_event,
    audit,
    change,
    digest,
    lease_key,
    load,
)
from telesalud.consults.visit.presence import leave, leave_expired
from telesalud.consults.visit.sessions import SessionTokens, clinic_of
from telesalud.consults.visit.views import session_view
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.errors import Forbidden, NotFound
from telesalud.platform.ids import new_secret
from telesalud.platform.store import ABSENT, Item, Key, Put, Update, When, at_version
from telesalud.platform.work import Call, Services, Work, retrying

SECRET_BITS = 256


@dataclass(frozen=True, slots=True)
class Issued:
    """A new link's seat and secret; the secret exists nowhere else."""

    seat: Seat
    practitioner_id: str | None
    secret: str

    def url(self, origin: str) -> str:
        """What the participant opens."""
        return f"{origin}/c/#{self.secret}"


def link_key(secret: str) -> Key:
    """Where a link is."""
    return Key(f"LINK#{digest(secret)}", "LINK")


def may_be_given(caller: Caller, consult: Consult, seat: Seat) -> bool:
    """Whether the caller may hold a new link to the seat, if only to hand it over."""
    if seat.role is ParticipantRole.PATIENT:
        return True
    if caller.kind is CallerKind.PARTNER:
        return consult.state.created_by == caller.subject
    return caller.kind is CallerKind.USER and consult.id_of(seat) == caller.subject


def issue(
    work: Work, consult: Consult, seats: Iterable[Seat], patient_secret: str = ""
) -> list[Issued]:
    """Add a new link for each of `seats` to which the caller may be given one.

    `consult` is what the step makes: the seats' generations are raised already.
    """
    issued = []
    for seat in seats:
        if not may_be_given(work.call.caller, consult, seat):
            continue
        given = patient_secret if seat.id == PATIENT else ""
        link = Issued(seat, consult.id_of(seat), given or new_secret(SECRET_BITS))
        work.add(
            Put(
                link_key(link.secret),
                {
                    "kind": "link",
                    "tenant": work.call.caller.tenant,
                    "consult": consult.id,
                    "seat": seat.id,
                    "generation": seat.generation,
                    "used": False,
                },
                ABSENT,
                expires=consult.state.closes_at + LINKS_KEPT,
            )
        )
        issued.append(link)
    return issued


def urls_of(issued: list[Issued], origin: str) -> tuple[str | None, tuple[Link, ...]]:
    """The patient's URL and the practitioners' links."""
    patient = next((link.url(origin) for link in issued if link.seat.id == PATIENT), None)
    practitioners = tuple(
        Link(
            participant=link.seat.id,
            practitioner_id=link.practitioner_id,
            url=link.url(origin),
        )
        for link in issued
        if link.seat.id != PATIENT
    )
    return patient, practitioners


def reissue(services: Services, call: Call, origin: str, consult_id: str, asked: Reissue) -> Links:
    """Revoke the links and sessions of some participants and issue new links.

    Raises NotFound for another tenant's consult or an unknown seat, Forbidden for a seat whose link
    the caller may not hold, SeatTaken, ConsultEnded.
    """

    def step() -> Links:
        now = services.clock()
        names = dict.fromkeys(asked.participants)
        leases = [lease_key(call.caller.tenant, consult_id, name) for name in names]
        loaded = open_consult(services, call, consult_id, WRITE, *leases)
        consult = loaded.consult
        if consult.state.ended or now >= consult.state.closes_at:
            raise ConsultEnded(consult.state.status, consult.state.closes_at)
        work = Work(services, call)
        state = leave_expired(work, loaded, consult.state, now=now)
        for name in names:
            _check_replaceable(call.caller, consult, state.seat(name))
            state = leave(work, loaded, state, name, cause="ended", at=now)
            state = state.with_seat(revoked(state.seat(name)))
        changed = change(work, consult, state, ChangeKind.PRESENCE)
        issued = issue(work, changed, [state.seat(name) for name in names])
        _tell_room(work, changed)
        audit(work, changed, "links_reissued")
        patient, practitioners = urls_of(issued, origin)
        answer = Links(
            id=consult_id,
            patient_link=patient,
            practitioner_links=practitioners,
            version=changed.version,
        )
        work.commit(answer, changed.version)
        return answer

    return retrying(step)


def _check_replaceable(caller: Caller, consult: Consult, seat: Seat) -> None:
    """Raise unless the caller may replace this seat's link now.

    Once the consult runs nobody is put out of a practitioner's seat: a partner fills it again for
    a practitioner who has gone, such as from a computer that broke down.
    """
    if not may_be_given(caller, consult, seat):
        raise Forbidden("a practitioner's link is given to that practitioner only", right=WRITE)
    if seat.role is ParticipantRole.PATIENT or caller.kind is CallerKind.USER:
        return
    if consult.state.status is ConsultStatus.IN_PROGRESS and seat.joined_at is not None:
        raise SeatTaken


def _tell_room(work: Work, changed: Consult) -> None:
    """The video room has tokens of its own, which end with the links that they came from."""
    if changed.state.video == "jitsi":
        announce_event(work, changed, EventType.SEAT_REVOKED)


def revoked(seat: Seat) -> Seat:
    """The seat with its links and sessions revoked."""
    return seat.model_copy(update={"generation": seat.generation + 1})


def look(services: Services, request_id: str, asked: Look) -> Invitation:
    """What a link leads to, for a page that asks its reader before it enters.

    Nothing is bound to whoever looks, and nobody has come: mail scanners open links, too. Raises
    NotFound, LinkRevoked, LinkUsed, and ConsultEnded to another device than the one that was there.
    """
    link, loaded = found(services, asked)
    consult, seat = loaded.consult, loaded.consult.state.seat(link.text("seat"))
    state, now = consult.state, services.clock()
    over = state.ended or now >= state.closes_at
    if used_elsewhere(link, asked) and not state.legacy_days:
        raise ConsultEnded(state.status, state.ended_at or state.closes_at) if over else LinkUsed
    caller = participant_caller(consult.tenant, consult.id, seat)
    work = Work(services, Call(caller, request_id))
    audit(work, consult, "link_read", f"seat/{seat.id}")
    work.commit()
    early = max(timedelta(0), state.opens_at - now)
    return Invitation(
        role=seat.role,
        participant=seat.id,
        window="over" if over else "early" if early else "open",
        opens_in=0 if over else math.ceil(early.total_seconds()),
        consult=session_view(consult, now),
        clinic=clinic_of(loaded),
        consent=text_for(loaded, asked.language) if seat.role is ParticipantRole.PATIENT else None,
    )


def found(services: Services, asked: Exchange) -> tuple[Item, Loaded]:
    """A link that holds, and its consult. Raises NotFound, LinkRevoked."""
    link = services.store.get(link_key(asked.secret))
    if link is None:
        raise NotFound("this link is not known; check that it was copied completely")
    tenant, consult_id, name = link.text("tenant"), link.text("consult"), link.text("seat")
    also = lease_key(tenant, consult_id, name), *keys_of(tenant)
    loaded = load(services, tenant, consult_id, *also)
    if loaded.consult.state.seat(name).generation != link.number("generation"):
        raise LinkRevoked
    return link, loaded


def used_elsewhere(link: Item, asked: Exchange) -> bool:
    """Whether another device has taken the link."""
    used = bool(link.attributes["used"])
    return used and not hmac.compare_digest(link.text("device"), digest(asked.device))


def exchange(
    services: Services, tokens: SessionTokens, request_id: str, asked: Exchange
) -> Session:
    """A session for the holder of a secret.

    Raises NotFound, LinkRevoked, LinkUsed, NotOpenYet, ConsultEnded; early arrival does not use the
    link up.
    """
    return retrying(lambda: _exchange(services, tokens, request_id, asked))


def _exchange(
    services: Services, tokens: SessionTokens, request_id: str, asked: Exchange
) -> Session:
    link, loaded = found(services, asked)
    consult, name = loaded.consult, link.text("seat")
    seat = consult.state.seat(name)
    model.check_window(consult.state, services.clock())
    device = digest(asked.device)
    caller = participant_caller(consult.tenant, consult.id, seat)
    work = Work(services, Call(caller, request_id))
    if not link.attributes["used"]:
        work.add(_use(link, device))
    elif used_elsewhere(link, asked):
        if not consult.state.legacy_days:
            raise LinkUsed
        consult, seat = _move(work, loaded, link, device)
    audit(work, consult, "link_exchanged", f"seat/{name}")
    work.commit()
    return tokens.session(consult, seat, clinic_of(loaded))


def _use(link: Item, device: str) -> Update:
    return Update(link.key, set={"used": True, "device": device}, when=When(equals={"used": False}))


def _move(work: Work, loaded: Loaded, link: Item, device: str) -> tuple[Consult, Seat]:
    """Bind the link to another device; the former device's session ends."""
    name, now = link.text("seat"), work.services.clock()
    state = leave(work, loaded, loaded.consult.state, name, cause="ended", at=now)
    seat = revoked(state.seat(name))
    changed = change(work, loaded.consult, state.with_seat(seat), ChangeKind.PRESENCE)
    _tell_room(work, changed)
    moved: dict[str, str | int] = {"device": device, "generation": seat.generation}
    work.add(Update(link.key, set=moved, when=at_version(link.version)))
    return changed, seat
