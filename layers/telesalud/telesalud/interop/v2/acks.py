"""Acknowledgements: what is answered to a message, and what a receiver's answer means.

In original mode the answer is AA, AE or AR. A sender that fills MSH-15 or MSH-16 asks for enhanced
mode: the accept acknowledgement (CA, CE, CR) says that the message is kept, the application's one
what became of it (HL7 2.5.1, sections 2.9.2 and 2.9.3).
"""

from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from telesalud.interop.v2.errors import Rejected
from telesalud.interop.v2.message import Message, Segment
from telesalud.interop.v2.times import written_time
from telesalud.interop.v2.writing import Party, header, message, segment

OLDER: Final = ("2", "2.1", "2.2", "2.3", "2.3.1", "2.4")
"""Versions in which ERR has one field of components."""
_ACCEPT: Final = {"AA": "CA", "AE": "CE", "AR": "CR"}
_GOOD: Final = frozenset({"AA", "CA"})
_REFUSED: Final = frozenset({"AR", "CR"})


class Outcome(StrEnum):
    """What a receiver's answer means for the message that was sent."""

    TAKEN = "taken"
    FAILED = "failed"
    """An error, which may pass: to be sent again."""
    REFUSED = "refused"
    """For good: sending it again changes nothing."""
    FOREIGN = "foreign"
    """The answer to another message."""


def is_acknowledgement(received: Message) -> bool:
    """Whether a message is itself an answer, which is never answered."""
    return received.code == "ACK" or any(True for _ in received.all("MSA"))


def is_enhanced(received: Message) -> bool:
    """Whether the sender asks for enhanced mode."""
    return bool(received.header.raw(15) or received.header.raw(16))


def wants(condition: str, *, good: bool) -> bool:
    """Whether HL7 table 0155 asks for an answer: AL, NE, ER or SU; always where nothing is said."""
    return {"AL": True, "NE": False, "ER": not good, "SU": good}.get(condition.upper(), True)


def acknowledge(
    received: Message,
    control_id: str,
    at: datetime,
    zone: tzinfo,
    refusal: Rejected | None = None,
) -> Message | None:
    """The answer to a message; None where none is wanted, and to an acknowledgement.

    `control_id` is that of the answer. The receiver of the message becomes the sender.
    """
    if is_acknowledgement(received):
        return None
    code = refusal.acknowledgement if refusal else "AA"
    if is_enhanced(received):
        code = _ACCEPT[code]
        if not wants(received.header.value(15) or "NE", good=refusal is None):
            return None
    ours = received.header
    version = received.version or "2.5.1"
    first = header(
        ("ACK", received.event, "ACK") if received.event else ("ACK",),
        control_id,
        written_time(at, zone),
        sender=Party(ours.value(5, 1), ours.value(6, 1)),
        receiver=Party(ours.value(3, 1), ours.value(4, 1)),
        version=version,
        processing=ours.value(11, 1) or "P",
    )
    answer = segment("MSA", {1: code, 2: received.control_id})
    return message(first, answer, *(_error(refusal, version) if refusal else ()))


def _error(refusal: Rejected, version: str) -> tuple[Segment, ...]:
    place = _location(refusal.location)
    if version in OLDER:
        return (segment("ERR", {1: [*place[:3], [refusal.code, refusal.reason, "HL70357"]]}),)
    return (
        segment(
            "ERR",
            {2: place, 3: [refusal.code, refusal.reason, "HL70357"], 4: "E", 8: refusal.reason},
        ),
    )


def _location(path: str) -> list[str]:
    """Components of ERL: segment, its occurrence, field, repetition, component, subcomponent."""
    name, _, rest = path.partition("-")
    if not name:
        return []
    name, occurrence = _numbered(name)
    if not rest:
        return [name, occurrence]
    field, *parts = rest.split(".")
    field, repetition = _numbered(field)
    return [name, occurrence, field, repetition, *parts]


def _numbered(text: str) -> tuple[str, str]:
    """`OBX[3]` apart; the first where no number is said."""
    name, _, number = text.rstrip("]").partition("[")
    return name, number or "1"


def outcome(sent: Message, answer: Message) -> Outcome:
    """What an answer says of what was sent. An answer without a known code counts as failed."""
    said = next(answer.all("MSA"), None)
    if said is None or said.value(2) != sent.control_id:
        return Outcome.FOREIGN
    code = said.value(1).upper()
    if code in _GOOD:
        return Outcome.TAKEN
    return Outcome.REFUSED if code in _REFUSED else Outcome.FAILED
