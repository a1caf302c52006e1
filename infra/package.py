"""Build what a deployment uploads: layers, app zips and complete templates.

`python -m infra.package [STAGE]`. Everything goes to .build/<stage>/<stack>-<key>/, keyed by
content: what has not changed is not built again, and two builds never disturb each other.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from infra import render
from infra.dependencies import build as build_dependencies
from infra.environment import PLACEHOLDERS
from infra.restored import use_restored
from infra.route_table import write_table
from infra.stages import Stage, load_stage
from infra.target import LAMBDA_ARCHITECTURE, LAMBDA_RUNTIME, Target, aws_target, local_target
from infra.tools import BUILD, FUNCTIONS, ROOT, exclusive, fingerprint, run
from infra.zips import compile_bytecode, write_zip

STACKS = ROOT / "infra" / "stacks"
TELESALUD = ROOT / "layers" / "telesalud" / "telesalud"
SCHEMAS = ROOT / "schemas"
BUILDER = tuple(
    ROOT / "infra" / name
    for name in (
        "alarms.py",
        "dashboards.py",
        "gradual.py",
        "package.py",
        "render.py",
        "restored.py",
        "route_table.py",
        "target.py",
        "trail_guard.py",
        "zips.py",
    )
)
BASES = {"paho": ("app",)}
"""What a stack builds on; an app without a table of its own is no context."""
CONTEXT_BASES = ("app", "context")
PLAIN_STACKS = ("artifacts", "foundation", "recovery", "backup", "api_door", "front_door")


FORGOTTEN_AFTER = 24 * 3600
"""Seconds after which an older build of a stack is deleted."""


@dataclass(frozen=True)
class Packaged:
    """One stack, ready for `aws cloudformation package`."""

    stack: str
    template: Path
    digest: str


def target_of(stage: Stage) -> Target:
    """What the stage's code is built for. BYTECODE=0 ships sources only."""
    bytecode = os.environ.get("BYTECODE", "1") != "0"
    return local_target(bytecode) if stage.local else aws_target(bytecode)


def telesalud_layer(target: Target) -> Path:
    """The layer with the domain library and the schemas."""
    key = fingerprint(TELESALUD, SCHEMAS, *BUILDER, repr(target))[:16]
    zip_path = BUILD / target.name / f"telesalud-{key}.zip"
    if zip_path.exists():
        return zip_path
    work = _clean(BUILD / target.name / "telesalud")
    for source in (TELESALUD, SCHEMAS):
        shutil.copytree(source, work / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    if target.bytecode:
        compile_bytecode(work, "/opt/python", target.interpreter())
    write_zip(zip_path, [(work, "python/")])
    return zip_path


def package_plain(stage: Stage, stack: str) -> Packaged:
    """A stack that has no app: its own YAML, completed; the foundation carries the layers."""
    template = render.load(STACKS / f"{stack}.yaml")
    if stack == "foundation":
        target = target_of(stage)
        layers = {
            "DependenciesLayer": build_dependencies(target),
            "TelesaludLayer": telesalud_layer(target),
        }
        for logical_id, zip_path in layers.items():
            template["Resources"][logical_id]["Properties"] |= {
                "ContentUri": str(zip_path),
                "CompatibleRuntimes": [LAMBDA_RUNTIME],
                "CompatibleArchitectures": [LAMBDA_ARCHITECTURE],
                "RetentionPolicy": "Delete" if stage.local else "Retain",
            }
    return _keyed(stage, stack, render.complete(template, stack, stage))


def package_video(stage: Stage, stack: str) -> Packaged:
    """One shard of the video cluster: `video_blue` or `video_green`, from the same YAML."""
    sources = {
        FUNCTIONS / "bridges" / "app.py": "app.py",
        ROOT / "jitsi_cluster" / "autoscaler": "jitsi_cluster/autoscaler",
    }
    return _package_plain_functions(stage, stack, "video", sources)


def package_canary(stage: Stage, stack: str) -> Packaged:
    """What walks through the product every few minutes, as people do."""
    return _package_plain_functions(
        stage, stack, "canary", {FUNCTIONS / "canary": "functions/canary"}
    )


def _package_plain_functions(
    stage: Stage, stack: str, name: str, sources: Mapping[Path, str]
) -> Packaged:
    """A stack whose functions serve no API; `sources` maps files and folders to the zip's paths."""
    template = render.load(STACKS / f"{name}.yaml")
    target = target_of(stage)
    key = fingerprint(*sources, *BUILDER, repr(target))[:16]
    zip_path = BUILD / target.name / f"{name}-{key}.zip"
    if not zip_path.exists():
        work = _clean(BUILD / target.name / name)
        for source, place in sources.items():
            (work / place).parent.mkdir(parents=True, exist_ok=True)
            if source.is_file():
                shutil.copy(source, work / place)
            else:
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, work / place, ignore=ignored)
        if target.bytecode:
            compile_bytecode(work, "/var/task", target.interpreter())
        write_zip(zip_path, [(work, "")])
    for logical_id, _ in render.functions(template):
        template["Resources"][logical_id]["Properties"]["CodeUri"] = str(zip_path)
    return _keyed(stage, stack, render.complete(template, stack.replace("_", "-"), stage))


