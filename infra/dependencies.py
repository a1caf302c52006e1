"""Build the third-party layer from requirements/runtime.txt for a target.

boto3 is not in it: the Lambda runtime brings its own (docs/decisions/).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from infra.target import Target
from infra.tools import BUILD, ROOT, fingerprint, run, uv
from infra.zips import compile_bytecode, write_zip

LOCK = ROOT / "requirements" / "runtime.txt"


def build(target: Target) -> Path:
    """Path of the layer's zip, built unless one of the same content is there."""
    key = fingerprint(LOCK, Path(__file__), repr(target))[:16]
    zip_path = BUILD / target.name / f"dependencies-{key}.zip"
    if zip_path.exists():
        return zip_path
    work = BUILD / target.name / "dependencies"
    shutil.rmtree(work, ignore_errors=True)
    wheels = ["--only-binary", ":all:", "--python-version", target.python]
    if target.platform:
        wheels += ["--python-platform", target.platform]
    locked = ("--no-deps", "--require-hashes", "--requirement", LOCK)
    run(uv(), "pip", "install", "--quiet", *wheels, *locked, "--target", work)
    for useless in [*work.glob("bin"), *work.rglob("__pycache__"), *work.glob(".lock")]:
        shutil.rmtree(useless) if useless.is_dir() else useless.unlink()
    if target.bytecode:
        compile_bytecode(work, "/opt/python", target.interpreter())
    write_zip(zip_path, [(work, "python/")])
    return zip_path
