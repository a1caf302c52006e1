"""A message and finding values in it.

A message keeps its segments as they were received, so writing it again gives the same text. Values
are found by the paths that HL7 people write:

    PID-5.1        first component of PID-5 (of its first repetition)
    PID-3[2].4.2   second subcomponent of the fourth component of the second repetition
    OBX[3]-5       of the third OBX

Numbers count from one. MSH-1 is the field separator and MSH-2 the other delimiters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from telesalud.interop.v2.delimiters import Delimiters, unescape
from telesalud.interop.v2.errors import Unreadable

MOST_SEGMENTS: Final = 10_000
DELETED: Final = '""'
"""A field of two quotation marks deletes what the receiver knows; an empty one leaves it."""
_PATH: Final = re.compile(
    r"(?P<segment>[A-Z][A-Z0-9]{2})(\[(?P<occurrence>\d{1,5})\])?-(?P<field>\d{1,3})"
    r"(\[(?P<repetition>\d{1,4})\])?(\.(?P<component>\d{1,2}))?(\.(?P<subcomponent>\d{1,2}))?"
)
_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_HEADER: Final = "MSH"


class Path(NamedTuple):
    """Where a value stands; zero in `component` or `subcomponent` means the whole."""

    segment: str
    occurrence: int
    field: int
    repetition: int
    component: int
    subcomponent: int


def path(text: str) -> Path:
    """The path that a text such as `PID-3[2].1` says. Raises ValueError."""
    match = _PATH.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no path in an HL7 message")
    numbers = {
        "occurrence": int(match["occurrence"] or 1),
        "field": int(match["field"]),
        "repetition": int(match["repetition"] or 1),
    }
    if 0 in numbers.values() or "0" in (match["component"], match["subcomponent"]):
        raise ValueError(f"{text!r}: positions in an HL7 message count from one")
    return Path(
        segment=match["segment"],
        component=int(match["component"] or 0),
        subcomponent=int(match["subcomponent"] or 0),
        **numbers,
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a message; `fields[0]` is its name, `fields[1]` is field 1."""

    fields: tuple[str, ...]
    delimiters: Delimiters
    charset: str = "utf-8"

    @property
    def name(self) -> str:
        """Three letters or digits."""
        return self.fields[0]

    def raw(self, field: int) -> str:
        """A field as it stands in the message; empty where the segment is shorter."""
        return self.fields[field] if 0 < field < len(self.fields) else ""

    def repetitions(self, field: int) -> tuple[str, ...]:
        """Of a field, as they stand in the message; none of an empty field."""
        raw = self.raw(field)
        if not raw or self._is_delimiters(field):
            return (raw,) if raw else ()
        return tuple(raw.split(self.delimiters.repetition))

    def value(
        self, field: int, component: int = 0, subcomponent: int = 0, repetition: int = 1
    ) -> str:
        """A value without its escapes; empty where there is none.

        Of a field with components, no component means the whole as it stands. Where a value was
        sent alone, it is its own first component and subcomponent (section 2.10, for receivers).
        """
        if self._is_delimiters(field):
            return self.raw(field)
        repeated = self.repetitions(field)
        text = repeated[repetition - 1] if 0 < repetition <= len(repeated) else ""
        if component:
            text = _nth(text, self.delimiters.component, component)
        if subcomponent:
            text = _nth(text, self.delimiters.subcomponent, subcomponent)
        return unescape(text, self.delimiters, self.charset)

    def is_deleted(self, field: int) -> bool:
        """Whether the sender says that the value is to be removed."""
        return self.raw(field) == DELETED

    def _is_delimiters(self, field: int) -> bool:
        return self.name == _HEADER and field in (1, 2)


def _nth(text: str, delimiter: str, number: int) -> str:
    if not delimiter:
        return text if number == 1 else ""
    parts = text.split(delimiter)
    return parts[number - 1] if number <= len(parts) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was received."""

    segments: tuple[Segment, ...]
    delimiters: Delimiters
    charset: str = "utf-8"

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    @property
    def code(self) -> str:
        """Such as `ADT`, from MSH-9."""
        return self.header.value(9, 1)

    @property
    def event(self) -> str:
        """Such as `A01`, from MSH-9, of older senders from EVN-1."""
        return self.header.value(9, 2) or self.get("EVN-1")

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.header.value(10)

    @property
    def version(self) -> str:
        """Such as `2.5.1`, from MSH-12."""
        return self.header.value(12, 1)

    def all(self, name: str) -> Iterator[Segment]:
        """Every segment of this name, in order."""
        return (each for each in self.segments if each.name == name)

    def get(self, where: str | Path) -> str:
        """The value at a path; empty where there is none. Raises ValueError for no path."""
        found = path(where) if isinstance(where, str) else where
        for number, segment in enumerate(self.all(found.segment), start=1):
            if number == found.occurrence:
                return segment.value(
                    found.field, found.component, found.subcomponent, found.repetition
                )
        return ""

    def groups(self, first: str) -> tuple[tuple[Segment, ...], ...]:
        """The message cut at each segment of this name: each with all that follows it."""
        starts = [place for place, each in enumerate(self.segments) if each.name == first]
        ends = [*starts[1:], len(self.segments)]
        return tuple(self.segments[a:b] for a, b in zip(starts, ends, strict=True))

    def __str__(self) -> str:
        """The message as it is sent, each segment ended by a carriage return."""
        return "".join(written(each) for each in self.segments)


def written(segment: Segment) -> str:
    """A segment as it is sent, with its carriage return."""
    separator = segment.delimiters.field
    if segment.name == _HEADER:
        return separator.join((_HEADER, *segment.fields[2:])) + "\r"
    return separator.join(segment.fields) + "\r"


def parse(text: str, charset: str = "utf-8") -> Message:
    """Read a message.

    Segments end with a carriage return; a text that has none may end them with line feeds, which
    is how people and HTTP clients send them. Empty lines are left out. Raises Unreadable.
    """
    lines = [line for line in _lines(text) if line.strip()]
    if not lines or not lines[0].startswith(_HEADER):
        raise Unreadable("a message begins with MSH", _HEADER)
    if len(lines) > MOST_SEGMENTS:
        raise Unreadable(f"a message has at most {MOST_SEGMENTS} segments")
    delimiters = _delimiters(lines[0])
    return Message(
        tuple(_segment(line, delimiters, charset) for line in lines), delimiters, charset
    )


def _lines(text: str) -> Sequence[str]:
    if "\r" not in text:
        return text.split("\n")
    return [line.removeprefix("\n") for line in text.split("\r")]


def _delimiters(header: str) -> Delimiters:
    field = header[3:4]
    signs = header[4:].split(field, 1)[0] if field else ""
    if not field or field.isalnum() or not 1 <= len(signs) <= 5:  # a fifth since 2.7
        raise Unreadable("MSH-1 and MSH-2 name the delimiters", "MSH-2")
    given = [*signs[:4], *[""] * (4 - len(signs))]
    used = [sign for sign in (field, *signs) if sign]
    if len(set(used)) != len(used) or any(sign.isalnum() or sign.isspace() for sign in used):
        raise Unreadable("the delimiters must be different signs", "MSH-2")
    return Delimiters(field, given[0], given[1] or "~", given[2], given[3])


def _segment(line: str, delimiters: Delimiters, charset: str) -> Segment:
    fields = line.split(delimiters.field)
    if not _NAME.fullmatch(fields[0]):
        raise Unreadable("a segment begins with its name of three letters or digits")
    if fields[0] == _HEADER:
        fields.insert(1, delimiters.field)
    return Segment(tuple(fields), delimiters, charset)
