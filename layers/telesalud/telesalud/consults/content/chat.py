"""Chat: every message is stored with the server's time, from both sides, once per client id."""

from schemas.consult_content import Message, Messages, NewMessage
from schemas.consult_sessions import AfterQuery, ChangeKind
from telesalud.consults.access import attend, session_of
from telesalud.consults.model import Consult
from telesalud.consults.repository import audit, change, child_key, partition, patient_scope
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import KeyReused
from telesalud.platform.sealed import ATTRIBUTE, place
from telesalud.platform.store import ABSENT, Item, Key, Put, Value
from telesalud.platform.vault import Vault
from telesalud.platform.work import Call, Services, Work, retrying


def send(services: Services, call: Call, consult_id: str, new: NewMessage) -> Message:
    """Store a message; the same client id gives the first one back. Raises KeyReused."""
    marker = Key(
        f"CONSULT#{call.caller.tenant}#{consult_id}",
        f"CHATID#{session_of(call.caller)[1]}#{new.client_id}",
    )

    def step() -> Message:
        loaded, seat = attend(services, call, consult_id, marker)
        before = loaded.consult
        if marker in loaded.others:
            return _first(services, before, loaded.others[marker], new)
        now = services.clock()
        work = Work(services, call)
        changed = change(work, before, before.state, ChangeKind.CHAT)
        key = child_key(changed, f"CHAT#{changed.version:012d}")
        sealed = services.vault.seal(patient_scope(changed), place(key), new.text.encode())
        stored: dict[str, Value] = {
            "sequence": changed.version,
            "client_id": new.client_id,
            "seat": seat.id,
            "at": to_text(now),
            ATTRIBUTE: sealed,
        }
        work.add(Put(key, stored, ABSENT))
        work.add(Put(marker, {"sequence": changed.version}, ABSENT))
        audit(work, changed, "message_sent", f"message/{changed.version}")
        work.commit()
        return Message(
            sequence=changed.version,
            client_id=new.client_id,
            participant=seat.id,
            at=from_text(to_text(now)),
            text=new.text,
        )

    return retrying(step)


def _first(services: Services, consult: Consult, marker: Item, new: NewMessage) -> Message:
    item = services.store.get(child_key(consult, f"CHAT#{marker.number('sequence'):012d}"))
    if item is None:
        raise KeyReused
    message = message_of(services.vault, consult, item)
    if message.text != new.text:
        raise KeyReused("this client_id was used with another text")
    return message


def read(services: Services, call: Call, consult_id: str, query: AfterQuery) -> Messages:
    """Messages after a sequence, oldest first."""
    loaded, _ = attend(services, call, consult_id)
    consult = loaded.consult
    page = services.store.query(
        partition(consult.tenant, consult.id),
        "CHAT#",
        after=f"CHAT#{query.after:012d}",
        limit=query.limit,
    )
    items = tuple(message_of(services.vault, consult, item) for item in page.items)
    work = Work(services, call)
    audit(work, consult, "chat_read")
    work.commit()
    return Messages(items=items, more=page.next_after is not None)


def message_of(vault: Vault, consult: Consult, item: Item) -> Message:
    """The message that an item holds."""
    sealed = item.blob(ATTRIBUTE)
    return Message(
        sequence=item.number("sequence"),
        client_id=item.text("client_id"),
        participant=item.text("seat"),
        at=from_text(item.text("at")),
        text=vault.open(patient_scope(consult), place(item.key), sealed).decode(),
    )
