"""The Lua libraries under plain Lua, and the modules under the linter."""

import json
import subprocess

from jitsi_cluster.harness.control_plane import sign
from jitsi_cluster.harness.prosody_server import MODULES, ROOT
from schemas.video import SIGNATURE_HEADER
from tests.jitsi.conftest import require

PROSODY = ROOT / "jitsi_cluster" / "prosody"


def test_the_lua_libraries_pass_their_unit_tests() -> None:
    require("busted")
    run = subprocess.run(
        [PROSODY / "spec" / "run.sh", "--output=json"], capture_output=True, text=True, check=False
    )
    results = json.loads(run.stdout)
    assert [f["name"] for f in results["failures"] + results["errors"]] == []
    assert len(results["successes"]) >= 28


def test_the_modules_are_free_of_lint() -> None:
    require("luacheck")
    run = subprocess.run(
        ["luacheck", ".", "--no-color"], cwd=PROSODY, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def test_python_and_lua_sign_alike_and_as_the_contract_says() -> None:
    header = sign("secret", b'{"room":"x"}', 1764000000)
    contract = (ROOT / "jitsi_cluster" / "contract.md").read_text()
    assert header in contract
    assert header in (PROSODY / "spec" / "wire_spec.lua").read_text()
    assert f'"{SIGNATURE_HEADER}"' in (MODULES / "telesalud_wire.lib.lua").read_text()
