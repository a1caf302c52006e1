"""The generated OpenAPI documents read as if somebody had written them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.openapi import OPENAPI
from tests.support.some import some

DOCUMENTS = sorted(OPENAPI.glob("*.json"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_no_component_is_named_after_a_module(document: Path) -> None:
    """Two classes of one name would show their modules' paths; one of them gets a better name."""
    names = json.loads(document.read_text("utf-8"))["components"]["schemas"]
    assert [name for name in some(names) if "__" in name] == []
