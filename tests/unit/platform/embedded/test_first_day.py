"""Every context in one process, over HTTP, where the AWS SDK and Chalice do not exist at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.tools import ROOT

WITHOUT = ("boto3", "botocore", "chalice")
LIVE = f"""
import sys
from pathlib import Path
sys.modules.update(dict.fromkeys({WITHOUT}))  # importing one of them fails from here on
from tests.worlds.first_day import main
main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
"""


@pytest.mark.parametrize("place", ["memory", "folder"])
def test_an_institution_lives_its_first_day_without_a_cloud(place: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIVE, *([str(tmp_path)] if place == "folder" else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("{")] == [
        "logged in with password and second factor",
        "registered a patient whose chart is closed to who does not treat them",
        "booked, and the booking opened the chart to its practitioner only",
        "signed an encounter",
        "prescribed from the formulary and signed",
        "cancelled, and every context followed",
    ]
    assert [line for line in lines if '"level":"ERROR"' in line] == []
