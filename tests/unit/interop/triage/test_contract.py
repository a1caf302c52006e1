"""What integrators are given works: the example, and the clients in two languages."""

import json
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.tools import ROOT
from schemas.triage import TriageMessage
from telesalud.platform.webhooks.signature import headers_for, sign, verify
from tests.worlds.interop.citizens import Desk

EXAMPLES = ROOT / "docs" / "interop" / "examples"
BODY = (EXAMPLES / "triage.json").read_bytes()
SECRET = "whsec_demo"  # of an example


def test_the_example_is_taken_whole() -> None:
    TriageMessage.model_validate_json(BODY)
    assert Desk.open().send_signed(BODY).mapped


def test_the_python_client_signs_and_checks_as_we_do() -> None:
    client = runpy.run_path(str(EXAMPLES / "channel.py"))
    now = Desk.open().world.clock()
    at = int(now.timestamp())
    headers = {"Telesalud-Signature": client["signature"](SECRET, BODY, at)}
    verify([SECRET], headers, BODY, now)
    ours = sign(["whsec_new", SECRET], BODY, now)
    assert client["is_genuine"](SECRET, ours, BODY, at)
    assert not client["is_genuine"](SECRET, ours, BODY + b" ", at)
    assert not client["is_genuine"](SECRET, ours, BODY, at + 301)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
def test_the_javascript_client_signs_and_checks_as_we_do(tmp_path: Path) -> None:
    now = Desk.open().world.clock()
    at = int(now.timestamp())
    script = f"""
import {{ isGenuine, signature }} from {json.dumps((EXAMPLES / "channel.mjs").as_uri())};
import {{ readFileSync }} from 'node:fs';
const body = readFileSync({json.dumps(str(EXAMPLES / "triage.json"))});
const ours = {json.dumps(headers_for("n", [SECRET], BODY, now)["Telesalud-Signature"])};
console.log(JSON.stringify([signature({json.dumps(SECRET)}, body, {at}) === ours,
  isGenuine({json.dumps(SECRET)}, ours, body, {at}),
  isGenuine({json.dumps(SECRET)}, ours, Buffer.from('x'), {at})]));
"""
    file = tmp_path / "check.mjs"
    file.write_text(script, "utf-8")
    done = subprocess.run(["node", str(file)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, True, False]
