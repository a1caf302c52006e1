"""A report on paper: A4 or letter across, its headings repeated on every page."""

from zoneinfo import ZoneInfo

from fpdf.fonts import FontFace

from telesalud.platform.printing.sheet import Frame, Sheet
from telesalud.platform.reports.model import CellKind
from telesalud.platform.reports.tables import Table, shown

_MARGIN = 12.0
_FOOT = 16.0
_SMALL = 7.5


class ReportSheet(Sheet):
    """The pages of a report."""

    def __init__(self, report: Table) -> None:
        job = report.job
        frame = Frame(job.paper.value, _MARGIN, _FOOT, landscape=True)
        super().__init__(frame, report.texts(job.kind), job.created_at)
        self.set_lang(job.language)
        self._report = report
        self.add_page()

    def head(self) -> None:
        """Title, span, and what the rows were narrowed to; on the first page."""
        job, texts = self._report.job, self._report.texts
        self.bold(15)
        self.line_of(texts(job.kind), 8)
        self.plain(9)
        span = texts.day(job.since)
        span += f" - {texts.day(job.until)}" if job.until != job.since else ""
        made = texts.moment(job.created_at.astimezone(ZoneInfo(job.zone)))
        parts = [f"{texts('period')}: {span}", f"{texts('rows')}: {len(self._report.rows)}"]
        parts += [f"{texts('made')}: {made} ({job.zone})"]
        parts += [texts("own_rows")] if job.scope == "mine" else []
        self.line_of("    ".join(parts), 5)
        self.ln(2)

    def footer(self) -> None:
        """Which report and page this is, and that it is confidential; on every page."""
        texts = self._report.texts
        self.set_y(-_FOOT + 5)
        self.plain(7)
        width = self.measure / 3
        self.cell(width, 4, texts("confidential"))
        self.cell(width, 4, f"{texts('report')} {self._report.job.id}", align="C")
        self.cell(width, 4, self.page_of(texts("page")), align="R")

    def table_of(self) -> None:
        """The rows."""
        report = self._report
        if not report.rows:
            self.plain(10)
            self.line_of(report.texts("nothing"), 8)
            return
        self.plain(_SMALL)
        self.set_line_width(0.15)
        aligned = ["RIGHT" if c.kind is CellKind.NUMBER else "LEFT" for c in report.columns]
        with self.table(
            col_widths=[column.width for column in report.columns],
            text_align=aligned,
            line_height=1.45 * _SMALL * 0.3528,  # points to millimetres
            headings_style=FontFace(emphasis="BOLD"),
            padding=0.8,
        ) as table:
            table.row([report.texts(column.name) for column in report.columns])
            for row in report.rows:
                cells = zip(report.columns, row, strict=True)
                table.row([shown(report.texts, column, cell) for column, cell in cells])


def pdf_of(report: Table) -> bytes:
    """The report as PDF."""
    sheet = ReportSheet(report)
    sheet.head()
    sheet.table_of()
    return bytes(sheet.output())
