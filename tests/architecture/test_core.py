"""The browser tests that every run of `make test` includes are there."""

from __future__ import annotations

import re

from infra.tools import ROOT
from tests.browser.conftest import CORE


def test_each_core_browser_test_exists() -> None:
    files = (ROOT / "tests" / "browser").glob("test_*.py")
    defined = {name for file in files for name in re.findall(r"def (test_\w+)", file.read_text())}
    assert defined >= CORE
