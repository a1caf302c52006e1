"""Structured logs that can only say ids, codes and outcomes.

A log line has a constant message and fields from FIELDS. Anything else is left out, and the line
says that it was, so that a careless call shows up without ever leaking a body, a name or a token.
Exceptions are logged by their class and place: their messages may quote what somebody typed.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

FIELDS = frozenset(
    {
        "attempt",
        "code",
        "consult",
        "consumer",
        "context",
        "count",
        "delivery_id",
        "error",
        "event_id",
        "event_type",
        "message_id",
        "operation",
        "outcome",
        "reason",
        "request_id",
        "seconds",
        "sequence",
        "stage",
        "state",
        "status",
        "subject",
        "target_id",
        "tenant",
        "where",
    }
)
_CODE = re.compile(r"[A-Za-z0-9_.:/#@+=-]{0,200}")
"""Ids and codes have no spaces and no accents; what people write mostly does."""
_TOKEN = re.compile(r"eyJ|Bearer", re.IGNORECASE)
"""How a JSON Web Token starts."""
WITHHELD = "withheld"

Field = str | int | float | bool | None


def safe(fields: Mapping[str, Field]) -> dict[str, Field]:
    """The fields that may be logged; the names of the others are listed under `withheld`."""
    kept = {name: value for name, value in fields.items() if name in FIELDS and _harmless(value)}
    missing = sorted(name for name in fields if name not in kept)
    return kept | {WITHHELD: ",".join(missing)} if missing else kept


def _harmless(value: Field) -> bool:
    if not isinstance(value, str):
        return True
    return _CODE.fullmatch(value) is not None and _TOKEN.search(value) is None


def where(error: BaseException) -> str:
    """File, function and line at which an error arose; safe to log, unlike its message."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rpartition('/')[2]}:{code.co_name.strip('<>')}:{trace.tb_lineno}"


class Log:
    """Powertools' JSON logger behind `safe`. Messages are constants (a test reads the calls)."""

    def __init__(self, logger: "Logger") -> None:
        self._logger = logger

    def info(self, message: str, /, **fields: Field) -> None:
        """Something went as it should."""
        self._logger.info(message, extra=safe(fields))

    def warning(self, message: str, /, **fields: Field) -> None:
        """Something was refused or put off and needs nobody yet."""
        self._logger.warning(message, extra=safe(fields))

    def error(self, message: str, /, **fields: Field) -> None:
        """Something failed that somebody should look at."""
        self._logger.error(message, extra=safe(fields))


@cache
def get_logger() -> Log:
    """The process's log; Powertools' 80 to 150 ms of import are paid at the first line written."""
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Log(Logger(service="telesalud", log_uncaught_exceptions=False))