def package_app(stage: Stage, context: str) -> Packaged:
    """The stack of one Chalice app."""
    target = target_of(stage)
    stack_file = STACKS / f"{context}.yaml"
    machines = ROOT / "infra" / "state_machines"
    bases = [STACKS / f"{base}.yaml" for base in BASES.get(context, CONTEXT_BASES)]
    sources = (FUNCTIONS / context, *bases, stack_file, machines, *_routes(context), *BUILDER)
    key = fingerprint(*sources, repr(target), repr(stage))[:16]
    place = BUILD / stage.name / f"{context}-{key}"
    template_path = place / "template.json"
    if not template_path.exists():
        _clean(place)
        merged = reduce(render.merge, (render.load(path) for path in (*bases, stack_file)))
        _chalice_package(context, render.name_context(merged, context), place)
        _repack(context, place / "out" / "deployment.zip", place / "app.zip", target)
        template = json.loads((place / "out" / "sam.json").read_text())
        for logical_id, _ in render.functions(template):
            template["Resources"][logical_id]["Properties"]["CodeUri"] = str(place / "app.zip")
        _resolve_state_machines(template)
        template = render.complete(template, context, stage)
        if context in stage.restored:
            use_restored(template, stage.restored[context])
        _written(place, template)
        _forget_older(place)
    return Packaged(context, template_path, _digest(template_path))


def _chalice_package(context: str, merge_template: render.Template, place: Path) -> None:
    """Run `chalice package` in a process of its own: two apps in one process get mixed up."""
    app = place / "app"
    shutil.copytree(FUNCTIONS / context, app, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    (app / "requirements.txt").write_text("")  # third-party code is in the layer
    config = {
        "version": "2.0",
        "app_name": f"telesalud-{context}",
        "manage_iam_role": False,
        "iam_role_arn": "arn:aws:iam::000000000000:role/replaced-by-infra-render",
        "api_gateway_endpoint_type": "REGIONAL",
        "stages": {"telesalud": {"api_gateway_stage": "api"}},
    }
    (app / ".chalice").mkdir()
    (app / ".chalice" / "config.json").write_text(json.dumps(config))
    merge_file = place / "merge.json"
    merge_file.write_text(json.dumps(merge_template, indent=1))
    env = {
        **os.environ,
        **PLACEHOLDERS,
        "TELESALUD_CONTEXT": context,
        "PYTHONPATH": f"{ROOT / 'layers' / 'telesalud'}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    chalice = Path(sys.executable).parent / "chalice"
    options = ("--stage", "telesalud", "--pkg-format", "cloudformation")
    run(
        chalice,
        "package",
        *options,
        "--merge-template",
        merge_file,
        place / "out",
        env=env,
        cwd=app,
    )


def _repack(context: str, source: Path, zip_path: Path, target: Target) -> None:
    """Chalice's zip again, with the table of routes and with bytecode beside each module."""
    work = _clean(zip_path.parent / "task")
    with ZipFile(source) as archive:
        archive.extractall(work)
    write_table(context, work)
    if target.bytecode:
        compile_bytecode(work, "/var/task", target.interpreter())
    write_zip(zip_path, [(work, "")])


def _resolve_state_machines(template: render.Template) -> None:
    """Make DefinitionUri, written relative to infra/stacks/, absolute."""
    for resource in template["Resources"].values():
        uri = resource.get("Properties", {}).get("DefinitionUri")
        if uri is not None:
            resource["Properties"]["DefinitionUri"] = str((STACKS / uri).resolve())


def _routes(context: str) -> list[Path]:
    """Modules of the layer that declare the app's routes, which template and table list."""
    platform = TELESALUD / "platform"
    shared = tuple(platform / room / "routes.py" for room in ("knowledge", "reports", "trail"))
    own = (*TELESALUD.glob(f"{context}/routes"), *TELESALUD.glob(f"*/{context}/routes.py"))
    return [*own, platform / "http", *shared]


def _keyed(stage: Stage, stack: str, template: render.Template) -> Packaged:
    """The finished template of a stack without an app, in a place named after its content."""
    key = fingerprint(json.dumps(template))[:16]
    path = _written(BUILD / stage.name / f"{stack}-{key}", template)
    return Packaged(stack, path, _digest(path))


def _written(place: Path, template: dict[str, Any]) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    path = place / "template.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(template, indent=1))
    partial.replace(path)
    return path


def _forget_older(place: Path) -> None:
    """Delete builds of the same stack that no deployment can be using any more."""
    stack = place.name.rpartition("-")[0]
    for other in place.parent.glob(f"{stack}-*"):
        if time.time() - other.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(other, ignore_errors=True)


def _digest(template: Path) -> str:
    """Over the template and the content of every file it uploads, wherever the repository is."""
    text = template.read_text()
    files = {
        Path(value)
        for resource in json.loads(text)["Resources"].values()
        for name, value in resource.get("Properties", {}).items()
        if name in ("CodeUri", "ContentUri", "DefinitionUri")
    }
    return fingerprint(text.replace(str(ROOT), ""), *sorted(files))


def _clean(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def package(stage: Stage, stack: str, progress: Callable[[str], None] = lambda _: None) -> Packaged:
    """Build one stack of the stage."""
    progress(f"packaging {stack}")
    build = package_plain if stack in PLAIN_STACKS else package_app
    if stack.startswith("video_"):
        build = package_video
    if stack == "canary":
        build = package_canary
    with exclusive(BUILD / "lock"):
        return build(stage, stack)


def main() -> None:
    parser = argparse.ArgumentParser(prog="infra.package", description=__doc__)
    parser.add_argument("stage", nargs="?", default="local")
    stage = load_stage(parser.parse_args().stage)
    for stack in stage.stacks():
        packaged = package(stage, stack, print)
        print(f"  {packaged.template.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
