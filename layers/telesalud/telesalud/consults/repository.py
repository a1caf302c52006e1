"""Where teleconsultations are stored, and the one way in which they change.

    CONSULT#<tenant>#<id>   CONSULT            the state (clear) and names (sealed, tenant)
                            CHANGE#<sequence>  change feed; the stream turns it into pushes
                            LEASE#<seat>       last heartbeat of a participant
                            CONN#<seat>#<conn> an open channel
                            LOG#<at>#<id>      joins and leaves
                            NOTE#<version>     a version of the note (sealed, patient)
                            CHAT#<sequence>    a message (sealed, patient)
                            CHATID#<seat>#<id> the sequence under which a client's message is
                            FILE#<id>          a file (name sealed, patient)
                            CONSENT#<n>        a decision of the patient (sealed, patient)
                            SIGNAL#<seat>#<id> a signalling message to a seat (sealed, patient)
    AGENDA#<tenant>         <start>#<id>       all consults by start
    AGENDA#<tenant>#<prac>  <start>#<id>       a practitioner's consults by start
    LOAD#<6 hours>#<digit>  <start>#<id>       all tenants' consults, counted (`bookings`)
    DUE#<digit>             <due>#<id>         what the clock has to do next (`visit.limit`)
    LIVE#<tenant>           <id>               consults that go on now (`live`)
    TALLY#…, TALLIED#…                         sums for dashboards (`platform.tallies`)
    LINK#<sha256>           LINK               a link's secret, hashed
    TICKET#<sha256>         TICKET             a ticket for the channel, hashed
    WS#<connection>         WS                 whose connection it is

Every step of a consult raises its item's version by one under the condition that nobody else did
meanwhile; that version is the sequence of its change-feed entry, its chat message and its events.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.consult_sessions import ChangeKind
from schemas.consults import ConsultEvent, EventType
from telesalud.consults import live
from telesalud.consults.model import Consult, Private, State
from telesalud.consults.policy import CHANGES_KEPT, CHANNEL_LEASE, LEASE
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.ids import is_id
from telesalud.platform.sealed import ATTRIBUTE, from_json, open_model, seal_model, to_json
from telesalud.platform.store import (
    ABSENT,
    Delete,
    Item,
    Key,
    Operation,
    Put,
    at_version,
)
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Services, Work

DIGITS = "0123456789abcdef"
"""Last digits of ids, which are random: lists that grow by the hour have a partition for each."""


def digest(secret: str) -> str:
    """How a secret is stored and found: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def partition(tenant: str, consult_id: str) -> str:
    """The partition of one consult."""
    return f"CONSULT#{tenant}#{consult_id}"


def consult_key(tenant: str, consult_id: str) -> Key:
    """Where the consult itself is."""
    return Key(partition(tenant, consult_id), "CONSULT")


def child_key(consult: Consult, sk: str) -> Key:
    """Where something of the consult is."""
    return Key(partition(consult.tenant, consult.id), sk)


def lease_key(tenant: str, consult_id: str, seat: str) -> Key:
    """Where a participant's last heartbeat is."""
    return Key(partition(tenant, consult_id), f"LEASE#{seat}")


def agenda_keys(tenant: str, consult_id: str, state: State) -> list[Key]:
    """Index items of a consult: for the tenant and for each practitioner."""
    sk = f"{to_text(state.start)}#{consult_id}"
    practitioners = [s.practitioner_id for s in state.seats if s.practitioner_id]
    return [Key(agenda(tenant), sk), *(Key(agenda(tenant, p), sk) for p in practitioners)]


def agenda(tenant: str, practitioner: str = "") -> str:
    """The partition of an agenda."""
    return f"AGENDA#{tenant}#{practitioner}" if practitioner else f"AGENDA#{tenant}"


def practitioner_key(vault: Vault, tenant: str, practitioner: str) -> str:
    """How a practitioner stands in keys, state and events: a user by id, others by keyed hash.

    A partner's id may be a mail address or a document, which nothing in clear may say.
    """
    return (
        practitioner if is_id(practitioner) else vault.lookup(tenant, "practitioner", practitioner)
    )


def patient_scope(consult: Consult) -> Scope:
    """Whose data key protects the clinical content."""
    return Scope(consult.tenant, consult.state.patient_key)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A consult with the other items that were read in the same round trip."""

    consult: Consult
    others: Mapping[Key, Item]

    def beat(self, seat: str) -> datetime | None:
        """The participant's last heartbeat, if it was among what was read."""
        item = self._lease(seat)
        return from_text(item.text("at")) if item else None

    def heard_on_channel(self, seat: str) -> str | None:
        """When the participant's open channel last said something, as text."""
        item = self._lease(seat)
        at = item.attributes.get("channel_at") if item else None
        return at if isinstance(at, str) else None

    def lost(self, seat: str, now: datetime) -> bool:
        """Whether the participant's lease has run out; an open channel holds it longer."""
        last, heard = self.beat(seat), self.heard_on_channel(seat)
        if last is None or now - last < LEASE:
            return False
        return heard is None or now - from_text(heard) >= CHANNEL_LEASE

    def _lease(self, seat: str) -> Item | None:
        return self.others.get(lease_key(self.consult.tenant, self.consult.id, seat))


