"""Tests stand beside what they test; what they share stands in `tests/worlds`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from infra.tools import ROOT
from tests.support.some import some
from tests.support.source import LAYER, names_in

TESTS = ROOT / "tests"
UNIT = TESTS / "unit"


def imported(path: Path) -> Iterator[str]:
    return (name for name, _ in names_in(path.read_text("utf-8")))


def test_each_folder_of_unit_tests_is_a_folder_of_the_source() -> None:
    folders = {path.parent.relative_to(UNIT) for path in some(UNIT.rglob("test_*.py"))}
    strangers = [
        folder
        for folder in folders
        if not any((at / folder).is_dir() for at in (LAYER / "telesalud", ROOT))
    ]
    assert strangers == []


def test_unit_tests_only_test() -> None:
    helpers = [path for path in UNIT.rglob("*.py") if not path.name.startswith("test_")]
    assert helpers == []


def test_nothing_imports_from_a_module_of_tests() -> None:
    paths = TESTS.rglob("*.py")
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in some(paths)
        for name in imported(path)
        if name.startswith("tests.") and any(part.startswith("test_") for part in name.split("."))
    ]
    assert found == []


def test_the_tools_of_tests_need_no_world() -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in some((TESTS / "support").rglob("*.py"))
        for name in imported(path)
        if name.startswith("tests.") and not name.startswith("tests.support.")
    ]
    assert found == []
