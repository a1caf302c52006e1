"""What pydantic refuses, as a refusal of ours."""

from pydantic import ValidationError

from telesalud.platform.errors import DomainError, FieldError, Invalid, Malformed


def invalid(error: ValidationError, prefix: str = "") -> DomainError:
    """Which fields are wrong and how, without echoing the input; pointers start with `prefix`."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    if faults and faults[0]["type"] == "json_invalid":
        return Malformed("the body is not valid JSON")
    fields = [
        FieldError(prefix + _pointer(f["loc"]), str(f["type"]), _plain(f["msg"])) for f in faults
    ]
    return Invalid("some fields are missing or invalid", fields)


def _pointer(location: tuple[int | str, ...]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in location)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