def check_id(text: str) -> None:
    """Raise NotFound for what cannot be an id of ours, before it becomes part of a key."""
    if not is_id(text):
        raise NotFound


def load(services: Services, tenant: str, consult_id: str, *also: Key) -> Loaded:
    """The consult of this tenant and items beside it, in one round trip. Raises NotFound."""
    check_id(consult_id)
    key = consult_key(tenant, consult_id)
    items = services.fetch(list(dict.fromkeys([key, *also])), Scope(tenant))
    item = items.get(key)
    if item is None:
        raise NotFound
    return Loaded(consult_of(services, tenant, consult_id, item), items)


def state_of(services: Services, tenant: str, consult_id: str) -> State:
    """A consult's state without its names. Raises NotFound."""
    item = services.store.get(consult_key(tenant, consult_id))
    if item is None:
        raise NotFound
    return from_json(State, item.text("state"))


def consult_of(services: Services, tenant: str, consult_id: str, item: Item) -> Consult:
    """The consult that an item holds."""
    return Consult(
        tenant,
        consult_id,
        item.version,
        from_json(State, item.text("state")),
        open_model(services.vault, Scope(tenant), item, Private),
    )


def change(work: Work, before: Consult, after: State, *kinds: ChangeKind) -> Consult:
    """Add the step from `before` to `after` and its entry in the change feed."""
    return rewrite(work, before, after, before.private, *kinds)


def rewrite(
    work: Work, before: Consult, after: State, private: Private, *kinds: ChangeKind
) -> Consult:
    """As `change`, with new names or texts besides."""
    key = consult_key(before.tenant, before.id)
    attributes = _attributes(work.services, before.tenant, key, after, private)
    put = Put(key, attributes, at_version(before.version))
    changed = Consult(before.tenant, before.id, before.version + 1, after, private)
    work.add(put, _feed(work, changed, kinds), *_due_moved(before, changed))
    work.add(*live.moved(before, changed))
    return changed


def create(work: Work, tenant: str, consult_id: str, state: State, private: Private) -> Consult:
    """Add the first version and its entry in the change feed."""
    key = consult_key(tenant, consult_id)
    work.add(Put(key, _attributes(work.services, tenant, key, state, private), ABSENT))
    created = Consult(tenant, consult_id, 1, state, private)
    work.add(_feed(work, created, [ChangeKind.STATUS]), *_due(created))
    return created


def due_partition(digit: str) -> str:
    """What is due of the consults whose ids end in a digit, by time."""
    return f"DUE#{digit}"


def _due_key(consult: Consult) -> Key | None:
    at = consult.state.due_at
    return Key(due_partition(consult.id[-1]), f"{to_text(at)}#{consult.id}") if at else None


def _due(consult: Consult) -> list[Operation]:
    key = _due_key(consult)
    return [Put(key, {"tenant": consult.tenant, "consult": consult.id})] if key else []


def _due_moved(before: Consult, after: Consult) -> list[Operation]:
    """Every step keeps the item where the clock finds it, so that none has to remember to."""
    old = _due_key(before)
    if old == _due_key(after):
        return []
    return [*([Delete(old)] if old else []), *_due(after)]


def _attributes(
    services: Services, tenant: str, key: Key, state: State, private: Private
) -> dict[str, str | bytes]:
    return {
        "kind": "consult",
        "state": to_json(state, exclude_defaults=True),
        ATTRIBUTE: seal_model(services.vault, Scope(tenant), key, private),
    }


def _feed(work: Work, changed: Consult, kinds: Sequence[ChangeKind]) -> Put:
    now = work.services.clock()
    return Put(
        child_key(changed, f"CHANGE#{changed.version:012d}"),
        {
            "kind": "change",
            "tenant": changed.tenant,
            "consult": changed.id,
            "sequence": changed.version,
            "what": tuple(kinds),
            "at": to_text(now),
        },
        ABSENT,
        expires=max(now, changed.state.closes_at) + CHANGES_KEPT,
    )


def announce_event(
    work: Work, consult: Consult, type_: EventType, *, participant: str = "", file_id: str = ""
) -> None:
    """Add the event of a step; `consult` is what the step made."""
    data = event_data(consult, participant=participant, file_id=file_id)
    work.event(type_, consult.id, consult.version, data.model_dump(mode="json", exclude_none=True))


def event_data(consult: Consult, *, participant: str = "", file_id: str = "") -> ConsultEvent:
    """What the bus learns of a step: ids, codes and times."""
    state = consult.state
    return ConsultEvent(
        consult_id=consult.id,
        status=state.status,
        participant=participant or None,
        practitioner_ids=tuple(s.practitioner_id for s in state.seats if s.practitioner_id),
        start=state.start,
        opens_at=state.opens_at,
        closes_at=state.closes_at,
        schedule=state.schedule,
        waiting_since=state.waiting_since,
        started_at=state.started_at,
        ended_at=state.ended_at,
        end_cause=state.end_cause,
        file_id=file_id or None,
    )


def audit(work: Work, consult: Consult, action: str, resource: str = "") -> None:
    """Leave an entry in the trail of the consult's patient."""
    work.audit(f"consults.{action}", consult.state.patient_key, resource or f"consult/{consult.id}")
