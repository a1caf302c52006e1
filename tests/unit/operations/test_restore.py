"""A rehearsal of a recovery: a table goes back to a moment, opens, and serves."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import BaseModel

from infra.package import BASES
from infra.restored import use_restored
from infra.stages import Stage
from operations import restore
from operations.commands import CommandError
from telesalud.platform import backend
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.errors import Gone
from telesalud.platform.parts import services_from
from telesalud.platform.sealed import seal_model
from telesalud.platform.settings import Settings
from telesalud.platform.store import Key, Put
from telesalud.platform.vault import Scope
from tests.support.tables import make_table

LIVE, TENANT, PATIENT = "telesalud-prod-patients", "hospital-demo", "p-1"
STAGE = Stage("prod", production=True)
AT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
RESTORED = "telesalud-prod-patients-20261130t120000"


class Note(BaseModel):
    text: str


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The live patients table with one sealed note, as its functions are configured."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("TELESALUD_AWS_TRANSPORT", "boto3")  # what moto stands in for
    made_once = (clients._session, clients.records, clients.keys, clients.dynamodb, clients.kms)
    with mock_aws():
        for made in made_once:
            made.cache_clear()
        backend.use(None)
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        given = {
            "TELESALUD_STAGE": "prod",
            "TELESALUD_CONTEXT": "patients",
            "TELESALUD_TABLE": LIVE,
            "TELESALUD_DATA_KEY": key,
            "TELESALUD_STORAGE_KEY": key,
            "TELESALUD_ORIGIN": "https://clinic.example",
            "TELESALUD_FRONT_DOOR_SHA256": "0" * 64,
        }
        monkeypatch.setattr(restore, "settings_of", lambda *_: given)
        client: Any = boto3.client("dynamodb")
        make_table(client, LIVE)
        recovery = {"PointInTimeRecoveryEnabled": True}
        client.update_continuous_backups(TableName=LIVE, PointInTimeRecoverySpecification=recovery)
        write(given)
        yield given
    for made in made_once:
        made.cache_clear()


def write(given: dict[str, str]) -> None:
    """A note of a patient, sealed with their key."""
    place = Key(f"PATIENT#{TENANT}#{PATIENT}", "NOTE#1")
    services = services_from(Settings.load(given))
    services.vault.lookup(TENANT, "document", "DEMO-1")
    sealed = seal_model(services.vault, Scope(TENANT, PATIENT), place, Note(text="alergia"))
    DynamoStore(LIVE, clients.dynamodb).transact([Put(place, {"data": sealed})])


def arguments(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(context="patients", at=AT, **given)


def test_a_table_is_restored_beside_the_live_one_with_what_no_restore_brings(
    settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):  # whoever lost the terminal runs it again
        restore.restore_table(STAGE, arguments())
    client = clients.dynamodb()
    table = client.describe_table(TableName=RESTORED)["Table"]
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert table["DeletionProtectionEnabled"] is True
    expiry = client.describe_time_to_live(TableName=RESTORED)["TimeToLiveDescription"]
    assert expiry["AttributeName"] == "expires_at"
    backups = client.describe_continuous_backups(TableName=RESTORED)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert f"restored: {{ patients: {RESTORED} }}" in capsys.readouterr().out
    assert restore.examine(settings, RESTORED).opened == 1


def test_a_restored_table_is_proved_to_open(
    settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    restore.restore_table(STAGE, arguments())
    restore.verify_table(STAGE, arguments(table=RESTORED))
    assert "1 sealed values opened, 0 did not" in capsys.readouterr().out


def test_a_table_under_another_vaults_name_is_not_fit_to_serve(settings: dict[str, str]) -> None:
    """As every restored table was while the vault was named after the table."""
    restore.restore_table(STAGE, arguments())
    other = {**settings, "TELESALUD_CONTEXT": RESTORED}
    found = restore.examine(other, RESTORED)
    assert (found.opened, found.closed, found.fit) == (0, 1, False)
    empty = make_table(clients.dynamodb(), "telesalud-prod-empty")
    with pytest.raises(CommandError, match="not fit to serve"):
        restore.verify_table(STAGE, arguments(table=empty))


def test_a_destroyed_record_does_not_come_back_with_a_restored_table(
    settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever was destroyed after the moment is whole in the restored table."""
    restore.restore_table(STAGE, arguments())
    services_from(Settings.load(settings)).vault.shred(Scope(TENANT, PATIENT))
    with pytest.raises(CommandError, match="1 destroyed records would be back"):
        restore.verify_table(STAGE, arguments(table=RESTORED))

    again = arguments(table=RESTORED, source="", publish=False)
    for _ in range(2):
        restore.destroy_again(STAGE, again)
    assert "1 keys destroyed again" in capsys.readouterr().out
    vault = services_from(Settings.load({**settings, "TELESALUD_TABLE": RESTORED})).vault
    with pytest.raises(Gone):
        vault.seal(Scope(TENANT, PATIENT), "any", b"x")
    assert list(restore._destroyed(LIVE, RESTORED)) == []
    found = restore.examine(settings, RESTORED)
    assert (found.closed, found.other) == (0, 1), "a destroyed record is no fault of the table"


def test_a_plan_takes_all_tables_to_one_moment(
    settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    record = Stage("prod", modules=("record",))
    restore.plan(record, argparse.Namespace(at=None))
    printed = capsys.readouterr().out
    moments = {line.rpartition(" ")[2] for line in printed.splitlines() if "restore table" in line}
    assert len(moments) == 1
    planned = [line.split()[5] for line in printed.splitlines() if "restore table" in line]
    assert planned == [each for each in restore.CONTEXTS if each in record.apps()]
    with pytest.raises(CommandError, match="cannot go back"):
        restore.plan(record, argparse.Namespace(at=AT + timedelta(days=3650)))


def test_every_context_with_a_table_can_be_restored() -> None:
    """A context that is forgotten here is the one that a ministry cannot bring back."""
    with_tables = {app for app in Stage("prod").apps() if app not in BASES}
    assert set(restore.CONTEXTS) == with_tables


def test_a_stage_that_names_a_restored_table_means_it_everywhere() -> None:
    template: dict[str, Any] = {
        "Parameters": {},
        "Globals": {"Variables": {"TELESALUD_TABLE": {"Ref": "Table"}}},
        "Resources": {
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": LIVE}},
            "Role": {"Resource": [{"Fn::GetAtt": ["Table", "Arn"]}]},
            "Reader": {"EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}},
        },
        "Outputs": {"PatientsTableName": {"Value": {"Ref": "Table"}}},
    }
    use_restored(template, RESTORED)
    assert template["Globals"]["Variables"] == {"TELESALUD_TABLE": RESTORED}
    assert template["Outputs"]["PatientsTableName"] == {"Value": RESTORED}
    [right] = template["Resources"]["Role"]["Resource"]
    assert right["Fn::Sub"].endswith(f":table/{RESTORED}")
    assert template["Resources"]["Reader"] == {"EventSourceArn": {"Ref": "RestoredStreamArn"}}
    assert template["Resources"]["Table"]["Properties"]["TableName"] == LIVE, "it is kept"
