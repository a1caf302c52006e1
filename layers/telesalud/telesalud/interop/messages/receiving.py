"""Taking a message: it is kept, understood, given its effect, and answered by HL7's own rules.

A message that can never be right is AE or AR and stays in the store with the reason, for people to
look at. What fails for the moment is AR with 207, which senders send again. The same message sent
again gets the answer that it had; another one under its control id is AE 205.
"""

import hashlib
from datetime import UTC
from typing import Final, NamedTuple

from schemas.messages import DryRunOutcome, DryRunStep, MessageFact, MessageState
from telesalud.interop.messages import keeping, results
from telesalud.interop.messages.definitions import Definition, channel_for
from telesalud.interop.messages.services import MessageServices
from telesalud.interop.policy import GRANTS, OPEN_MESSAGES, WRITE
from telesalud.interop.stored import StoredMessage
from telesalud.interop.v2.acks import acknowledge, is_acknowledgement
from telesalud.interop.v2.decoding import Decoded, decode
from telesalud.interop.v2.errors import (
    DuplicateKey,
    Rejected,
    UnknownKey,
    Unreadable,
    WrongType,
    WrongValue,
)
from telesalud.interop.v2.message import Message, parse
from telesalud.platform.access import require
from telesalud.platform.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from telesalud.platform.store import ABSENT, ConditionFailed, Put, Value
from telesalud.platform.work import Call, Work, retrying

MOST_BYTES: Final = 250_000
"""Of a message that comes in a request; the store keeps it in one item."""


class Taken(NamedTuple):
    """What is answered: the acknowledgement's text (empty where none is wanted), and which message
    it is."""

    acknowledgement: str
    which: str


class Busy(Rejected):
    """Something failed for the moment: the sender sends the message again."""

    acknowledgement = "AR"
    code = "207"


def receive(services: MessageServices, call: Call, data: bytes) -> Taken:
    """Take a message. Raises Forbidden, Malformed for bytes in which no header can be found."""
    require(call.caller, WRITE, GRANTS)
    if not data.lstrip(b"\x0b\r\n \xef\xbb\xbf").startswith(b"MSH") and b"M\x00S\x00H" not in data:
        raise Malformed("an HL7 v2 message begins with MSH")
    text, message, unread = _read(data)
    if message is None:
        return _refuse_unread(services, call, text, unread)
    if is_acknowledgement(message):
        return Taken("", "")  # an answer is never answered, and nothing here waits for one
    found = retrying(lambda: _kept(services, call, text, message))
    if isinstance(found, Rejected):
        return Taken(_answered(services, message, found), "")
    kept, version = found
    if keeping.is_over(kept.state):
        return Taken(kept.acknowledgement or "", kept.id)
    effect = _effect(services, message, kept.id)
    return _finished(services, call, keeping.Found(kept, version), message, effect)


def again(services: MessageServices, call: Call, which: str) -> Taken:
    """Have a message that failed take effect now, by a person who may. The original stays. Raises
    Forbidden, NotFound, Conflict for one that had its effect."""
    require(call.caller, OPEN_MESSAGES, GRANTS)
    found = keeping.load(services, call.caller.tenant, which)
    if found.message.state is MessageState.SENT:
        raise Conflict("this message has had its effect")
    try:
        message = parse(found.message.raw, found.message.charset)
    except Unreadable as error:
        raise Conflict("this message cannot be read") from error
    return _finished(services, call, found, message, _effect(services, message, which))


def dry_run(call: Call, text: str) -> DryRunOutcome:
    """What a channel makes of a message, without any effect. Raises Forbidden."""
    require(call.caller, OPEN_MESSAGES, GRANTS)
    try:
        message = parse(text)
        channel_for(message)
        steps = tuple(
            DryRunStep(order=each.order, result=each.result.model_dump(mode="json"))
            for each in results.reported(message)
        )
    except Rejected as refused:
        return DryRunOutcome(
            code="AR" if refused.acknowledgement == "AR" else "AE",
            location=refused.location or None,
            reason=refused.reason,
        )
    return DryRunOutcome(code="AA", steps=steps)


def _read(data: bytes) -> tuple[Decoded, Message | None, Rejected]:
    nothing = Unreadable("the message cannot be read")
    try:
        text = decode(data.lstrip(b"\x0b\r\n ").rstrip(b"\x1c\r\n "))
    except Unreadable as refused:
        shown = data.decode("iso-8859-1")
        return Decoded(shown, "iso-8859-1"), None, refused
    try:
        return text, parse(text.text, text.charset), nothing
    except Unreadable as refused:
        return text, None, refused


class _Effect(NamedTuple):
    """Why a message had no effect, or whose record has it."""

    refusal: Rejected | None
    patient: str | None = None


def _effect(services: MessageServices, message: Message, which: str) -> _Effect:
    """Give the message its effect."""
    try:
        definition = channel_for(message)
        return _Effect(None, _enter(services, message, definition, which))
    except Rejected as refused:
        return _Effect(refused)


def _enter(
    services: MessageServices, message: Message, definition: Definition, which: str
) -> str | None:
    patient: str | None = None
    for each in results.reported(message):
        try:
            order = services.orders.order(each.order)
            results.check_patient(message, order, each.location)
            services.orders.enter_result(order, each.result, f"v2-{which}-{each.order}")
            patient = order.patient
        except DomainError as error:
            raise _as_rejected(error, each.location, definition) from error
    return patient


