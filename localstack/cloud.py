"""Where one local cloud listens and keeps its state."""

from __future__ import annotations

import os
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
        }

    def environ(self) -> dict[str, str]:
        """Environment under which AWS clients and the CLI talk to this cloud."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "TELESALUD_"))  # functions inherit what is left
        }
        return kept | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


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
