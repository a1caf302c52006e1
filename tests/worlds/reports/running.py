"""A report of a context from the request to its rows, as a client sees them."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from schemas.reports import NewReport, ReportStatus
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.ports.blobs import Area
from telesalud.platform.reports import asking, working
from telesalud.platform.reports.model import Reports
from telesalud.platform.store import Page, Store
from telesalud.platform.work import Call


def made(reports: Reports, call: Call, command: NewReport, kind: str) -> list[dict[str, str]]:
    """Ask, work through every turn, and read the CSV by its headings."""
    tenant = call.caller.tenant
    asked = asking.ask(reports, call, command, kind)
    for turn in range(1, 50):
        working.go_on(reports, tenant, asked.id, turn)
        if asking.read(reports, call, asked.id).status is not ReportStatus.RUNNING:
            break
    ready = asking.read(reports, call, asked.id)
    assert (ready.status, ready.percent) == (ReportStatus.READY, 100), ready.error
    assert isinstance(reports.blobs, MemoryBlobs)
    content = reports.blobs.files[Area.CLEAN, f"{tenant}/report-{asked.id}/csv"][1]
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    rows = list(csv.DictReader(text))
    assert ready.rows == len(rows)
    return rows


@dataclass(frozen=True)
class SmallPages:
    """A store whose queries give few items at a time, as DynamoDB's do when items are large."""

    store: Store
    most: int

    def query(self, pk: str, prefix: str = "", *, limit: int = 100, **how: Any) -> Page:
        return self.store.query(pk, prefix, limit=min(limit, self.most), **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)