def _as_rejected(error: DomainError, location: str, definition: Definition) -> Rejected:
    if isinstance(error, (NotFound, Gone)):
        return UnknownKey("there is no such order", location)
    if isinstance(error, Invalid):
        return WrongValue(error.detail, location)
    if isinstance(error, (Forbidden, Unauthenticated)):
        return Rejected(f"the sender may not do what {definition.name} does", location)
    if isinstance(error, Unavailable) or error.status in (412, 429):
        return Busy("for the moment this cannot be done; send it again")
    return Rejected(error.title, location)


def _kept(
    services: MessageServices, call: Call, text: Decoded, message: Message
) -> keeping.Found | Rejected:
    """The message in the store: as it is there already, or new."""
    tenant, client = call.caller.tenant, call.caller.subject
    content = services.vault.lookup(
        tenant, "v2-content", hashlib.sha256(text.text.encode()).hexdigest()
    )
    key = keeping.identity_key(services, tenant, client, message)
    known = services.store.get(key) if message.control_id else None
    if known is not None:
        if known.text("content") != content:
            return DuplicateKey("another message came under this control id", "MSH-10")
        return keeping.load(services, tenant, known.text("message"))
    kept = StoredMessage(
        id=services.new_id(),
        client=client,
        state=MessageState.RECEIVED,
        received_at=services.clock(),
        raw=text.text,
        charset=text.charset,
        type="^".join(part for part in (message.code, message.event) if part)[:40],
        control_id=message.control_id[:200],
    )
    work = Work(services, call)
    work.add(*keeping.puts(services, tenant, kept, 0))
    if message.control_id:
        expires = kept.received_at + keeping.KEPT
        value: dict[str, Value] = {"message": kept.id, "content": content}
        work.add(Put(key, value, when=ABSENT, expires=expires))
    work.audit("interop.message_received", client, f"message/{kept.id}")
    work.commit()
    return keeping.Found(kept, 1)


def _finished(
    services: MessageServices,
    call: Call,
    found: keeping.Found,
    message: Message,
    effect: _Effect,
) -> Taken:
    """Write down what became of a message, and answer. What a record has is sealed with its key."""
    kept, version = found
    refusal = effect.refusal
    answer = _answered(services, message, refusal)
    after = kept.model_copy(
        update={
            "state": _state(refusal),
            "attempts": kept.attempts + 1,
            "patient": effect.patient or kept.patient,
            "channel": _channel(message),
            "acknowledgement": answer or None,
            "code": refusal.code if refusal else None,
            "location": (refusal.location or None) if refusal else None,
            "reason": refusal.reason if refusal else None,
        }
    )
    tenant = call.caller.tenant
    work = Work(services, call)
    work.add(*keeping.puts(services, tenant, after, version))
    if after.state is MessageState.ERROR:
        fact = MessageFact(message_id=kept.id, channel=after.channel, code=after.code or "")
        data = fact.model_dump(mode="json")
        work.event("interop.message_refused", kept.id, version + 1, data)
    work.audit(f"interop.message_{after.state.value}", kept.client, f"message/{kept.id}")
    try:
        work.commit()
    except ConditionFailed:
        # The same message came twice at once: the effect was had once, and its answer is kept.
        latest = keeping.load(services, tenant, kept.id).message
        return Taken(latest.acknowledgement or answer, kept.id)
    return Taken(answer, kept.id)


def _state(refusal: Rejected | None) -> MessageState:
    if refusal is None:
        return MessageState.SENT
    if isinstance(refusal, Busy):
        return MessageState.PENDING
    return MessageState.FILTERED if isinstance(refusal, WrongType) else MessageState.ERROR


def _channel(message: Message) -> str:
    try:
        return channel_for(message).name
    except Rejected:
        return ""


def _answered(services: MessageServices, message: Message, refusal: Rejected | None) -> str:
    answer = acknowledge(message, services.new_id(), services.clock(), UTC, refusal)
    return str(answer) if answer is not None else ""


def _refuse_unread(
    services: MessageServices, call: Call, text: Decoded, refusal: Rejected
) -> Taken:
    """Keep what cannot be read. Without a header nobody can be answered."""
    tenant = call.caller.tenant
    kept = StoredMessage(
        id=services.new_id(),
        client=call.caller.subject,
        state=MessageState.ERROR,
        received_at=services.clock(),
        raw=text.text,
        charset=text.charset,
        attempts=1,
        code=refusal.code,
        location=refusal.location or None,
        reason=refusal.reason,
    )
    header = _header_of(text.text)
    answer = _answered(services, header, refusal) if header is not None else ""
    kept = kept.model_copy(update={"acknowledgement": answer or None})
    work = Work(services, call)
    work.add(*keeping.puts(services, tenant, kept, 0))
    work.audit("interop.message_error", kept.client, f"message/{kept.id}")
    work.commit()
    return Taken(answer, kept.id)


def _header_of(text: str) -> Message | None:
    """The header alone, of a message whose rest cannot be read."""
    try:
        return parse(text.replace("\n", "\r").split("\r", 1)[0] + "\r")
    except Unreadable:
        return None
