"""What the zips hold, and that building them again changes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra import openapi
from infra.package import BUILDER, package, package_plain, target_of
from infra.stages import load_stage
from infra.tools import FUNCTIONS, ROOT
from infra.zips import write_zip
from telesalud.platform.http.serving import routes_in
from tests.infra.conftest import APPS, bytecode_possible, rendered, zip_names
from tests.support.some import some


def layer(stage: str, logical_id: str) -> Path:
    resource: dict[str, Any] = rendered(stage, "foundation").resources[logical_id]
    return Path(resource["Properties"]["ContentUri"])


@pytest.mark.parametrize(("stage", "app"), APPS)
def test_an_apps_zip_holds_its_own_modules_and_chalices_runtime_only(stage: str, app: str) -> None:
    stack = rendered(stage, app)
    code = stack.resources["APIHandler"]["Properties"]["CodeUri"]
    sources = {name for name in zip_names(Path(code)) if not name.endswith(".pyc")}
    own = {path.relative_to(FUNCTIONS / app).as_posix() for path in (FUNCTIONS / app).rglob("*.py")}
    table = set() if app == "paho" else {"operations.json"}
    assert sources == own | table | {"chalice/__init__.py", "chalice/app.py"}


@pytest.mark.parametrize("app", openapi.apps())
def test_an_apps_table_lists_every_operation_with_the_module_that_has_it(app: str) -> None:
    """A cold function imports by this table; a route that it lacks would not be served."""
    code = rendered("local", app).resources["APIHandler"]["Properties"]["CodeUri"]
    with ZipFile(code) as archive:
        rows = json.loads(archive.read("operations.json"))
    assert rows == [list(route) for route in routes_in(f"telesalud.{app}.routes")]
    assert len(rows) == len(openapi.load_app(app).api.operations)


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_the_telesalud_layer_holds_the_domain_and_the_schemas(stage: str) -> None:
    names = zip_names(layer(stage, "TelesaludLayer"))
    assert {"python/telesalud/platform/http/operations.py", "python/schemas/common.py"} <= names
    assert {name.split("/")[1] for name in names} == {"telesalud", "schemas"}


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_the_dependency_layer_leaves_the_sdk_to_the_runtime(stage: str) -> None:
    packages = {name.split("/")[1] for name in zip_names(layer(stage, "DependenciesLayer"))}
    assert {"pydantic", "jwt", "cryptography", "aws_lambda_powertools"} <= packages
    assert packages.isdisjoint({"boto3", "botocore", "chalice", "pip", "bin"})


def test_production_has_native_code_for_graviton() -> None:
    libraries = {name for name in zip_names(layer("prod", "DependenciesLayer")) if ".so" in name}
    assert any("cpython-313-aarch64" in name for name in libraries)
    assert not any("x86_64" in name for name in libraries)


@pytest.mark.parametrize("stage", ["prod", "local"])
@pytest.mark.parametrize("logical_id", ["TelesaludLayer", "DependenciesLayer"])
def test_every_module_has_bytecode_that_needs_no_file_times(stage: str, logical_id: str) -> None:
    if not bytecode_possible(stage):
        pytest.skip("this machine has no Python of the target's version")
    tag = target_of(load_stage(stage)).python.replace(".", "")
    with ZipFile(layer(stage, logical_id)) as archive:
        names = set(archive.namelist())
        compiled = [name for name in names if name.endswith(f".cpython-{tag}.pyc")]
        for source in some(name for name in names if name.endswith(".py")):
            folder, _, module = source.rpartition("/")
            assert f"{folder}/__pycache__/{module[:-3]}.cpython-{tag}.pyc" in names, source
        for name in some(compiled):
            flags = int.from_bytes(archive.read(name)[4:8], "little")
            assert flags == 0b01, f"{name} is not an unchecked-hash pyc (PEP 552)"


def test_a_zip_depends_on_its_content_only(tmp_path: Path) -> None:
    for copy in ("one", "two"):
        (tmp_path / copy / "b").mkdir(parents=True)
        for name in ("z.py", "b/a.py"):
            (tmp_path / copy / name).write_text(name)
        write_zip(tmp_path / f"{copy}.zip", [(tmp_path / copy, "python/")])
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_packaging_again_changes_nothing() -> None:
    stage = load_stage("local")
    first = {stack: package(stage, stack).digest for stack in stage.stacks()}
    assert {stack: package(stage, stack).digest for stack in stage.stacks()} == first


def test_a_stack_that_uploads_no_code_names_none() -> None:
    packaged = package_plain(load_stage("prod"), "artifacts")
    assert "Uri" not in packaged.template.read_text()


def test_whatever_shapes_a_template_makes_packaging_begin_anew() -> None:
    """A builder's module that is not counted leaves templates of before it was changed."""
    shaping = (ROOT / "infra" / "render.py", ROOT / "infra" / "package.py")
    imports = re.compile(r"from infra\.(\w+) import")
    used = {name for path in shaping for name in imports.findall(path.read_text())}
    counted = {path.stem for path in BUILDER}
    assert used - counted <= {"dependencies", "environment", "stages", "tools"}
