"""What the commands do to an installation, on the backend in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.environment import PLACEHOLDERS
from infra.stages import Stage, load_stage
from operations import audit, identity, orders, replay
from operations.command import parser
from operations.commands import CommandError
from telesalud.platform import backend
from telesalud.platform.memory.backend import MemoryBackend, MovedClock

CONTEXTS = ("identity", "orders")
PERIOD = "--since 2020-01-01T00:00:00-03:00 --until 2100-01-01T00:00:00-03:00"
PRODUCT = {
    "code": "DEMO-0001",
    "atc": "J01CA04",
    "name": "Amoxicilina",
    "substances": ["amoxicillin"],
    "form": "cápsula",
    "strength": "500 mg",
    "unit": "cápsula",
    "routes": ["oral"],
    "controlled": False,
}


def settings_of(_: Stage, context: str) -> dict[str, str]:
    """As the stage's function would answer."""
    return {**PLACEHOLDERS, "TELESALUD_CONTEXT": context, "TELESALUD_TABLE": f"test-{context}"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[MovedClock]:
    """The installation's."""
    clock, stage = MovedClock(), load_stage("local")
    environments = {context: settings_of(stage, context) for context in CONTEXTS}
    backend.use(MemoryBackend(environments, clock))
    for subject in (identity, orders, audit, replay):
        monkeypatch.setattr(subject, "settings_of", settings_of)
    yield clock
    backend.use(None)


def run(line: str) -> None:
    arguments = parser().parse_args(line.split())
    arguments.does(load_stage("local"), arguments)


def test_an_institution_gets_an_administrator_with_a_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run("admin create-tenant hospital-demo --name Hospital")
    run("admin create-admin hospital-demo administracion --name Administración")
    shown = capsys.readouterr().out
    assert "created hospital-demo" in shown
    assert "one-time code" in shown


def test_a_partners_secret_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    run("admin create-tenant hospital-demo --name Hospital")
    run("admin register-client hospital-demo --name Laboratorio --scope patients.read")
    assert "client secret" in capsys.readouterr().out


def test_a_catalogue_is_replaced_by_a_file_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "formulary.json"
    file.write_text(json.dumps({"items": [PRODUCT]}), "utf-8")
    for version in (1, 2):
        run(f"orders import hospital-demo formulary {file}")
        assert f"1 items in use as version {version}" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.json"):
        run("orders import hospital-demo formulary nowhere.json")


def test_entries_that_nobody_sealed_make_a_trail_unsound(
    clock: MovedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    run("admin create-tenant hospital-demo --name Hospital")
    clock.advance(days=1)
    with pytest.raises(CommandError, match="not sound"):
        run("audit verify hospital-demo")
    assert capsys.readouterr().out


def test_every_event_of_a_period_is_published_again(capsys: pytest.CaptureFixture[str]) -> None:
    run("admin create-tenant hospital-demo --name Hospital")
    run("admin create-admin hospital-demo administracion --name Administración")
    run(f"replay events identity {PERIOD}")
    assert "published 1 of 1 events" in capsys.readouterr().out
