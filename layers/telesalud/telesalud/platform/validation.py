"""What pydantic refuses, as a refusal of ours, and what it lets pass that no record can hold."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from pydantic import BaseModel, ValidationError

from telesalud.platform.errors import DomainError, FieldError, Invalid, Malformed

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2200, 12, 31)
"""Between them is every day that a request may name: the times of people who live, and far from
the ends of the calendar, where a time zone or an interval more would be no date at all."""


def invalid(error: ValidationError, prefix: str = "") -> DomainError:
    """Which fields are wrong and how, without echoing the input; pointers start with `prefix`."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    if faults and faults[0]["type"] == "json_invalid":
        return Malformed("the body is not valid JSON")
    fields = [
        FieldError(prefix + _pointer(f["loc"]), str(f["type"]), _plain(f["msg"])) for f in faults
    ]
    return Invalid("some fields are missing or invalid", fields)


def check_days(given: BaseModel, prefix: str = "") -> None:
    """Refuse days and moments out of range, wherever they stand in what came in. Raises Invalid.

    A rule of what comes in, not of the models: what is stored opens whatever it says.
    """
    faults = [
        FieldError(prefix + _pointer(at), "out_of_range", "the date is too far away")
        for at, day in _days(given)
        if not EARLIEST <= day <= LATEST
    ]
    if faults:
        raise Invalid("some dates are too far away", faults)


def _days(given: BaseModel) -> Iterator[tuple[tuple[int | str, ...], date]]:
    """Every day in a model, at any depth, and where it stands."""
    left: list[tuple[tuple[int | str, ...], object]] = [((), given)]
    while left:
        at, value = left.pop()
        if isinstance(value, BaseModel):
            fields = type(value).model_fields
            left += [
                (((*at, fields[n].alias or n) if n in fields else (*at, n)), v) for n, v in value
            ]
        elif isinstance(value, Mapping):
            left += [((*at, str(name)), each) for name, each in value.items()]
        elif isinstance(value, tuple | list):
            left += [((*at, index), each) for index, each in enumerate(value)]
        elif isinstance(value, datetime):
            yield at, (value.astimezone(UTC) if value.tzinfo else value).date()
        elif isinstance(value, date):
            yield at, value


def _pointer(location: tuple[int | str, ...]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in location)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
