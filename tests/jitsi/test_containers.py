"""The build files, the compose file, the secrets and the served configuration."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from jitsi_cluster.generate_secrets import GENERATED, generate, read_env
from jitsi_cluster.harness.prosody_server import ROOT
from tests.jitsi.conftest import require
from tests.support.some import some

CLUSTER = ROOT / "jitsi_cluster"
COMPOSE = CLUSTER / "compose.yaml"
DOCUMENTATION = (ROOT / "docs" / "jitsi.md").read_text()
DOCKERFILES = sorted(CLUSTER.glob("*/Dockerfile"))
SCRIPTS = [*CLUSTER.glob("*.sh"), *CLUSTER.glob("coturn/*.sh"), *CLUSTER.glob("prosody/spec/*.sh")]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    document = yaml.safe_load(COMPOSE.read_text())
    found = document["services"]
    assert isinstance(found, dict)
    return found


def tool(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def check(*command: str | Path) -> str:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_compose_file_follows_the_specification() -> None:
    check(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", COMPOSE)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda p: p.parent.name)
def test_the_build_files_are_free_of_lint(dockerfile: Path) -> None:
    check(tool("hadolint"), dockerfile)


def test_the_scripts_are_free_of_lint() -> None:
    require("shellcheck")
    check("shellcheck", *SCRIPTS)


@pytest.mark.parametrize("config", sorted(CLUSTER.glob("edge/*.cfg")), ids=lambda p: p.stem)
def test_the_edge_configurations_are_valid(config: Path, services: dict[str, Any]) -> None:
    require("haproxy")
    names = {name for service in services.values() for name in service.get("environment", {})}
    environment = dict.fromkeys(names, "127.0.0.1:10099") | {"EDGE_PORT": "10098"}
    run = subprocess.run(
        ["haproxy", "-c", "-f", config], env={**os.environ, **environment}, check=False
    )
    assert run.returncode == 0


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda p: p.parent.name)
def test_what_a_build_file_copies_exists(dockerfile: Path) -> None:
    sources = re.findall(r"^COPY (?:--\S+ )*(\S+) \S+$", dockerfile.read_text(), re.MULTILINE)
    assert sources
    for source in sources:
        assert list(CLUSTER.glob(source)), source


def test_every_image_is_pinned_and_the_same_everywhere(services: dict[str, Any]) -> None:
    text = COMPOSE.read_text() + "".join(d.read_text() for d in DOCKERFILES)
    versions = set(re.findall(r"stable-[0-9-]+", text))
    assert len(versions) == 1
    assert "latest" not in text
    for service in services.values():
        assert ":" in service["image"].replace(":-", "")


def test_only_the_edge_media_and_turn_are_published(services: dict[str, Any]) -> None:
    public = {
        port
        for service in services.values()
        for port in service.get("ports", [])
        if not port.startswith("127.0.0.1:")
    }
    assert public == {
        "443:443",
        "10000:10000/udp",
        "10001:10001/udp",
        "3478:3478/udp",
        "49160-49200:49160-49200/udp",
    }


def test_every_published_port_is_documented(services: dict[str, Any]) -> None:
    for port in some(port for each in services.values() for port in each.get("ports", [])):
        inside = port.rpartition(":")[2]
        assert f"`{inside}`" in DOCUMENTATION, port


def test_every_environment_variable_is_documented(services: dict[str, Any]) -> None:
    names = {name for s in services.values() for name in s.get("environment", {})}
    names |= set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE.read_text()))
    names |= set(read_env(CLUSTER / "env.template"))
    assert [n for n in sorted(names) if f"`{n}`" not in DOCUMENTATION] == []


def test_every_setting_of_the_modules_is_documented() -> None:
    modules = (CLUSTER / "prosody" / "modules").glob("*.lua")
    options = {
        option
        for module in modules
        for option in re.findall(r'get_option_\w+\("(telesalud_\w+)"', module.read_text())
    }
    assert len(options) > 15
    assert [o for o in sorted(options) if f"`{o}`" not in DOCUMENTATION] == []


def test_every_service_has_a_health_check(services: dict[str, Any]) -> None:
    for name, service in some(services.items()):
        built = service.get("build")
        file = CLUSTER / built["dockerfile"] if built else None
        assert "healthcheck" in service or (file and "HEALTHCHECK" in file.read_text()), name


def test_no_secret_stands_in_a_committed_file(services: dict[str, Any]) -> None:
    template = read_env(CLUSTER / "env.template")
    assert all(template[name] == "" for name in GENERATED)
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|CREDENTIALS", name):
                assert value.startswith("${"), name
    for ignored in (".env", "certs/turn.key"):
        check("git", "-C", ROOT, "check-ignore", "-q", CLUSTER / ignored)


def test_generated_secrets_are_strong_private_and_kept(tmp_path: Path) -> None:
    assert len(generate(tmp_path)) == 3
    env = tmp_path / ".env"
    first = read_env(env)
    assert len({first[name] for name in GENERATED}) == len(GENERATED)
    assert all(re.fullmatch(r"[0-9a-f]{64}", first[name]) for name in GENERATED)
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "certs").stat().st_mode) == 0o700
    env.write_text(env.read_text().replace("meet.localhost", "meet.example"))
    assert generate(tmp_path) == []
    assert read_env(env) == {**first, "MEET_DOMAIN": "meet.example"}


def test_rotation_keeps_the_earlier_control_secret_and_nothing_else_changes(
    tmp_path: Path,
) -> None:
    generate(tmp_path)
    before = read_env(tmp_path / ".env")
    generate(tmp_path, rotate=True)
    after = read_env(tmp_path / ".env")
    assert after["TELESALUD_CONTROL_SECRET_PREVIOUS"] == before["TELESALUD_CONTROL_SECRET"]
    changed = {n for n in before if before[n] != after[n]}
    assert changed == {"TELESALUD_CONTROL_SECRET"}


def test_a_broken_env_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TURN_SECRET\n")
    with pytest.raises(ValueError, match=r"\.env:1: not an assignment"):
        generate(tmp_path)
    assert (tmp_path / ".env").read_text() == "TURN_SECRET\n"


SERVED = """
var config = { p2p: { enabled: %s, stunServers: [{ urls: 'stun:other.example' }] },
               conferenceRequestUrl: 'https://example/conference-request/v1' };
var interfaceConfig = {};
"""


@pytest.mark.parametrize("p2p", ["true", "false"])
def test_the_served_configuration_is_private_and_leaves_p2p_to_the_policy(p2p: str) -> None:
    require("node")
    web = CLUSTER / "web"
    script = (
        SERVED % p2p
        + (web / "custom-config.js").read_text()
        + (web / "custom-interface_config.js").read_text()
        + "console.log(JSON.stringify({ config, interfaceConfig }));"
    )
    served = json.loads(check("node", "-e", script))
    config = served["config"]
    assert config["disableThirdPartyRequests"] is True
    assert config["analytics"] == {"disabled": True}
    assert config["disableInviteFunctions"] is True
    assert config["recordingService"]["enabled"] is False
    assert config["liveStreaming"]["enabled"] is False
    assert config["localRecording"]["disable"] is True
    assert "conferenceRequestUrl" not in config
    assert config["p2p"] == {
        "enabled": p2p == "true",
        "iceTransportPolicy": "relay",
        "stunServers": [],
    }
    assert served["interfaceConfig"]["APP_NAME"] == "Telesalud"
