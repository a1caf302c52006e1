"""A report as a spreadsheet (Office Open XML), which opens in columns in every country.

What a CSV file's separator is depends on the computer that opens it: a comma in Mexico, a semicolon
in Argentina. A workbook has cells, dates that are dates, and text that is never a formula.
"""

import io
import re
from datetime import date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from telesalud.platform.reports.model import Cell, CellKind, Column
from telesalud.platform.reports.tables import Table, one_line, partial_day

_LONGEST_CELL = 32_767
_LONGEST_NAME = 31
_DAYS = {"es": "dd/mm/yyyy", "pt": "dd/mm/yyyy", "en": "yyyy-mm-dd"}
_TYPED = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "in_memory": True,
}
"""A cell is what it was written as, whatever it looks like."""


def xlsx_of(report: Table) -> bytes:
    """One sheet with the headings in its first row, fixed above the rows and with filters.

    Times are those of the clock at the site. The same rows give the same bytes.
    """
    out = io.BytesIO()
    with Workbook(out, _TYPED) as book:
        book.set_properties({"created": report.job.created_at.replace(tzinfo=None)})
        sheet = book.add_worksheet(_sheet_name(report.texts(report.job.kind)))
        formats = _formats(book, report.texts.language)
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for place, column in enumerate(report.columns):
            sheet.set_column(place, place, 1.6 * column.width)
            sheet.write_string(0, place, report.texts(column.name), heading)
        for number, row in enumerate(report.rows, start=1):
            for place, (column, cell) in enumerate(zip(report.columns, row, strict=True)):
                value = _value(report, column, cell)
                if isinstance(value, datetime | date):
                    sheet.write_datetime(number, place, value, formats[column.kind])
                elif isinstance(value, int):
                    sheet.write_number(number, place, value)
                elif value:
                    sheet.write_string(number, place, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(report.rows), len(report.columns) - 1)
    return out.getvalue()


def _formats(book: Workbook, language: str) -> dict[CellKind, Format]:
    day = _DAYS[language]
    return {
        CellKind.DAY: book.add_format({"num_format": day, "align": "left"}),
        CellKind.MOMENT: book.add_format({"num_format": f"{day} hh:mm", "align": "left"}),
    }


def _value(report: Table, column: Column, cell: Cell) -> str | int | date:
    if cell is None or cell == "":
        return ""
    if column.kind is CellKind.MOMENT:
        return datetime.fromisoformat(str(cell)).replace(tzinfo=None)
    if column.kind is CellKind.DAY:
        return partial_day(cell) or date.fromisoformat(str(cell))
    if isinstance(cell, int):
        return cell
    text = report.texts(cell) if column.kind is CellKind.WORD else cell
    return one_line(text)[:_LONGEST_CELL]


def _sheet_name(title: str) -> str:
    """The title without what a sheet's name may not have."""
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:_LONGEST_NAME].strip()
