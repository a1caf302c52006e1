"""Questionnaires are added and taken out before the functions are packaged."""

import json
import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from operations import forms
from operations.command import parser
from operations.commands import CommandError
from telesalud.patients.questionnaires import library


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with one of the forms in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(forms.FOLDER / "gad-7.json", folder)
    monkeypatch.setattr(forms, "FOLDER", folder)
    return folder


def run(*words: str) -> None:
    arguments = parser().parse_args(["forms", *words])
    arguments.does(None, arguments)


def test_forms_are_listed_with_who_holds_them(capsys: pytest.CaptureFixture[str]) -> None:
    run("list")
    [line] = [one for one in capsys.readouterr().out.splitlines() if one.startswith("audit ")]
    assert "World Health Organization" in line
    assert "not-commercial" in line


def test_a_checked_form_is_added_and_never_over_another_unasked(
    folder: Path, tmp_path: Path
) -> None:
    source = Path(library.__file__).parent / "data" / "phq-9.json"
    run("import", str(source))
    assert (folder / "phq-9.json").read_bytes() == source.read_bytes()
    with pytest.raises(CommandError, match="--replace"):
        run("import", str(source))
    run("import", str(source), "--replace")
    wrong = json.loads(source.read_text("utf-8"))
    del wrong["licence"]
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), "utf-8")
    with pytest.raises(ValidationError, match="licence"):
        run("import", str(tmp_path / "wrong.json"))


def test_a_form_is_taken_out_once(folder: Path) -> None:
    run("remove", "gad-7")
    assert list(folder.iterdir()) == []
    with pytest.raises(CommandError, match="no form"):
        run("remove", "nope")
