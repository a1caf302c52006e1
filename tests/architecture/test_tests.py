"""Tests stand beside what they test; what they share stands in `tests/worlds`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.tools import ROOT

TESTS = ROOT / "tests"
UNIT = TESTS / "unit"
LAYER = ROOT / "layers" / "telesalud" / "telesalud"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_each_folder_of_unit_tests_is_a_folder_of_the_source() -> None:
    folders = {path.parent.relative_to(UNIT) for path in UNIT.rglob("test_*.py")}
    assert len(folders) > 40
    strangers = [
        folder for folder in folders if not any((at / folder).is_dir() for at in (LAYER, ROOT))
    ]
    assert strangers == []


def test_unit_tests_only_test() -> None:
    helpers = [path for path in UNIT.rglob("*.py") if not path.name.startswith("test_")]
    assert helpers == []


def test_nothing_imports_from_a_module_of_tests() -> None:
    paths = [*TESTS.rglob("*.py"), *(ROOT / "jitsi_cluster").rglob("*.py")]
    assert len(paths) > 200
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imported(path)
        if name.startswith("tests.") and any(part.startswith("test_") for part in name.split("."))
    ]
    assert found == []


def test_the_tools_of_tests_need_no_world() -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (TESTS / "support").rglob("*.py")
        for name in imported(path)
        if name.startswith("tests.") and not name.startswith("tests.support.")
    ]
    assert found == []
