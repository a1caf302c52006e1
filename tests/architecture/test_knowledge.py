"""Every table that judges is declared, where it says, and spoken of in docs/clinical/review.md."""

import json
import re
from pathlib import Path

import pytest

from telesalud.orders.knowledge import KNOWLEDGE as ORDERS
from telesalud.patients.knowledge import KNOWLEDGE as PATIENTS
from telesalud.platform.knowledge.confirming import Knowledge
from telesalud.platform.knowledge.tables import Table

ROOT = Path(__file__).parent.parent.parent
LAYER = ROOT / "layers" / "telesalud" / "telesalud"
EVERYTHING = (PATIENTS, ORDERS)
TABLES = [
    pytest.param(knowledge, table, id=table.id)
    for knowledge in EVERYTHING
    for table in knowledge.tables
]
ROW = re.compile(r"^\| `([a-z0-9-]+)` \|(.*)\|$", re.MULTILINE)


def rows() -> dict[str, list[str]]:
    """By table: what it is, source and date, who confirms, what is not covered."""
    text = (ROOT / "docs" / "clinical" / "review.md").read_text("utf-8")
    return {one: [cell.strip() for cell in rest.split("|")] for one, rest in ROW.findall(text)}


@pytest.mark.parametrize("knowledge", EVERYTHING, ids=lambda one: one.context)
def test_every_file_of_data_belongs_to_a_table(knowledge: Knowledge) -> None:
    folder = LAYER / knowledge.context
    data = {
        str(path.relative_to(folder))
        for end in ("csv", "json")
        for path in folder.rglob(f"*.{end}")
    }
    declared = {name for table in knowledge.tables for name in table.files}
    assert data - declared == set(), "declare it in the context's knowledge.py"


@pytest.mark.parametrize(("knowledge", "table"), TABLES)
def test_a_table_stands_where_it_says_and_has_a_version(knowledge: Knowledge, table: Table) -> None:
    missing = [name for name in table.files if not (LAYER / knowledge.context / name).is_file()]
    assert missing == []
    assert table.source or table.own, "say where it is from"
    assert table.version(knowledge.package).startswith(table.entered)


@pytest.mark.parametrize(("knowledge", "table"), TABLES)
def test_the_review_says_of_a_table_who_confirms_it_and_what_it_lacks(
    knowledge: Knowledge, table: Table
) -> None:
    what, source, who, lacking = rows()[table.id]
    assert all((what, source, who, lacking)), "no cell is empty"
    assert table.entered in source
    assert who == table.confirm.replace("_", " ")


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_every_table_has_a_name_for_people(language: str) -> None:
    path = ROOT / "web" / "src" / "locales" / "clinic" / "knowledge" / f"{language}.json"
    names = json.loads(path.read_text("utf-8"))["knowledge"]["names"]
    assert set(names) == {table.id for knowledge in EVERYTHING for table in knowledge.tables}


def test_the_review_speaks_of_no_table_that_is_gone() -> None:
    assert set(rows()) == {table.id for knowledge in EVERYTHING for table in knowledge.tables}


def test_a_tables_version_follows_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "some_tables"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    table = Table("some", "2026-11-30", "own", "lawyer", ("data.csv", "rule.py"))
    (package / "data.csv").write_text("one\n")
    before = table.version("some_tables")
    (package / "data.csv").write_text("two\n")
    assert table.version("some_tables") != before
