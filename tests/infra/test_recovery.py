"""What decides whether data can be recovered, and cannot be changed once there is data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from infra.package import package
from infra.stages import Stage, load_stage
from tests.infra.conftest import Installation, rendered

ADOPTABLE = ("DataKey", "StorageKey", "IdentitySigningKey", "ParticipantSigningKey")


def test_every_key_can_have_a_replica_in_another_region(installation: Installation) -> None:
    """A single-Region key never becomes a multi-Region one: whatever it sealed stays with it."""
    for _, name, properties in installation.each("AWS::KMS::Key"):
        assert properties["MultiRegion"] is True, name


def test_production_has_a_replica_of_the_key_that_opens_the_record() -> None:
    stage = load_stage("prod")
    assert stage.region_of("recovery") not in ("", stage.region)
    [replica] = rendered("prod", "recovery").of_type("AWS::KMS::ReplicaKey").values()
    assert replica["Properties"]["PrimaryKeyArn"] == {"Ref": "DataKeyArn"}
    assert replica["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_stage_without_a_second_region_has_no_recovery_stack() -> None:
    assert not {"recovery", "backup"} & set(Stage("clinic").stacks())


def test_a_new_foundation_can_adopt_the_keys_of_a_lost_one() -> None:
    """Its tables and buckets outlive a stack, and nothing opens them but the keys of before."""
    foundation = rendered("prod", "foundation")
    for name in ADOPTABLE:
        assert foundation.resources[name]["Condition"] == f"Own{name}"
        adopted = {"Fn::Equals": [{"Ref": f"Existing{name}Arn"}, ""]}
        assert foundation.template["Conditions"][f"Own{name}"] == adopted
        own, existing = {"Fn::GetAtt": [name, "Arn"]}, {"Ref": f"Existing{name}Arn"}
        chosen = {"Fn::If": [f"Own{name}", own, existing]}
        assert foundation.template["Outputs"][f"{name}Arn"] == {"Value": chosen}
        rest = json.dumps(foundation.template).replace(json.dumps(chosen), "")
        assert json.dumps(own) not in rest, "a resource would still want the key of this stack"
        assert json.dumps({"Ref": name}) not in rest


def test_the_archive_of_digests_is_named_after_the_context_not_its_table() -> None:
    """A restored table has another name; its trail is still compared with what was archived."""
    for app in ("identity", "patients"):
        role = json.dumps(rendered("prod", app).resources["SealAuditRole"])
        assert f"audit-digests/{app}/*" in role


def test_a_stack_serves_from_a_restored_table_and_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BYTECODE", "0")
    restored = "telesalud-prod-identity-20261130t120000"
    stage = replace(load_stage("prod"), restored={"identity": restored})
    template = json.loads(package(stage, "identity").template.read_text())
    assert template["Resources"].pop("Table")["DeletionPolicy"] == "RetainExceptOnCreate"
    rest = json.dumps(template)
    assert '{"Ref": "Table"}' not in rest
    assert '["Table", ' not in rest
    assert template["Parameters"]["RestoredStreamArn"] == {"Type": "String"}
    assert template["Outputs"]["IdentityTableName"] == {"Value": restored}


def test_everything_that_cannot_be_made_again_is_copied_daily_into_another_region() -> None:
    stage = load_stage("prod")
    backup = rendered("prod", "backup").resources
    [rule] = backup["Plan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    [copy] = rule["CopyActions"]
    assert copy["DestinationBackupVaultArn"] == {"Ref": "CopiesVaultArn"}
    assert "CopiesVaultArn" in rendered("prod", "recovery").template["Outputs"]
    stacks = stage.stacks()
    assert stacks.index("recovery") < stacks.index("backup"), "the vault is there before the plan"

    [chosen] = backup["Selection"]["Properties"]["BackupSelection"]["ListOfTags"]
    tag = {"Key": chosen["ConditionKey"], "Value": chosen["ConditionValue"]}
    contexts = [app for app in stage.apps() if app != "paho"]
    foundation = rendered("prod", "foundation").resources
    kept = [rendered("prod", app).resources["Table"] for app in contexts]
    kept += [foundation["BlobsBucket"], foundation["AuditBucket"]]
    for each in kept:
        assert tag in each["Properties"]["Tags"], each["Properties"]


def test_copies_cannot_be_deleted_early_and_their_failure_pages() -> None:
    for stack, vault in (("backup", "Vault"), ("recovery", "Copies")):
        resource = rendered("prod", stack).resources[vault]
        assert resource["Properties"]["LockConfiguration"]["MinRetentionDays"] >= 7
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    for alarm in ("BackupsFail", "CopiesFail", "NoBackups"):
        actions = rendered("prod", "backup").resources[alarm]["Properties"]["AlarmActions"]
        assert actions == [{"Ref": "PagesTopicArn"}], alarm
