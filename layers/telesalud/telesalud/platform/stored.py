"""What the platform's subsystems store in a context's table or archive, by kind.

A release may read what the one before wrote and what the next one writes: a field that is added
has a default, constraints are only loosened, and a change of shape needs a new golden file
(docs/decisions/0006). Of the contracts, `ReportFile` and `TrailFault` are stored inside these.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from telesalud.platform.knowledge.confirming import StoredConfirmation
from telesalud.platform.partners.connections import StoredConnection
from telesalud.platform.recorder import RecordedMessage
from telesalud.platform.reports import model as reports
from telesalud.platform.trail import checks
from telesalud.platform.trail.digests import Digest

STORED: Final[Mapping[str, type[BaseModel]]] = {
    "confirmation": StoredConfirmation,
    "connection": StoredConnection,
    "recorded_message": RecordedMessage,
    "report": reports.Job,
    "report_part": reports.Part,
    "trail_check": checks.Job,
    "trail_digest": Digest,
}
"""Kinds by the names of their golden files."""
