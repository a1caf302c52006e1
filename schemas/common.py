"""What all contracts share."""

from datetime import UTC, date, datetime
from typing import Annotated

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


def _no_controls(text: str) -> str:
    if any(ord(c) < 32 and c not in "\n\t" for c in text):
        raise ValueError("control characters are not allowed")
    return text


_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _without_directions(text: str) -> str:
    """Without Unicode's directional formatting (UAX #9 §2), which comes along with pasted names
    and numbers, and can make `informe<U+202E>fdp.exe` read as `informeexe.pdf`."""
    plain = text.translate(_DIRECTIONS).strip()
    if not plain:
        raise ValueError("at least one character is needed")
    return plain


Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
"""A UUIDv7 in lower case."""
Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""RFC 3339 with an offset; kept and answered in UTC."""
Day = date
"""A calendar date without a time zone, `YYYY-MM-DD`."""
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_no_controls),
    AfterValidator(_without_directions),
]
"""One line of text that a person typed, in the order in which it reads."""
Text = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(_no_controls)]
"""Free text, possibly empty, with line breaks."""
Language = Annotated[str, Field(pattern=r"^(es|pt|en)$")]
"""A language of the user interface and of patient messages."""


class PageQuery(Query):
    """Cursor pagination: pass `cursor` from the previous page unchanged."""

    cursor: str | None = Field(default=None, max_length=512)
    limit: int = Field(default=50, ge=1, le=200)
