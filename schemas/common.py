"""What all contracts share."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


class Contract(BaseModel):
    """Base of every request and answer: immutable, strict about types, no unknown fields."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        # Validators are built at first use: a cold function needs few of its app's many models.
        defer_build=True,
        # Answers always carry every field, so clients' generated types need not ask.
        json_schema_serialization_defaults_required=True,
    )


class Query(BaseModel):
    """Base of query parameters: text is converted, unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this is not a moment that UTC can say") from None


_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
"""How systems, word processors and Unicode (UAX #14, BK and NL) write the end of a line."""
_BETWEEN = re.compile(r" *[\n\t]+[ \n\t]*")
_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_WINDOWS = {
    number: bytes([number]).decode("cp1252", "ignore") or None for number in range(0x80, 0xA0)
}
"""What was meant by a C1 control: text of Windows that went through as Latin-1, as HTML reads it.
Five of them mean nothing anywhere."""
_NOTHING = dict.fromkeys([0x7F, 0x200B, 0x2060, 0xFEFF])
"""Deletions, blanks without a width and byte order marks, which come along with pasted text."""
_DROPPED = _WINDOWS | _NOTHING
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u2060\ufeff]")
"""What `tidy_text` may change or refuse: most texts have none, and are left as they are."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f]")
_ODD_IN_LINE = re.compile("[\t\n\u202a-\u202e\u2066-\u2069]")
"""What `tidy_line` may change besides."""


def tidy_text(text: str) -> str:
    """Text with each end of a line as a line feed, and without what nobody sees or typed.

    Raises ValueError for control characters that mean nothing in a text (NUL, escape).
    """
    if not _ODD.search(text):
        return text
    plain = _LINE_ENDS.sub("\n", text).translate(_DROPPED)
    if _CONTROLS.search(plain):
        raise ValueError("control characters are not allowed")
    return plain


def tidy_narrative(text: str) -> str:
    """As `tidy_text`, for fields that once took any character: what they hold must open."""
    if not _CONTROLS.search(text):
        return tidy_text(text)
    return tidy_text("".join(c for c in text if ord(c) >= 32 or c.isspace()))


def tidy_line(text: str) -> str:
    """One line: ends of lines and tabs are a blank; nothing turns the direction of reading.

    Unicode's directional formatting (UAX #9 §2) comes along with pasted names and numbers, and can
    make `informe<U+202E>fdp.exe` read as `informeexe.pdf`.
    """
    plain = tidy_text(text)
    if _ODD_IN_LINE.search(plain):
        plain = _BETWEEN.sub(" ", plain).translate(_DIRECTIONS)
    plain = plain.strip()
    if not plain:
        raise ValueError("at least one character is needed")
    return plain


_SEPARATING = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"})


def compact(text: object) -> object:
    """What was typed of a code or a number, without the blanks, hyphens and points between."""
    if not isinstance(text, str):
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) not in _SEPARATING and c != ".")


Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
"""A UUIDv7 in lower case."""
DatePrecision = Literal["year", "month"]
"""How much is known of a date that is not whole."""

Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""RFC 3339 with an offset; kept and answered in UTC."""
Day = date
"""A calendar date without a time zone, `YYYY-MM-DD`."""
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(tidy_line),
]
"""One line of text that a person typed, in the order in which it reads."""
Text = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(tidy_text)]
"""Free text, possibly empty, with line breaks."""
Language = Annotated[str, Field(pattern=r"^(es|pt|en)$")]
"""A language of the user interface and of patient messages."""


class PageQuery(Query):
    """Cursor pagination: pass `cursor` from the previous page unchanged."""

    cursor: str | None = Field(default=None, max_length=512)
    limit: int = Field(default=50, ge=1, le=200)
