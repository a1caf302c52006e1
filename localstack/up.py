"""From nothing to a running local cloud: `python -m localstack.up [--no-site]`.

Safe to repeat: what runs keeps running, what is unchanged is skipped, data is kept.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.deploy import Deployment, DeploymentFailed
from infra.tools import ROOT, CommandFailed, environment, fingerprint, run
from localstack import emulator, processes
from localstack.cloud import Cloud, default_cloud, stage_of
from localstack.pages import SITE
from localstack.progress import Steps
from localstack.seed import seed
from localstack.seed_api import SeedFailed

WEB = ROOT / "web"


def bring_up(
    cloud: Cloud,
    progress: Callable[[str], None],
    waiting: Callable[[float], None] = lambda _: None,
) -> Mapping[str, str]:
    """Emulator, stacks and gateway of `cloud`; returns the stacks' outputs."""
    progress("preparing the emulator's and the AWS CLI's environments")
    for tool in ("emulator", "awscli"):
        environment(tool)
    progress(f"starting the emulator at {cloud.endpoint}")
    if not emulator.start(cloud, waiting):
        progress("it was running")
    stage = stage_of(cloud)
    outputs = Deployment(stage, cloud.environ(), progress).deploy(stage.stacks())
    progress(f"starting the gateway at {cloud.origin}")
    restart_gateway(cloud, waiting)
    return outputs


def restart_gateway(cloud: Cloud, waiting: Callable[[float], None]) -> None:
    """Start the gateway anew, so that it knows the present stacks."""
    processes.stop(cloud.pid_file("gateway"))
    if processes.answers(cloud.origin):
        raise processes.NotStarted(
            f"port {cloud.gateway_port} is taken by another program; "
            "stop it or set TELESALUD_GATEWAY_PORT"
        )
    processes.start(
        [sys.executable, "-m", "localstack.gateway"],
        env=cloud.selected(),
        pid_file=cloud.pid_file("gateway"),
        log=cloud.logs / "gateway.log",
        health_url=f"{cloud.origin}/gateway/health",
        waiting=waiting,
    )


def take_down(cloud: Cloud, progress: Callable[[str], None]) -> None:
    """Stop what `bring_up` started; the emulator writes its state before it ends."""
    stopped = processes.stop(cloud.pid_file("gateway"))
    progress("the gateway has stopped" if stopped else "the gateway was not running")
    stopped = emulator.stop(cloud)
    progress("the emulator has stopped, its state is kept" if stopped else "no emulator ran")


def build_site(progress: Callable[[str], None]) -> None:
    """Build web/ into web/dist unless it is there for the present sources."""
    npm = shutil.which("npm")
    if not (WEB / "package-lock.json").exists() or npm is None:
        progress("no Node.js here: the APIs run, the site does not")
        return
    names = ("src", "public", "scripts", "package-lock.json", "vite.config.ts")
    sources = [WEB / name for name in names]
    sources += [*sorted(WEB.glob("*.html")), ROOT / "schemas" / "openapi"]
    key = fingerprint(*sources)
    stamp = SITE / ".sources"
    if stamp.exists() and stamp.read_text() == key:
        progress("the site is unchanged")
        return
    modules, lock = WEB / "node_modules", WEB / "package-lock.json"
    installed = modules / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        progress("installing the site's packages")
        run(npm, "ci", "--no-audit", "--no-fund", cwd=WEB)
    progress("building the site")
    run(npm, "run", "build", cwd=WEB)
    stamp.write_text(key)


def main() -> None:
    parser = argparse.ArgumentParser(prog="localstack.up", description=__doc__)
    parser.add_argument("--no-site", action="store_true", help="do not build the site")
    parser.add_argument("--no-seed", action="store_true", help="without demonstration clinics")
    arguments = parser.parse_args()
    cloud, steps = default_cloud(), Steps()
    demo: Mapping[str, Any] = {}
    try:
        bring_up(cloud, steps, steps.waiting)
        if not arguments.no_seed:
            demo = seed(cloud, stage_of(cloud), steps)
        if not arguments.no_site:
            build_site(steps)
    except (
        processes.NotStarted,
        DeploymentFailed,
        CommandFailed,
        LookupError,
        SeedFailed,
    ) as error:
        sys.exit(f"the local cloud is not up: {error}")
    steps("the local cloud is up")
    steps.table(
        [
            ("Site", f"{cloud.origin}/"),
            ("APIs", f"{cloud.origin}/api/<context>/…"),
            ("AWS endpoint", cloud.endpoint),
            ("Logs", str(cloud.logs)),
            *_log_ins(demo),
        ]
    )


def _log_ins(demo: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Who can log in where, with the one password of this cloud's demonstration."""
    if not demo:
        return
    for tenant, clinic in demo.items():
        if isinstance(clinic, dict):
            names = ", ".join([clinic["administrator"], *clinic["users"]])
            yield "Institution", f"{tenant}: {names}"
    yield "Password", str(demo["password"])


if __name__ == "__main__":
    main()
