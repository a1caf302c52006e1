"""Building messages of our own: values are escaped, delimiters and header are the usual ones."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from telesalud.interop.v2.delimiters import USUAL, Delimiters, escape
from telesalud.interop.v2.message import Message, Segment

Component = str | Sequence[str]
"""A value, or its subcomponents."""


class Party(NamedTuple):
    """An application and its facility, as MSH-3 to MSH-6 name them."""

    application: str
    facility: str


class Repeated(tuple[Sequence[Component], ...]):
    """The repetitions of a field, each its components."""

    __slots__ = ()


Field = str | Sequence[Component] | Repeated


def segment(
    name: str,
    fields: Mapping[int, str | Sequence[Component] | Repeated],
    delimiters: Delimiters = USUAL,
) -> Segment:
    """A segment; `fields` by number, each a text, its components or `Repeated` components."""
    last = max(fields, default=0)
    texts = [_field(fields.get(number, ""), delimiters) for number in range(1, last + 1)]
    return Segment((name, *texts), delimiters)


def _field(value: Field, delimiters: Delimiters) -> str:
    if isinstance(value, str):
        return escape(value, delimiters)
    if isinstance(value, Repeated):
        return delimiters.repetition.join(_components(each, delimiters) for each in value)
    return _components(value, delimiters)


def _components(parts: Sequence[Component], delimiters: Delimiters) -> str:
    texts = [
        escape(part, delimiters)
        if isinstance(part, str)
        else delimiters.subcomponent.join(escape(each, delimiters) for each in part)
        for part in parts
    ]
    return delimiters.component.join(texts).rstrip(delimiters.component)


def header(
    kind: Sequence[str],
    control_id: str,
    time: str,
    *,
    sender: Party,
    receiver: Party,
    version: str = "2.5.1",
    processing: str = "P",
) -> Segment:
    """MSH of a message that we write; `kind` is MSH-9, such as `("ADT", "A01", "ADT_A01")`.
    `time` is MSH-7 as HL7 writes it.

    Text is UTF-8, and MSH-18 says so.
    """
    made = segment(
        "MSH",
        {
            3: sender.application,
            4: sender.facility,
            5: receiver.application,
            6: receiver.facility,
            7: time,
            9: list(kind),
            10: control_id,
            11: processing,
            12: version,
            18: "UNICODE UTF-8",
        },
    )
    fields = list(made.fields)
    fields[1], fields[2] = USUAL.field, USUAL.encoding_characters
    return Segment(tuple(fields), USUAL)


def message(*segments: Segment) -> Message:
    """A message of these segments, the header first."""
    return Message(segments, USUAL)
