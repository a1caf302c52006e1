"""Taking what a channel sends. Nothing that an authentic channel sends of a citizen is lost.

A message that cannot be read whole becomes a request all the same, for people to look at; the
channel is told what was wrong and may send it corrected under the same `event_id`. Whether there
are signs of danger is looked for in what came, before anything is made of it.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from schemas.citizen_channels import TriageFact
from schemas.triage import (
    SCHEMA_VERSION,
    TriageChange,
    TriageFault,
    TriageMessage,
    TriageReceipt,
    TriageState,
    Urgency,
)
from telesalud.interop.policy import GRANTS, SEND_TRIAGE
from telesalud.interop.stored import StoredChannel, StoredTranscript, StoredTriage
from telesalud.interop.triage import channels, requests
from telesalud.platform.access import Caller, CallerKind, require
from telesalud.platform.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Unauthenticated,
)
from telesalud.platform.ids import is_id
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import ABSENT, Item, Put, at_version
from telesalud.platform.validation import check_days, invalid
from telesalud.platform.webhooks.signature import SignatureRefused, verify
from telesalud.platform.work import Call, Services, Work, retrying

RAW_KEPT: Final = 60_000
"""Characters shown of a message that could not be read."""
_EVENT_ID: Final = 128
_CALM: Final = frozenset(Urgency) - {Urgency.EMERGENCY}
_MOST_FAULTS: Final = 20


class Sent(NamedTuple):
    """A message as far as it could be read."""

    event_id: str
    given: Mapping[str, Any]
    message: TriageMessage | None
    faults: tuple[TriageFault, ...]
    digest: str
    """SHA-256 over the bytes, to tell a repetition from another message."""
    text: str


class Signed(NamedTuple):
    """A message that came with a signature, and the channel that it claims to come from."""

    tenant: str
    channel: str
    headers: Mapping[str, str]
    body: bytes


class Repeated(Conflict):
    """The `event_id` came before with other content; `request` is what it became."""

    slug = "event-id-reused"
    title = "This event_id was used for another message"

    def __init__(self, request: str) -> None:
        super().__init__("send what is new under an event_id of its own", request=request)


def take_of_client(services: Services, call: Call, body: bytes) -> TriageReceipt:
    """Take a message from a machine client. Raises Forbidden, Malformed, Invalid, Repeated."""
    require(call.caller, SEND_TRIAGE, GRANTS)
    channel = channels.of_client(services, call.caller.tenant, call.caller.subject)
    if channel is None or not channel.active:
        raise Forbidden("no channel is registered for this client", right="channel")
    return _take(services, call, channel, body)


def take_signed(services: Services, request_id: str, signed: Signed) -> TriageReceipt:
    """Take a message that a channel signed. Raises Unauthenticated (unknown channels, too),
    Malformed, Invalid, Repeated."""
    refused = Unauthenticated("the signature is not that of an active channel")
    tenant, which = signed.tenant, signed.channel
    if not is_id(which):
        raise refused
    try:
        channel, _ = channels.load(services, tenant, which)
    except NotFound:
        raise refused from None
    destination = channels.destination(services, tenant, which)
    if not channel.active or destination is None:
        raise refused
    try:
        verify(destination.secrets, signed.headers, signed.body, services.clock())
    except SignatureRefused:
        raise refused from None
    caller = Caller(tenant, which, CallerKind.PARTNER, scopes=frozenset({SEND_TRIAGE}))
    return _take(services, Call(caller, request_id), channel, signed.body)


def _take(services: Services, call: Call, channel: StoredChannel, body: bytes) -> TriageReceipt:
    sent = read(body)
    return retrying(lambda: _keep(services, call, channel, sent))


def read(body: bytes) -> Sent:
    """What a body says. Raises Malformed for no JSON object, Invalid for one without an
    `event_id`: without it nobody could tell a repetition."""
    try:
        text = body.decode("utf-8")
        given = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Malformed("the body is not valid JSON in UTF-8") from None
    if not isinstance(given, dict):
        raise Malformed("the body is not a JSON object")
    event_id = given.get("event_id")
    if not isinstance(event_id, str) or not 8 <= len(event_id) <= _EVENT_ID:
        fault = FieldError("/event_id", "missing", "name the message, in 8 to 128 characters")
        raise Invalid("the message has no event_id", [fault])
    message, faults = _mapped(body, given)
    digest = hashlib.sha256(body).hexdigest()
    return Sent(event_id, given, message, faults, digest, text)


def _mapped(
    body: bytes, given: Mapping[str, Any]
) -> tuple[TriageMessage | None, tuple[TriageFault, ...]]:
    version = given.get("schema_version")
    if version != SCHEMA_VERSION:
        detail = f"this is version {SCHEMA_VERSION} of the contract"
        return None, (TriageFault(pointer="/schema_version", code="version", detail=detail),)
    try:
        message = TriageMessage.model_validate_json(body)
        check_days(message)
    except ValidationError as error:
        return None, _faults(invalid(error))
    except Invalid as error:
        return None, _faults(error)
    return message, ()


def _faults(refusal: Exception) -> tuple[TriageFault, ...]:
    errors = refusal.fields if isinstance(refusal, Invalid) else ()
    return tuple(
        TriageFault(pointer=each.pointer, code=each.code, detail=each.detail)
        for each in errors[:_MOST_FAULTS]
    ) or (TriageFault(pointer="", code="unreadable", detail=str(refusal)),)


def alarming(sent: Sent) -> bool:
    """Whether there are signs of danger, or what came leaves open whether there are."""
    if sent.message is not None:
        return bool(sent.message.red_flags) or sent.message.urgency is Urgency.EMERGENCY
    flags = sent.given.get("red_flags")
    return flags not in (None, []) or sent.given.get("urgency") not in _CALM


def _keep(services: Services, call: Call, channel: StoredChannel, sent: Sent) -> TriageReceipt:
    tenant = call.caller.tenant
    hashed = services.vault.lookup(tenant, f"triage-event {channel.id}", sent.event_id)
    digest = services.vault.lookup(tenant, "triage-content", sent.digest)
    key = requests.event_key(tenant, channel.id, hashed)
    known = services.store.get(key)
    if known is not None:
        return _known(services, call, sent, known, digest)
    request = _made(services, channel, sent)
    work = Work(services, call)
    work.add(*requests.put(services, tenant, request, 0))
    work.add(Put(key, {"request": request.id, "content": digest}, when=ABSENT))
    _transcript(work, request, sent)
    _announce(work, request, 1, received=True)
    work.audit("interop.triage_received", channel.id, f"triage/{request.id}")
    work.commit()
    return _receipt(request)


def _known(services: Services, call: Call, sent: Sent, known: Item, digest: str) -> TriageReceipt:
    """The same message again, or one that was corrected."""
    tenant = call.caller.tenant
    request, version = requests.load(services, tenant, known.text("request"))
    if known.text("content") == digest:
        return _receipt(request, repeated=True)
    if request.message is not None or sent.message is None:
        raise Repeated(request.id)
    mended = request.model_copy(
        update={
            "message": sent.message,
            "raw": None,
            "faults": (),
            "flagged": request.flagged or alarming(sent),
            "channel_user": sent.message.channel_user,
            "language": sent.message.language,
            "has_transcript": sent.message.transcript is not None,
        }
    )
    mended = _without_transcript(mended)
    work = Work(services, call)
    work.add(*requests.moved(services, tenant, request, mended, version))
    work.add(
        Put(known.key, {"request": request.id, "content": digest}, when=at_version(known.version))
    )
    _transcript(work, mended, sent)
    if mended.flagged and not request.flagged:
        _announce(work, mended, version + 1, received=False)
    work.audit("interop.triage_corrected", request.channel, f"triage/{request.id}")
    work.commit()
    return _receipt(mended)


def _made(services: Services, channel: StoredChannel, sent: Sent) -> StoredTriage:
    now, message, given = services.clock(), sent.message, sent.given
    user, language = given.get("channel_user"), given.get("language")
    first = TriageChange(number=1, state=TriageState.RECEIVED, at=now, by=f"channel {channel.id}")
    request = StoredTriage(
        id=services.new_id(),
        channel=channel.id,
        received_at=now,
        state=TriageState.RECEIVED,
        flagged=alarming(sent),
        message=message,
        raw=None if message else sent.text[:RAW_KEPT],
        faults=sent.faults,
        event_id=sent.event_id,
        channel_user=user[:200] if isinstance(user, str) else None,
        language=language if language in ("es", "pt", "en") else channel.language,
        has_transcript=bool(message and message.transcript),
        changes=(first,),
    )
    return _without_transcript(request)


def _without_transcript(request: StoredTriage) -> StoredTriage:
    if request.message is None:
        return request
    shown = request.message.model_copy(update={"transcript": None})
    return request.model_copy(update={"message": shown})


def _transcript(work: Work, request: StoredTriage, sent: Sent) -> None:
    if sent.message is None or not sent.message.transcript:
        return
    services, tenant = work.services, work.call.caller.tenant
    key = requests.transcript_key(tenant, request.id)
    scope = requests.scope_of(tenant, request.patient)
    kept = StoredTranscript(text=sent.message.transcript)
    sealed = seal_model(services.vault, scope, key, kept)
    expires = services.clock() + requests.TRANSCRIPTS_KEPT
    work.add(Put(key, {ATTRIBUTE: sealed, "patient": request.patient or ""}, expires=expires))


def _announce(work: Work, request: StoredTriage, sequence: int, *, received: bool) -> None:
    fact = TriageFact(triage_id=request.id, channel_id=request.channel, state=request.state)
    data = fact.model_dump(mode="json")
    if received:
        work.event("interop.triage_received", request.id, sequence, data)
    if request.flagged:
        work.event("interop.triage_flagged", request.id, sequence, data)


def _receipt(request: StoredTriage, *, repeated: bool = False) -> TriageReceipt:
    return TriageReceipt(
        id=request.id,
        state=request.state,
        repeated=repeated,
        mapped=request.message is not None,
        faults=request.faults,
    )
