"""cfn-lint and checkov over every rendered template."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

from infra.tools import ROOT, environment
from tests.infra.conftest import STACKS, rendered
from tests.support.some import some

BY_HAND = (ROOT / "infra" / "bootstrap.yaml", ROOT / "infra" / "account.yaml")
"""What an administrator deploys once."""
CONFIG = ROOT / "infra" / "checkov.yaml"


def templates() -> list[str]:
    return [str(rendered(stage, stack).path) for stage, stack in STACKS if stage == "prod"]


def without_aliases(path: str, place: Path) -> Path:
    """The template as cfn-lint can read it: it does not know what SAM makes of `.Alias`.

    tests/infra/test_gradual.py reads these after the transform.
    """
    known = re.sub(r'"Ref": "(\w+)\.Alias"', r'"Ref": "\1"', Path(path).read_text())
    copy = place / f"{Path(path).parent.name}.json"
    copy.write_text(known.replace(".Alias}", ".Arn}"))
    return copy


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    copies = [without_aliases(path, tmp_path) for path in templates()]
    cfn_lint = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run(
        [cfn_lint, "--regions", "sa-east-1", "us-east-1", "--", *copies, *BY_HAND],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_checkov_finds_nothing() -> None:
    options = [option for path in templates() for option in ("-f", path)]
    done = subprocess.run(
        [environment("checkov") / "checkov", "--config-file", CONFIG, "-o", "json", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    summary = json.loads(done.stdout)
    failed = [
        f"{each['check_id']} {each['file_path']} {each['resource']}: {each['check_name']}"
        for each in summary["results"]["failed_checks"]
    ]
    assert failed == []
    assert summary["summary"]["passed"] > 100
    assert summary["summary"]["parsing_errors"] == 0


def test_every_skipped_check_has_a_reason() -> None:
    lines = CONFIG.read_text().splitlines()
    skipped = yaml.safe_load(CONFIG.read_text())["skip-check"]
    for check in some(skipped):
        place = lines.index(f"  - {check}")
        assert lines[place - 1].strip().startswith("#"), check
    skipped_in_templates = some(
        (stage, stack, name, skip["comment"])
        for stage, stack in STACKS
        for name, resource in rendered(stage, stack).resources.items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    )
    for *where, comment in skipped_in_templates:
        assert len(comment) > 20, where
