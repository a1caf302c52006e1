"""What no committed file may contain."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from infra.tools import ROOT
from tests.support.some import some

REGISTRIES = re.compile(
    r"(files\.pythonhosted|registry\.npmjs|registry\.yarnpkg|index\.docker|pypi\.python|npmmirror)"
    r"\.(org|com|io)"
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/[\w.-]+")
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b"
)
SELF = Path(__file__)


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return some(path for path in paths if path.is_file() and path != SELF)


def offenders(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in committed():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # images, fonts and archives
        if match := pattern.search(text):
            found.append(f"{path.relative_to(ROOT)}: {match.group(0)}")
    return found


def test_no_file_names_a_package_registrys_host() -> None:
    assert offenders(REGISTRIES) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert offenders(MACHINE_PATHS) == []


def test_no_file_holds_a_private_key_or_an_access_key() -> None:
    assert offenders(SECRETS) == []


def test_locks_pin_every_package_by_hash() -> None:
    for lock in some((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text("utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==", text, re.MULTILINE)
        assert pinned, lock.name
        for block in re.split(r"\n(?=[a-z0-9])", text[text.index("\n" + pinned[0]) + 1 :]):
            assert "--hash=sha256:" in block, f"{lock.name}: {block.splitlines()[0]}"


def test_the_formatter_lays_out_every_line() -> None:
    withheld = re.compile(r"#\s*fmt:\s*(?:skip|off)")
    assert offenders(withheld) == []
