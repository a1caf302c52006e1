"""What the documents say of files is true of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from infra.tools import ROOT
from tests.support.some import some
from tests.support.source import LAYER

DECISIONS = ROOT / "docs" / "decisions"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(
    r"`([a-z_]+/[\w./-]+\.(?:py|md|yaml|toml|csv|lua|sh|ts|tsx|mjs)|[a-z_]+(?:/[\w-]+)+/)`"
)
MADE = ("web/dist", "web/node_modules", "jitsi_cluster/certs", ".build", ".local")
"""Not in the repository."""
NAMED = re.compile(r"decisions?[ /]\[?(\d{4})")


def decisions() -> list[Path]:
    return some(sorted(DECISIONS.glob("[0-9]*.md")))


def documents() -> list[Path]:
    return some([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "infra" / "README.md"])


def test_no_two_decisions_have_one_number() -> None:
    numbers = Counter(path.name[:4] for path in decisions())
    assert [number for number, count in numbers.items() if count > 1] == []


def test_each_decision_is_listed_under_its_title() -> None:
    listed = (DECISIONS / "README.md").read_text("utf-8").splitlines()
    for path in decisions():
        number, _, title = path.read_text("utf-8").splitlines()[0].removeprefix("# ").partition(" ")
        assert number == path.name[:4]
        assert f"- [{number}]({path.name}) {title}" in listed


def test_every_link_of_a_document_leads_to_a_file() -> None:
    lost = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents()
        for target in LINK.findall(document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert lost == []


def test_every_decision_that_the_source_names_exists() -> None:
    numbers = {path.name[:4] for path in decisions()}
    folders = ("layers", "schemas", "functions", "infra", "localstack", "operations")
    named = some(
        (path.relative_to(ROOT).as_posix(), number)
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for number in NAMED.findall(path.read_text("utf-8"))
    )
    assert [(path, number) for path, number in named if number not in numbers] == []


def test_every_file_that_a_document_names_exists() -> None:
    """By its path in the repository, in the layer, or beside the document."""
    named = some(
        (document, path)
        for document in documents()
        for path in PATH.findall(document.read_text("utf-8"))
        if not path.startswith(MADE)
    )
    assert [
        f"{document.relative_to(ROOT)}: {path}"
        for document, path in named
        if not any(
            (place / path).exists()
            for place in (ROOT, LAYER / "telesalud", ROOT / "tests" / "unit", document.parent)
        )
    ] == []


def glossary() -> list[list[str]]:
    """The cells of every row of a glossary table that has the interface's words."""
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return some(row for row in rows if len(row) == 5 and row[0] != "term" and row[0] != "---")


def test_the_glossary_names_each_thing_once() -> None:
    terms = Counter(row[0] for row in glossary())
    assert [term for term, count in terms.items() if count > 1] == []


@pytest.mark.parametrize(("language", "column"), [("es", 3), ("pt", 4)])
def test_the_words_of_the_glossary_are_those_of_the_interface(language: str, column: int) -> None:
    folder = ROOT / "web" / "src" / "locales"
    texts = [path.read_text("utf-8") for path in some(folder.rglob(f"{language}.*"))]
    shown = "\n".join(texts).lower()
    words = [row[column] for row in glossary() if row[column] != "\N{EN DASH}"]
    assert [word for word in words if word.lower() not in shown] == []


def test_both_readmes_say_the_same() -> None:
    """As far as a machine sees: headings, rows of tables, links and commands."""
    shapes = [
        (
            re.findall(r"^(#+|\|)", text, re.MULTILINE),
            [target for target in LINK.findall(text) if not target.startswith("README")],
            re.findall(r"`((?:make|(?:\.venv/bin/)?telesalud)(?: [a-z-]+){0,2})", text),
        )
        for text in ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.es.md"))
    ]
    assert shapes[0] == shapes[1]
