"""Stages: one installation each, described by infra/stages/<stage>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from infra.tools import ROOT, apps
from telesalud.platform.settings import LOCAL_STAGES

# Both modules need the first two; each module is complete without the other (architecture §1).
MODULES: Mapping[str, tuple[str, ...]] = {
    "teleconsultation": ("identity", "consults", "paho"),
    "record": ("identity", "patients", "appointments", "orders", "pharmacy", "billing", "interop"),
}


@dataclass(frozen=True)
class Stage:
    """What differs from one installation to the next.

    `local`: runs on the emulator. `production`: nothing that holds data can be deleted.
    `parameters`: handed to every stack that declares a parameter of that name.
    """

    name: str
    local: bool = False
    production: bool = False
    region: str = "us-east-1"
    modules: tuple[str, ...] = tuple(MODULES)
    parameters: Mapping[str, str] = field(default_factory=dict)
    shards: tuple[str, ...] = ()
    """Shards of the video cluster: `blue` or `green`, both while an update goes on."""
    restored: Mapping[str, str] = field(default_factory=dict)
    """Context to the restored table that serves instead of the one of its stack."""
    execution_role: str = ""
    """ARN of the role that CloudFormation changes the stacks with; empty: the deployer's rights."""
    recovery_region: str = ""
    """Where copies of tables and files go, and a replica of the key that opens them; empty:
    nowhere."""

    def apps(self) -> tuple[str, ...]:
        """The stage's apps that exist, in dependency order."""
        wanted = dict.fromkeys(app for module in self.modules for app in MODULES[module])
        return tuple(app for app in wanted if app in apps())

    def stacks(self) -> tuple[str, ...]:
        """The stage's stacks in dependency order; the local gateway plays the front door."""
        front = () if self.local else ("front_door",)
        video = (f"video_{shard}" for shard in self.shards)
        recovery = ("recovery", "backup") if self.recovery_region else ()
        door = () if self.local else ("api_door",)
        canary = ("canary",) if "CanarySecretArn" in self.parameters else ()
        return ("artifacts", "foundation", *recovery, *door, *self.apps(), *video, *front, *canary)

    def region_of(self, stack: str) -> str:
        """CloudFront's certificate and firewall must be in us-east-1, the rest need not."""
        return {"front_door": "us-east-1", "recovery": self.recovery_region}.get(stack, self.region)

    def stack_name(self, stack: str) -> str:
        return f"telesalud-{self.name}-{stack.replace('_', '-')}"


def load_stage(name: str) -> Stage:
    """Read infra/stages/<name>.yaml. Raises ValueError naming what is wrong with it."""
    path = ROOT / "infra" / "stages" / f"{name}.yaml"
    if not path.exists():
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.yaml")))
        raise ValueError(f"no stage {name!r}: {path.name} is not among {known}")
    given = yaml.safe_load(path.read_text()) or {}
    modules = tuple(given.pop("modules", MODULES))
    if unknown := set(modules) - set(MODULES):
        raise ValueError(f"{path.name}: unknown module {', '.join(sorted(unknown))}")
    parameters = {key: str(value) for key, value in given.pop("parameters", {}).items()}
    shards = tuple(given.pop("shards", ()))
    if unknown := set(shards) - {"blue", "green"}:
        raise ValueError(f"{path.name}: unknown shard {', '.join(sorted(unknown))}")
    if given.get("local", False) != (name in LOCAL_STAGES):
        soft = " and ".join(sorted(LOCAL_STAGES))
        raise ValueError(f"{path.name}: {soft} are the local stages, and no other; see settings.py")
    try:
        return Stage(name=name, modules=modules, parameters=parameters, shards=shards, **given)
    except TypeError as error:
        raise ValueError(f"{path.name}: {error}") from error
