"""Reads the files that publishers distribute: WHO's linearization tables, and code lists as CSV.

WHO's "SimpleTabulation-ICD-11-MMS-<language>" comes as a ZIP with the same table as tab-separated
text and as XLSX; all three are read. Its first columns are Foundation URI, Linearization URI,
Code, BlockId, Title, ClassKind, DepthInKind and IsResidual, then ChapterNo, isLeaf and others.
Titles carry leading hyphens that draw the hierarchy. Residual categories have no foundation URI.

A table is read as a whole or refused as a whole: `SourceError` names the file and the row.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_INDENT = re.compile(r"^(?:-\s*)+")
_REQUIRED = ("foundation uri", "linearization uri", "code", "title", "classkind")
_RENAMED = {"linearization (release) uri": "linearization uri"}  # before 2023
_KINDS = frozenset({"chapter", "block", "category", "window"})
_TRUE, _FALSE = "true", "false"


class SourceError(Exception):
    """The file cannot be imported; nothing was written. The message says where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One coded concept in one language. URIs are empty where the publisher gives none."""

    code: str
    title: str
    entity_uri: str
    linearization_uri: str
    chapter: str
    is_residual: bool
    is_leaf: bool


def read_linearization(path: Path) -> list[Row]:
    """The coded categories of one WHO table (.txt, .tsv, .xlsx or the .zip that holds them)."""
    cells = _cells(path)
    header = next(cells, None)
    if header is None:
        raise SourceError(f"{path.name}: the file is empty")
    names = [name.strip().strip("\ufeff").lower() for name in header]
    names = [_RENAMED.get(name, name) for name in names]
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        raise SourceError(f"{path.name}: not a linearization table, it lacks {', '.join(missing)}")
    rows = []
    for number, values in enumerate(cells, start=2):
        if not any(values):
            continue
        if len(values) != len(names):
            raise SourceError(
                f"{path.name}: row {number} has {len(values)} of {len(names)} columns; "
                "the file seems to be cut or damaged"
            )
        row = _row(path.name, number, dict(zip(names, values, strict=True)))
        if row is not None:
            rows.append(row)
    return _unique(path.name, rows)


def read_code_list(path: Path) -> list[Row]:
    """A national list: CSV in UTF-8 with the columns `code` and `title`, comma or semicolon."""
    text = _text(path, path.read_bytes())
    _require_final_newline(path.name, text)
    dialect = ";" if text.split("\n", 1)[0].count(";") else ","
    reader = csv.reader(io.StringIO(text), delimiter=dialect, strict=True)
    rows: list[Row] = []
    try:
        header = [name.strip().lstrip("\ufeff").lower() for name in next(reader, [])]
        if header[:2] != ["code", "title"]:
            raise SourceError(f"{path.name}: the first two columns must be code and title")
        for values in reader:
            if len(values) != len(header) or not values[0].strip() or not values[1].strip():
                raise SourceError(f"{path.name}: row {reader.line_num} is incomplete")
            code = values[0].strip().upper()
            rows.append(Row(code, values[1].strip(), "", "", code[0], False, True))
    except csv.Error as error:
        raise SourceError(f"{path.name}: row {reader.line_num}: {error}") from error
    return _unique(path.name, rows)


def _row(file: str, number: int, cell: dict[str, str]) -> Row | None:
    kind = cell["classkind"].strip().lower()
    if kind not in _KINDS:
        raise SourceError(f"{file}: row {number} has the unknown class kind {kind!r}")
    code = cell["code"].strip().upper()
    if kind != "category" or not code:
        return None  # chapters and blocks group; only categories can be recorded
    title = _INDENT.sub("", cell["title"].strip()).strip()
    linearization_uri = cell["linearization uri"].strip()
    if not title or not linearization_uri:
        raise SourceError(f"{file}: row {number} ({code}) lacks its title or its URI")
    return Row(
        code=code,
        title=title,
        entity_uri=cell["foundation uri"].strip(),
        linearization_uri=linearization_uri,
        chapter=cell.get("chapterno", "").strip().zfill(2),
        is_residual=_flag(file, number, cell.get("isresidual", _FALSE)),
        is_leaf=_flag(file, number, cell.get("isleaf", _TRUE)),
    )


def _flag(file: str, number: int, value: str) -> bool:
    text = value.strip().lower()
    if text not in (_TRUE, _FALSE):
        raise SourceError(f"{file}: row {number}: expected true or false, not {value!r}")
    return text == _TRUE


def _unique(file: str, rows: list[Row]) -> list[Row]:
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            raise SourceError(f"{file}: the code {row.code} occurs twice")
        seen.add(row.code)
    if not rows:
        raise SourceError(f"{file}: it holds no codes")
    return rows


def _cells(path: Path) -> Iterator[Sequence[str]]:
    try:
        content = path.read_bytes()
        suffix = path.suffix.lower()
        if suffix == ".zip":
            suffix, content = _unzip(path.name, content)
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read: {error.strerror}") from error
    except zipfile.BadZipFile as error:
        raise SourceError(f"{path.name}: the archive is cut or damaged") from error
    if suffix == ".xlsx":
        return _xlsx(path.name, content)
    if suffix in (".txt", ".tsv"):
        return csv.reader(io.StringIO(_text(path, content)), dialect="excel-tab")
    raise SourceError(f"{path.name}: expected .zip, .xlsx, .tsv or .txt")


def _unzip(file: str, content: bytes) -> tuple[str, bytes]:
    # Reading a member verifies its CRC-32, which a table cut in transit does not survive.
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for suffix in (".txt", ".tsv", ".xlsx"):
            for name in archive.namelist():
                if name.lower().endswith(suffix) and "readme" not in name.lower():
                    return suffix, archive.read(name)
    raise SourceError(f"{file}: the archive holds no table")


def _xlsx(file: str, content: bytes) -> Iterator[Sequence[str]]:
    try:
        import openpyxl  # noqa: PLC0415 -- an operator's tool; the function never imports it
    except ImportError as error:
        raise SourceError(f"{file}: reading XLSX needs the 'openpyxl' package") from error
    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise SourceError(f"{file}: the workbook is cut or damaged") from error
    width = 0
    for row in sheet.iter_rows(values_only=True):
        values = ["" if value is None else str(value) for value in row]
        width = width or len(values)
        yield values + [""] * (width - len(values))  # a workbook leaves trailing blanks out


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name}: not UTF-8 at byte {error.start}") from error


def _require_final_newline(file: str, text: str) -> None:
    if not text.endswith("\n"):
        raise SourceError(f"{file}: the last line has no end; the file seems to be cut")
