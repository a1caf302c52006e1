"""A context with one report over numbers, which steps, crashes and hands over as told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.reports import NewReport, Report, ReportScope
from telesalud.platform.access import Role
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.ports.blobs import Area
from telesalud.platform.reports import asking, working
from telesalud.platform.reports.model import (
    CellKind,
    Chunk,
    Column,
    Definition,
    Job,
    Reports,
    Row,
    Seen,
    Words,
)
from telesalud.platform.work import Call, Services
from tests.worlds.world import TENANT, World, call, user

WORDS: Words = {
    "numbers": ("Números", "Números", "Numbers"),
    "number": ("Número", "Número", "Number"),
    "name": ("Nombre", "Nome", "Name"),
    "at": ("Hora", "Hora", "At"),
}
COLUMNS = (
    Column("number", CellKind.NUMBER),
    Column("name"),
    Column("at", CellKind.MOMENT),
)


@dataclass
class Workshop:
    """Reports of `rows` rows, `step` at a time, each step taking `seconds`."""

    world: World = field(default_factory=World)
    total: int = 10
    step: int = 3
    seconds: float = 0
    failures: int = 0
    """How many times the source fails from now on."""
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    steps: list[str | None] = field(default_factory=list)
    meanwhile: dict[str | None, Callable[[], object]] = field(default_factory=dict)
    """What happens once while the step from a cursor is read."""

    def source(self, services: Services, tenant: str, job: Job, cursor: str | None) -> Chunk:
        """Numbers from the cursor on."""
        self.steps.append(cursor)
        if cursor in self.meanwhile:
            self.meanwhile.pop(cursor)()
        self.world.clock.advance(seconds=self.seconds)
        if self.failures:
            self.failures -= 1
            raise RuntimeError
        first = int(cursor or 0)
        numbers = range(first, min(self.total, first + self.step))
        rows: list[Row] = [(n, f"Nº {n}", "2026-11-21T08:00-05:00") for n in numbers]
        end = first + self.step
        return Chunk(
            rows,
            str(end) if end < self.total else None,
            100 * end // self.total,
            [Seen(f"patient-{n}", f"number/{n}") for n in numbers],
        )

    def reports(self, arrange: Any = None) -> Reports:
        """As one worker has them: cold."""
        options = {"arrange": arrange} if arrange else {}
        definition = Definition(COLUMNS, self.source, most_days=31, **options)
        services = self.world.services
        return Reports("demo", services, self.blobs, {"numbers": definition}, WORDS, _permit)

    def ask(self, key: str = "", by: Call | None = None, **changes: Any) -> Report:
        """Ask for numbers."""
        return asking.ask(self.reports(), by or self.by(key), command(**changes), "numbers")

    def by(self, key: str = "", subject: str = "user-1", tenant: str = TENANT) -> Call:
        """A call by somebody."""
        return call(user(Role.ADMINISTRATOR, subject=subject, tenant=tenant), key=key)

    def read(self, report: str) -> Report:
        """What the asker sees."""
        return asking.read(self.reports(), self.by(), report)

    def announced(self) -> list[int]:
        """The turns that were announced."""
        return [int(e.data["turn"]) for e in self.world.events()]

    def work(self, report: str, turn: int = 1) -> None:
        """A worker hears of a turn."""
        working.go_on(self.reports(), TENANT, report, turn)

    def file(self, report: str, wanted: str = "csv") -> bytes:
        """What lies in the bucket."""
        return self.blobs.files[Area.CLEAN, f"{TENANT}/report-{report}/{wanted}"][1]

    def numbers(self, report: str) -> list[int]:
        """The first column of the CSV."""
        lines = self.file(report).decode("utf-8-sig").split("\r\n")[1:]
        return [int(line.split(",")[0]) for line in lines if line]


def command(**changes: Any) -> NewReport:
    """A request for a week."""
    fields: dict[str, Any] = {
        "scope": ReportScope.INSTITUTION,
        "since": date(2026, 11, 16),
        "until": date(2026, 11, 22),
    }
    return NewReport.model_validate(fields | changes)


def _permit(_call: Call, _command: NewReport, _kind: str) -> str:
    return "America/Lima"


def shuffled(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows in reverse."""
    return list(reversed(rows))
