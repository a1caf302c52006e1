"""Where one local cloud listens and keeps its state."""

from __future__ import annotations

import configparser
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from infra.stages import Stage, load_stage
from infra.tools import ROOT


@dataclass(frozen=True)
class Cloud:
    """One emulator with its gateway; two clouds need different homes and ports."""

    home: Path
    emulator_port: int
    gateway_port: int
    persist: bool = True
    stage: str = "local"
    region: str = "us-east-1"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.emulator_port}"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def credentials(self) -> Path:
        """AWS credentials file with the key of this cloud, which its emulator asks for."""
        return self.home / "credentials"

    def access_key(self) -> tuple[str, str]:
        """Id and secret of the cloud's access key, drawn when they are first asked for."""
        self.make_home()
        if not self.credentials.exists():
            _draw_key(self.credentials)
        file = configparser.ConfigParser()
        file.read(self.credentials)
        return file["default"]["aws_access_key_id"], file["default"]["aws_secret_access_key"]

    def make_home(self) -> None:
        """The folder of everything, closed to the machine's other users."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)

    def pid_file(self, process: str) -> Path:
        return self.home / f"{process}.pid"

    def selected(self) -> dict[str, str]:
        """Environment in which `default_cloud` is this one."""
        return {
            **os.environ,
            "TELESALUD_LOCAL_HOME": str(self.home),
            "TELESALUD_EMULATOR_PORT": str(self.emulator_port),
            "TELESALUD_GATEWAY_PORT": str(self.gateway_port),
            "TELESALUD_LOCAL_STAGE": self.stage,
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials),
        }

    def environ(self) -> dict[str, str]:
        """Environment under which AWS clients and the CLI talk to this cloud."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "TELESALUD_"))  # functions inherit what is left
        }
        key_id, secret = self.access_key()
        return kept | {
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def _draw_key(file: Path) -> None:
    """Write a new key, whole or not at all; who comes second uses the first one's."""
    key_id, secret = f"LOCAL{secrets.token_hex(16).upper()}", secrets.token_urlsafe(32)
    draft = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as sink:
        sink.write(f"[default]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def default_cloud() -> Cloud:
    """The cloud `make up` runs: ports 4566 and 8080 unless the environment says otherwise."""
    return Cloud(
        home=Path(os.environ.get("TELESALUD_LOCAL_HOME", ROOT / ".local" / "cloud")),
        emulator_port=int(os.environ.get("TELESALUD_EMULATOR_PORT", "4566")),
        gateway_port=int(os.environ.get("TELESALUD_GATEWAY_PORT", "8080")),
        stage=os.environ.get("TELESALUD_LOCAL_STAGE", "local"),
    )


def stage_of(cloud: Cloud) -> Stage:
    """The stage of the cloud's stacks, with the addresses of this very cloud."""
    stage = load_stage(cloud.stage)
    addresses = {"Origin": cloud.origin, "EmulatorEndpoint": cloud.endpoint}
    return replace(stage, region=cloud.region, parameters={**stage.parameters, **addresses})
