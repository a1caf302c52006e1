"""Media between two real browsers, relayed by coturn, in a network that has loopback only."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jitsi_cluster.harness.prosody_server import ROOT
from tests.jitsi.conftest import require


@pytest.mark.browser
def test_two_browsers_hold_a_relayed_call_and_expired_credentials_hold_none(
    tmp_path: Path,
) -> None:
    for program in ("turnserver", "chromium", "unshare", "ip"):
        require(program)
    isolate = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--net"]
    run = subprocess.run(
        [*isolate, sys.executable, "-m", "tests.jitsi.relay_call", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    result = json.loads(run.stdout)
    for side in result["call"]:
        assert side["state"] == "connected"
        assert (side["local"], side["remote"]) == ("relay", "relay")
        assert side["frames_per_second"] >= 5
    assert result["expired"]["candidates"] == 0
    assert 401 in result["expired"]["errors"]
