"""A practice on one computer, through its own address: it opens, works, dies and comes back."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from infra.tools import ROOT
from operations.site.key_slots import KeySlots
from tests.worlds.first_day import shown

PASSWORD = "Colibri-Verde-77-Mesa"
WHO = ["--tenant", "puesto-demo", "--user-name", "admin.demo"]
ADMIN = {"tenant": "puesto-demo", "user_name": "admin.demo", "password": PASSWORD}
NAMED = ["--name", "Puesto Demostración", "--display-name", "Administración Demostración"]


def command(folder: Path, *arguments: str, port: int = 8090, password: str = PASSWORD) -> list[str]:
    os.environ["TELESALUD_SITE_PASSWORD"] = password
    start = [sys.executable, "-m", "operations.site.command", "--folder", str(folder)]
    return [*start, "--port", str(port), *arguments]


def run(
    folder: Path, *arguments: str, password: str = PASSWORD
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *arguments, password=password),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an institution."""
    folder = tmp_path_factory.mktemp("practice") / "record"
    done = run(folder, "init", *WHO, *NAMED)
    assert done.returncode == 0, done.stderr
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[tuple[httpx.Client, "subprocess.Popen[bytes]"]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with (
        subprocess.Popen(
            command(folder, "serve", port=port),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
        httpx.Client(base_url=f"http://localhost:{port}", timeout=60) as http,
    ):
        until = time.monotonic() + 60
        while True:
            try:
                http.get("/api/identity/me")
                break
            except httpx.TransportError:
                assert time.monotonic() < until, "it does not answer"
                time.sleep(0.1)
        try:
            yield http, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def log_in(http: httpx.Client, second_factor: str = "") -> httpx.Response:
    body = {**ADMIN, "refresh": "body"} | (
        {"second_factor": second_factor} if second_factor else {}
    )
    return http.post("/api/identity/sessions", json=body)


def enrol(http: httpx.Client) -> list[str]:
    """Give the administrator a second factor; its recovery codes."""
    secret = http.post("/api/identity/second-factor", json=ADMIN).json()["secret"]
    answer = http.post(
        "/api/identity/second-factor/confirmation",
        json={**ADMIN, "code": shown(secret, datetime.now(UTC))},
    )
    codes: list[str] = answer.json()["codes"]
    return codes


def test_a_locked_folder_answers_nothing_but_a_sign_in(made: Path) -> None:
    with serving(made) as (http, _):
        assert http.get("/", headers={"Host": "attacker.invalid"}).status_code == 403
        refused = http.get("/api/patients/search", params={"q": "demo"})
        assert refused.status_code == 401
        assert refused.json()["type"] == "urn:telesalud:problem:unauthenticated"
        wrong = {**ADMIN, "password": "another one"}
        assert http.post("/api/identity/sessions", json=wrong).status_code == 401
        assert http.post("/api/identity/sessions", content=b"{").status_code == 401
        assert http.get("/api/identity/.well-known/jwks.json").status_code == 401
        assert log_in(http).json()["type"].endswith("second-factor-enrolment-required"), (
            "it is open now"
        )
        assert http.get("/api/identity/.well-known/jwks.json").status_code == 200


def test_a_second_installation_is_never_made_over_the_first(made: Path) -> None:
    before = (made / "slots.json").read_bytes()
    done = run(made, "init", *WHO, *NAMED)
    assert done.returncode == 1
    assert "choose another folder" in done.stderr
    assert (made / "slots.json").read_bytes() == before


def test_a_copy_is_examined_before_it_becomes_a_folder(made: Path, tmp_path: Path) -> None:
    copy, restored = tmp_path / "copy.tar", tmp_path / "restored"
    done = run(made, "backup", str(copy), *WHO)
    assert done.returncode == 0, done.stderr
    assert b"Demostraci" not in copy.read_bytes()
    wrong = run(restored, "restore", str(copy), *WHO, password="another one")
    assert (wrong.returncode, restored.exists()) == (1, False)
    damaged = tmp_path / "damaged.tar"
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    assert run(restored, "restore", str(damaged), *WHO).returncode == 1
    assert not restored.exists(), "nothing is left of a copy that was refused"
    assert run(restored, "restore", str(copy), *WHO).returncode == 0
    again = run(restored, "restore", str(copy), *WHO)
    assert "name a new folder" in again.stderr
    with serving(restored) as (http, _):
        assert log_in(http).json()["type"].endswith("second-factor-enrolment-required")


def test_what_was_acknowledged_is_there_after_a_kill(made: Path, tmp_path: Path) -> None:
    copy, folder = tmp_path / "copy.tar", tmp_path / "killed"
    assert run(made, "backup", str(copy), *WHO).returncode == 0
    assert run(folder, "restore", str(copy), *WHO).returncode == 0
    added = []
    with serving(folder) as (http, process):
        assert log_in(http).status_code == 403, "an administrator needs a second factor"
        codes = enrol(http)
        signed_in = {"Authorization": f"Bearer {log_in(http, codes[0]).json()['access_token']}"}
        for number in range(5):
            site = {"name": f"Sede {number}", "zone": "America/Lima"}
            headers = {**signed_in, "Idempotency-Key": f"site-{number:04d}"}
            answer = http.post("/api/appointments/sites", json=site, headers=headers)
            assert answer.status_code == 201, answer.text
            added.append(answer.json()["id"])
        meanwhile = run(folder, "backup", str(tmp_path / "meanwhile.tar"), *WHO)
        assert meanwhile.returncode == 0, "a copy is made while people work"
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    with serving(folder) as (http, _):
        assert http.get("/api/appointments/sites", headers=signed_in).status_code == 401
        again = {"Authorization": f"Bearer {log_in(http, codes[1]).json()['access_token']}"}
        found = http.get("/api/appointments/sites", headers=again).json()["items"]
        assert sorted(site["id"] for site in found) == sorted(added)
        _dismissed_people_open_nothing(http, again, folder)


def _dismissed_people_open_nothing(
    http: httpx.Client, administrator: dict[str, str], folder: Path
) -> None:
    new = {"user_name": "nurse.demo", "display_name": "Enfermería Demostración", "roles": ["nurse"]}
    headers = {**administrator, "Idempotency-Key": "nurse-0001"}
    made = http.post("/api/identity/users", json=new, headers=headers).json()
    who = {"tenant": "puesto-demo", "user_name": "nurse.demo"}
    code = {**who, "code": made["one_time_code"]["code"], "new_password": PASSWORD}
    assert http.post("/api/identity/password-resets", json=code).status_code == 204
    started = {**who, "password": PASSWORD, "refresh": "body"}
    assert http.post("/api/identity/sessions", json=started).status_code == 201
    slots = KeySlots(folder / "slots.json")
    assert slots.opens("puesto-demo", "nurse.demo", PASSWORD), (
        "who has signed in opens it next time"
    )
    path = f"/api/identity/users/{made['user']['id']}"
    version = http.get(path, headers=administrator).headers["ETag"]
    change = {**new, "language": "es", "active": False}
    del change["user_name"]
    answer = http.put(path, json=change, headers={**administrator, "If-Match": version})
    assert answer.status_code == 200, answer.text
    until = time.monotonic() + 30
    while slots.opens("puesto-demo", "nurse.demo", PASSWORD):
        assert time.monotonic() < until, "who was dismissed still opens the folder"
