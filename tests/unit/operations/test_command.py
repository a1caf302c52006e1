"""The operators' command: what it takes, and what it refuses before it touches a stage."""

from __future__ import annotations

import pytest

from operations.command import main, parser
from operations.consults import issue_legacy_token, revoke_legacy_token
from operations.identity import create_admin, create_tenant, register_client, reset_user
from operations.orders import import_catalogue
from operations.replay import replay_dead_letters, replay_events
from operations.restore import plan, ready_table, restore_table, verify_table
from operations.terminology import import_terminology
from operations.video import remove_shard

PERIOD = "--since 2027-01-31T08:00:00-03:00 --until 2027-01-31T09:00:00-03:00"


@pytest.mark.parametrize(
    ("line", "does"),
    [
        ("admin create-tenant hospital-norte --name Norte", create_tenant),
        ("admin create-admin hospital-norte admin --name Admin", create_admin),
        ("admin reset-user hospital-norte user-1 --second-factor", reset_user),
        ("admin register-client hospital-norte --name Lab --scope a --scope b", register_client),
        (
            "admin issue-legacy-token hospital-norte --partner p --name P --time-zone America/Lima",
            issue_legacy_token,
        ),
        ("admin revoke-legacy-token hospital-norte", revoke_legacy_token),
        ("orders import hospital-norte formulary list.csv", import_catalogue),
        ("terminology import icd11 --release 2025-01 --es file.txt", import_terminology),
        (f"replay events consults {PERIOD}", replay_events),
        ("restore plan", plan),
        ("--stage prod video remove-shard blue", remove_shard),
        ("restore table patients --at 2027-01-31T08:00:00-03:00", restore_table),
        ("restore ready telesalud-prod-b-patients-copy", ready_table),
        ("restore verify patients telesalud-prod-patients-20270131t110000", verify_table),
        ("--stage prod replay dead-letters consults deliveries", replay_dead_letters),
    ],
)
def test_each_command_is_found_by_its_words(line: str, does: object) -> None:
    assert parser().parse_args(line.split()).does is does


@pytest.mark.parametrize("line", ["", "admin", "admin create-tenant", "audit verify"])
def test_a_command_without_what_it_needs_is_refused(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        parser().parse_args(line.split())
    assert refused.value.code == 2
    assert "required" in capsys.readouterr().err


def test_a_moment_without_an_offset_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    line = "replay events consults --since 2027-01-31T08:00:00 --until 2027-01-31T09:00:00"
    with pytest.raises(SystemExit):
        parser().parse_args(line.split())
    assert "say the offset" in capsys.readouterr().err


def test_an_unknown_stage_is_refused_with_a_sentence() -> None:
    with pytest.raises(SystemExit, match="telesalud: no stage 'mars'"):
        main(["--stage", "mars", "audit", "verify", "hospital-norte"])


def test_one_subject_is_replayed_only_where_its_institution_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")  # put back after the command changed it
    with pytest.raises(SystemExit, match="--subject needs --tenant"):
        main(f"--stage prod replay events consults {PERIOD} --subject p-1".split())
