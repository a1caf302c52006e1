"""A report as CSV and PDF: harmless to spreadsheets, the same bytes each time, three languages."""

import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from schemas.reports import ReportPaper, ReportScope
from telesalud.appointments.report_words import WORDS as AGENDA_WORDS
from telesalud.appointments.reports import DEFINITIONS as AGENDA
from telesalud.orders.reports import DEFINITIONS as ORDERS
from telesalud.orders.reports import WORDS as ORDER_WORDS
from telesalud.patients.report_words import WORDS as RECORD_WORDS
from telesalud.patients.reports import DEFINITIONS as RECORDS
from telesalud.platform.reports.model import CellKind, Column, Job, Row, Words
from telesalud.platform.reports.paper import pdf_of
from telesalud.platform.reports.tables import Table, Texts, csv_of
from telesalud.platform.reports.workbook import xlsx_of
from tests.support.some import some
from tests.worlds.world import START

COLUMNS = (
    Column("number", CellKind.NUMBER, 6),
    Column("name", width=30),
    Column("at", CellKind.MOMENT, 14),
    Column("state", CellKind.WORD, 10),
)
WORDS: Words = {
    "numbers": ("Números", "Números", "Numbers"),
    "number": ("Número", "Número", "Number"),
    "name": ("Nombre", "Nome", "Name"),
    "at": ("Hora", "Hora", "At"),
    "state": ("Estado", "Situação", "State"),
    "left": ("se retiró", "saiu", "left"),
}
ROW: Row = (1, "Paciente Demostración Ñandú", "2026-11-21T08:05-05:00", "left")


def table(*rows: Row, language: str = "es", **changes: Any) -> Table:
    """A sheet with these rows."""
    fields: dict[str, Any] = {
        "id": "01900000-0000-7000-8000-000000000001",
        "kind": "numbers",
        "owner": "user-1",
        "scope": ReportScope.INSTITUTION,
        "since": date(2026, 11, 21),
        "until": date(2026, 11, 21),
        "language": language,
        "paper": ReportPaper.A4,
        "zone": "America/Lima",
        "created_at": START,
    }
    job = Job.model_validate(fields | changes)
    return Table(job, COLUMNS, rows, Texts(WORDS, language))


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_table_is_rfc_4180_with_a_byte_order_mark() -> None:
    content = csv_of(table(ROW))
    assert content.startswith(b"\xef\xbb\xbf")
    assert parsed(content) == [
        ["Número", "Nombre", "Hora", "Estado"],
        ["1", "Paciente Demostración Ñandú", "2026-11-21T08:05-05:00", "se retiró"],
    ]
    assert content.decode("utf-8-sig").endswith('"se retiró"\r\n')
    assert content.count(b"\r\n") == 2


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\x00=1", "\u2028=1"]
)
def test_no_text_is_a_formula(text: str) -> None:
    [_, row] = parsed(csv_of(table((1, text, None, "left"))))
    assert row[1].startswith("'")


@pytest.mark.parametrize(
    "text",
    [
        "x;=1+cmd|' /C calc'!A0;",
        'x; "=1+1"',
        "x|@SUM(1)",
        "x;\t+1",
        "x, -1",
        "\uff1d1+1",
        "x;\uff1d1+1",
        ";;=1",
        'x";"=1',
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_part_of_a_text_is_a_formula_whatever_the_separator(text: str, separator: str) -> None:
    """Of the computer that opens the file; each line is also cut as naively as can be."""
    content = csv_of(table((1, text, None, "left"))).decode("utf-8-sig")
    cells = [c for row in csv.reader(io.StringIO(content), delimiter=separator) for c in row]
    cells += [cell.strip('" ') for line in content.splitlines() for cell in line.split(separator)]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))]


def cells_of(content: bytes) -> list[list[Any]]:
    """The workbook as the reader of another library has it."""
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_workbook_has_columns_dates_and_no_formulas() -> None:
    at = datetime.fromisoformat("2026-11-21T08:05")
    content = xlsx_of(table(ROW, (2, "x;=1+cmd|' /C calc'!A0", None, None), (3, "=1+1", None, "")))
    assert cells_of(content) == [
        ["Número", "Nombre", "Hora", "Estado"],
        [1, "Paciente Demostración Ñandú", at, "se retiró"],
        [2, "x;=1+cmd|' /C calc'!A0", None, None],
        [3, "=1+1", None, None],
    ]
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["B4"].data_type == "s", "a text, not a formula"
    assert sheet["C2"].number_format == "dd/mm/yyyy hh:mm"


@given(st.text(max_size=60))
def test_any_text_gives_a_workbook_that_opens(text: str) -> None:
    [_, row] = cells_of(xlsx_of(table((1, text, None, None))))
    assert row[0] == 1
    assert not isinstance(row[1], int | float)


def test_the_same_rows_give_the_same_workbook() -> None:
    assert xlsx_of(table(ROW)) == xlsx_of(table(ROW))


@given(st.text(max_size=60))
def test_any_text_stays_in_its_cell_and_is_no_formula(text: str) -> None:
    rows = parsed(csv_of(table((1, text, None, None), ROW)))
    assert [len(row) for row in rows] == [4, 4, 4]
    assert not rows[1][1].startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("paper", list(ReportPaper))
@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("es", ["Números", "se retiró", "21/11/2026 08:05", "Página 1 / 1", "confidencial"]),
        ("pt", ["Números", "saiu", "21/11/2026 08:05", "Página 1 / 1", "confidencial"]),
        ("en", ["Numbers", "left", "2026-11-21 08:05", "Page 1 / 1", "confidential"]),
    ],
)
def test_the_paper_says_everything_in_its_language(
    paper: ReportPaper, language: str, texts: list[str]
) -> None:
    reader = PdfReader(io.BytesIO(pdf_of(table(ROW, language=language, paper=paper))))
    [page] = reader.pages
    said = page.extract_text()
    for text in (*texts, "Paciente Demostración Ñandú", "America/Lima"):
        assert text in said
    wide = round(float(page.mediabox.width) / 72 * 25.4)
    assert wide == (297 if paper is ReportPaper.A4 else 279)


def test_a_table_over_several_pages_repeats_its_headings() -> None:
    reader = PdfReader(io.BytesIO(pdf_of(table(*[ROW] * 90))))
    assert len(reader.pages) > 1
    assert all("Nombre" in page.extract_text() for page in reader.pages)


def test_paper_is_black_and_white_only() -> None:
    reader = PdfReader(io.BytesIO(pdf_of(table(*[ROW] * 3))))
    operators = reader.pages[0].get_contents()
    assert operators is not None
    words = operators.get_data().split()
    assert not {b"rg", b"RG", b"k", b"K"} & set(words)


def test_the_same_rows_give_the_same_bytes() -> None:
    assert pdf_of(table(ROW)) == pdf_of(table(ROW))


def test_an_empty_report_says_so() -> None:
    reader = PdfReader(io.BytesIO(pdf_of(table())))
    assert "No hay filas" in reader.pages[0].extract_text()


@pytest.mark.parametrize(
    ("definitions", "words"),
    [(AGENDA, AGENDA_WORDS), (RECORDS, RECORD_WORDS), (ORDERS, ORDER_WORDS)],
)
def test_every_title_and_heading_has_its_text(definitions: Any, words: Words) -> None:
    for kind, definition in some(definitions.items()):
        for name in (kind, *(column.name for column in definition.columns)):
            assert all(text.strip() for text in words[name]), name
