"""Uploads are scanned on AWS, and by nothing that would need a network of its own."""

from __future__ import annotations

import json

from infra.stages import load_stage
from tests.infra.conftest import rendered

VERDICT_WRITERS = {"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}


def test_production_scans_what_is_uploaded() -> None:
    assert load_stage("prod").parameters["Scanner"] == "guardduty"
    foundation = rendered("prod", "foundation").resources
    plan = foundation["UploadsScan"]["Properties"]
    assert plan["ProtectedResource"]["S3Bucket"]["BucketName"] == {"Ref": "UploadsBucket"}
    assert plan["Actions"]["Tagging"]["Status"] == "ENABLED"


def test_only_the_scanner_writes_verdicts() -> None:
    foundation = rendered("prod", "foundation").resources
    statements = foundation["UploadsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [denied] = [each for each in statements if each["Sid"] == "OnlyTheScannerWritesVerdicts"]
    assert denied["Effect"] == "Deny"
    assert set(denied["Action"]) >= VERDICT_WRITERS


def test_whoever_releases_files_reads_the_verdict_and_writes_none() -> None:
    for app, role in (
        ("consults", "OnEventsRole"),
        ("orders", "OnEventsRole"),
        ("patients", "OnUploadsRole"),
    ):
        stack = rendered("prod", app)
        assert "s3:GetObjectVersionTagging" in json.dumps(stack.resources[role]), app
        for function in stack.of_type("AWS::Serverless::Function").values():
            assert "VpcConfig" not in function["Properties"], "it would need interfaces and NAT"
