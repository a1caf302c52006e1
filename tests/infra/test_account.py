"""What the account itself records and tells, and what deployers can never do."""

from __future__ import annotations

import json
from typing import Any

from infra.render import load
from infra.tools import ROOT

ACCOUNT: dict[str, Any] = load(ROOT / "infra" / "account.yaml")["Resources"]
BOOTSTRAP: dict[str, Any] = load(ROOT / "infra" / "bootstrap.yaml")["Resources"]


def test_whoever_touches_keys_locks_or_the_trail_is_heard_of() -> None:
    """A key's deletion takes 30 days; without its keys the record is noise."""
    rule = ACCOUNT["GuardRailsTouched"]["Properties"]
    assert set(rule["EventPattern"]["detail"]["eventName"]) >= {
        "ScheduleKeyDeletion",
        "DisableKey",
        "StopLogging",
        "PutObjectLockConfiguration",
        "DeleteBackupVaultLockConfiguration",
    }
    assert rule["Targets"][0]["Arn"] == {"Ref": "Told"}


def test_the_trail_covers_every_region_and_peoples_files() -> None:
    trail = ACCOUNT["Trail"]["Properties"]
    assert trail["IsMultiRegionTrail"] is True
    assert trail["EnableLogFileValidation"] is True
    assert "AWS::S3::Object" in json.dumps(trail["AdvancedEventSelectors"])
    assert ACCOUNT["TrailBucket"]["Properties"]["ObjectLockEnabled"] is True


def test_a_deployer_can_neither_delete_keys_nor_data() -> None:
    statements = BOOTSTRAP["DeployerPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [never] = [each for each in statements if each["Effect"] == "Deny"]
    assert set(never["Action"]) >= {
        "kms:ScheduleKeyDeletion",
        "kms:DisableKey",
        "dynamodb:DeleteTable",
        "s3:DeleteBucket",
    }
    allowed = [each for each in statements if each["Effect"] == "Allow"]
    assert not any("*" in action for each in allowed for action in _listed(each["Action"]))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value
