"""The firewall lets people work and files pass, and keeps out who comes by another way."""

from __future__ import annotations

import json
from typing import Any

from infra.stages import load_stage
from tests.infra.conftest import APPS, rendered

DOOR = "front_door"
A_CLINICIAN = 125
"""Requests of a clinician at work in five minutes."""


def rules() -> dict[str, dict[str, Any]]:
    acl = rendered("prod", DOOR).resources["Firewall"]["Properties"]
    return {rule["Name"]: rule for rule in acl["Rules"]}


def limit_of(name: str) -> int:
    reference = rules()[name]["Statement"]["RateBasedStatement"]["Limit"]["Ref"]
    default: int = rendered("prod", DOOR).template["Parameters"][reference]["Default"]
    return default


def test_eight_hundred_clinicians_behind_one_address_are_not_locked_out() -> None:
    assert limit_of("RequestsPerAddress") >= 800 * A_CLINICIAN
    assert limit_of("RequestsPerPerson") >= 20 * A_CLINICIAN
    keys = rules()["RequestsPerPerson"]["Statement"]["RateBasedStatement"]["CustomKeys"]
    assert [next(iter(key)) for key in keys] == ["IP", "Header"]


def test_log_ins_are_limited_where_passwords_and_codes_are_entered_and_nowhere_else() -> None:
    statement = json.dumps(rules()["LogInsPerAddress"]["Statement"])
    for path in (
        "/api/identity/sessions",
        "/api/identity/password-",
        "/api/identity/second-factor",
    ):
        assert json.dumps(path) in statement
    assert '"SearchString": "POST"' in statement
    assert json.dumps("/api/identity/") not in statement, "refreshing a session is work"
    assert limit_of("LogInsPerAddress") >= 200 * 5


def test_the_sites_files_count_against_nobody() -> None:
    for name in ("RequestsPerAddress", "AnonymousPerAddress"):
        assert json.dumps("/api/") in json.dumps(rules()[name]["Statement"]), name


def test_limits_can_first_be_watched_without_refusing() -> None:
    for name, rule in rules().items():
        statement = rule["Statement"].get("RateBasedStatement")
        if statement and name != "VerificationsPerAddress":
            assert rule["Action"]["Fn::If"][:2] == ["CountOnly", {"Count": {}}], name


def test_downloads_with_long_names_and_uploads_are_not_examined_as_forms() -> None:
    group = rules()["CommonAttacks"]["Statement"]["ManagedRuleGroupStatement"]
    passed = group["ScopeDownStatement"]["NotStatement"]["Statement"]["OrStatement"]["Statements"]
    paths = {each["ByteMatchStatement"]["SearchString"] for each in passed}
    assert paths == {"/blobs/", "/uploads"}


def test_the_firewalls_log_holds_no_path_and_stays_in_the_stages_region() -> None:
    door = rendered("prod", DOOR)
    logging = door.resources["FirewallLogging"]["Properties"]
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    assert {"UriPath": {}} in logging["RedactedFields"]
    assert {"QueryString": {}} in logging["RedactedFields"]
    assert logging["LogDestinationConfigs"] == [{"Ref": "FirewallLogsBucketArn"}]
    bucket = rendered("prod", "foundation").resources["FirewallLogsBucket"]["Properties"]
    assert bucket["BucketName"]["Fn::Sub"].startswith("aws-waf-logs-")
    assert door.of_type("AWS::Logs::LogGroup") == {}


def test_an_apis_own_address_refuses_before_any_function_runs() -> None:
    stage = load_stage("prod")
    assert stage.stacks().index("api_door") < stage.stacks().index("identity")
    firewall = rendered("prod", "api_door").resources["ApiFirewall"]["Properties"]
    assert (firewall["Scope"], firewall["DefaultAction"]) == ("REGIONAL", {"Block": {}})
    for name, app in APPS:
        if name == "prod":
            association = rendered(name, app).resources["ApiFirewallAssociation"]
            assert association["Properties"]["WebACLArn"] == {"Ref": "ApiFirewallArn"}


def test_a_rotated_secret_and_the_one_before_both_pass_the_apis_door() -> None:
    firewall = rendered("prod", "api_door").resources["ApiFirewall"]["Properties"]
    accepted = json.dumps(firewall["Rules"])
    assert '{"Ref": "FrontDoorSecret"}' in accepted
    assert '{"Ref": "FrontDoorSecretBefore"}' in accepted
