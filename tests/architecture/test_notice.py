"""What asks for more than a mention is named in NOTICE."""

import re
from importlib.metadata import PackageNotFoundError, metadata

from infra.tools import ROOT

PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==", re.MULTILINE)


def licence(package: str) -> str:
    """What the package says of its licence; nothing for one of another system."""
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return ""
    fields = ("License-Expression", "License", "Classifier")
    return " ".join(each[:90] for field in fields for each in said.get_all(field) or [])


def test_every_part_under_a_copyleft_licence_is_named() -> None:
    pinned = PINNED.findall((ROOT / "requirements" / "runtime.txt").read_text())
    assert len(pinned) > 15
    notice = (ROOT / "NOTICE").read_text()
    copyleft = [each for each in pinned if re.search(r"GPL|MPL|EUPL|CC-BY-SA", licence(each))]
    assert "fpdf2" in copyleft
    assert [each for each in copyleft if each not in notice] == []
