"""A report as a table: its texts in three languages, its cells as text, and the whole as CSV."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from telesalud.platform.reports.model import Cell, CellKind, Column, Job, Row, Words
from telesalud.platform.words.countries import LANGUAGES, word

_COMMON: Words = {
    "period": ("Período", "Período", "Period"),
    "made": ("Solicitado", "Solicitado", "Requested"),
    "zone": ("Zona horaria", "Fuso horário", "Time zone"),
    "own_rows": ("Solo atenciones propias", "Somente atendimentos próprios", "Own rows only"),
    "rows": ("Filas", "Linhas", "Rows"),
    "page": ("Página", "Página", "Page"),
    "nothing": ("No hay filas en este período.", "Não há linhas neste período.", "No rows."),
    "confidential": (
        "Contiene datos personales de salud: confidencial.",
        "Contém dados pessoais de saúde: confidencial.",
        "Contains personal health data: confidential.",
    ),
    "report": ("Reporte", "Relatório", "Report"),
    "yes": ("sí", "sim", "yes"),
    "no": ("no", "não", "no"),
}
_DAY: Final = {"es": "%d/%m/%Y", "pt": "%d/%m/%Y", "en": "%Y-%m-%d"}
_FORMULA: Final = (
    r"=+\-@\uff1d\uff0b\uff0d\uff20"  # the last four are full-width, which some take, too
)
_STARTS: Final = re.compile(rf"""(^|[,;|])([\s"']*)(?=[{_FORMULA}])""")
"""Where a text, or the rest of it where a computer has another separator than the comma, would be
taken for a formula (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A context's words in one language and country."""

    words: Words
    language: str
    context: str = ""
    country: str | None = None

    def __call__(self, key: str) -> str:
        """The text of a key, as the country says it. Raises KeyError."""
        found = self.words[key] if key in self.words else _COMMON[key]
        default = found[LANGUAGES.index(self.language)]
        return word(self.country, self.language, f"{self.context}.{key}", default)

    def day(self, day: date) -> str:
        """A day as it is written."""
        return day.strftime(_DAY[self.language])

    def moment(self, at: datetime) -> str:
        """Day and time as they are written."""
        return f"{self.day(at.date())} {at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Table:
    """A report that is to be written down."""

    job: Job
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    texts: Texts


def csv_of(report: Table) -> bytes:
    """RFC 4180 in UTF-8, with the byte order mark by which spreadsheets recognise it, for programs.

    Times are ISO 8601 with their offset. Text is in quotes; what would be a formula, as a cell or
    as a part of one on a computer whose separator is not the comma, has an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_harmless(report.texts(column.name)) for column in report.columns])
    for row in report.rows:
        writer.writerow(
            [_plain(report.texts, c, cell) for c, cell in zip(report.columns, row, strict=True)]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def partial_day(cell: Cell) -> str | None:
    """A day of which only year, or year and month, is known (`2019`, `2019-03`), as people write
    it everywhere: `2019`, `03/2019`. None for a whole day."""
    year, _, rest = str(cell).partition("-")
    return None if "-" in rest else "/".join(filter(None, (rest, year)))


def shown(texts: Texts, column: Column, cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None or cell == "":
        return ""
    if column.kind is CellKind.MOMENT:
        return texts.moment(datetime.fromisoformat(str(cell)))
    if column.kind is CellKind.DAY:
        return partial_day(cell) or texts.day(date.fromisoformat(str(cell)))
    return texts(str(cell)) if column.kind is CellKind.WORD else str(cell)


def _plain(texts: Texts, column: Column, cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    return _harmless(texts(cell) if column.kind is CellKind.WORD and cell else cell)


def _harmless(text: str) -> str:
    """The text in one line, and no formula once a spreadsheet has trimmed it."""
    return _STARTS.sub(r"\1\2'", one_line(text))


def one_line(text: str) -> str:
    """The text in one line, without controls."""
    return " ".join("".join(c for c in text if c.isspace() or c >= " ").split())
