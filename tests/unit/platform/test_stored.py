"""What earlier releases stored opens, and keeps what later ones added to it."""

from pydantic import BaseModel

from schemas.reports import ReportRequested
from schemas.trail_checks import TrailCheckRequested
from telesalud.platform.stored import STORED
from tests.support import golden

EVENTS: dict[str, type[BaseModel]] = {
    "report_requested": ReportRequested,
    "audit_check_requested": TrailCheckRequested,
}
"""The same in every context that announces them."""


def test_what_any_release_stored_opens() -> None:
    golden.check("platform", {**STORED, **EVENTS})
