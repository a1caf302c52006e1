"""Structured logs: ids, codes and outcomes; never bodies, names or tokens."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def get_logger() -> "Logger":
    """The process's logger; imported at first use to keep cold starts short."""
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Logger(service="telesalud", log_uncaught_exceptions=False)
