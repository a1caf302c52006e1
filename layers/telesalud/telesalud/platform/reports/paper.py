"""A report on paper: A4 or letter across, black on white, headings repeated on every page.

The same rows give the same bytes: times come from the job, never from the clock.
"""

from datetime import UTC
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from telesalud.platform.printing.fonts import DEJAVU
from telesalud.platform.reports.model import CellKind
from telesalud.platform.reports.tables import Sheet, shown

_MARGIN = 12.0
_FOOT = 16.0
_SMALL = 7.5


class Paper(FPDF):
    """The pages of a report."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(orientation="landscape", format=sheet.job.paper.value)
        self._sheet = sheet
        for style, path in DEJAVU.items():
            self.add_font("DejaVu", style, path)
        self.set_creation_date(sheet.job.created_at.astimezone(UTC))
        self.set_title(sheet.texts(sheet.job.kind))
        self.set_lang(sheet.job.language)
        self.set_producer("Telesalud")
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_FOOT)
        self.add_page()

    def head(self) -> None:
        """Title, span, and what the rows were narrowed to; on the first page."""
        job, texts = self._sheet.job, self._sheet.texts
        self.set_font("DejaVu", "B", 15)
        self._line(texts(job.kind), 8)
        self.set_font("DejaVu", "", 9)
        span = texts.day(job.since)
        span += f" - {texts.day(job.until)}" if job.until != job.since else ""
        made = texts.moment(job.created_at.astimezone(ZoneInfo(job.zone)))
        parts = [f"{texts('period')}: {span}", f"{texts('rows')}: {len(self._sheet.rows)}"]
        parts += [f"{texts('made')}: {made} ({job.zone})"]
        parts += [texts("own_rows")] if job.scope == "mine" else []
        self._line("    ".join(parts), 5)
        self.ln(2)

    def footer(self) -> None:
        """Which report and page this is, and that it is confidential; on every page."""
        texts = self._sheet.texts
        self.set_y(-_FOOT + 5)
        self.set_font("DejaVu", "", 7)
        width = (self.w - 2 * _MARGIN) / 3
        self.cell(width, 4, texts("confidential"))
        self.cell(width, 4, f"{texts('report')} {self._sheet.job.id}", align="C")
        self.cell(width, 4, f"{texts('page')} {self.page_no()} / {{nb}}", align="R")

    def table_of(self) -> None:
        """The rows."""
        sheet = self._sheet
        if not sheet.rows:
            self.set_font("DejaVu", "", 10)
            self._line(sheet.texts("nothing"), 8)
            return
        self.set_font("DejaVu", "", _SMALL)
        self.set_line_width(0.15)
        aligned = ["RIGHT" if c.kind is CellKind.NUMBER else "LEFT" for c in sheet.columns]
        with self.table(
            col_widths=[column.width for column in sheet.columns],
            text_align=aligned,
            line_height=1.45 * _SMALL * 0.3528,  # points to millimetres
            headings_style=FontFace(emphasis="BOLD"),
            padding=0.8,
        ) as table:
            table.row([sheet.texts(column.name) for column in sheet.columns])
            for row in sheet.rows:
                cells = zip(sheet.columns, row, strict=True)
                table.row([shown(sheet.texts, column, cell) for column, cell in cells])

    def _line(self, text: str, height: float) -> None:
        self.multi_cell(0, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def pdf_of(sheet: Sheet) -> bytes:
    """The report as PDF."""
    paper = Paper(sheet)
    paper.head()
    paper.table_of()
    return bytes(paper.output())
