"""Cold import of each app with byte-compiled code, against the floor it cannot go below.

`python -m tests.load.bench_cold_import` imports every `functions/<app>/app.py` as it is packaged,
beside its table of operations, in fresh processes, alternating with the floor (chalice, pydantic
and one DynamoDB client), and prints CPU milliseconds (median of RUNS) with the ratio of each pair.
Target: at most 1.3.
"""

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.environment import app_environment
from infra.openapi import FUNCTIONS, ROOT
from infra.route_table import write_table

RUNS = 15
FLOOR = """
import chalice, pydantic, boto3
class One(pydantic.BaseModel):
    a: int
boto3.client("dynamodb", region_name="us-east-1")
"""
APP = """
import importlib.util
spec = importlib.util.spec_from_file_location("app", {path!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from telesalud.platform.aws import clients
clients.records()
"""


def cpu_ms(code: str) -> float:
    """User and system time of a fresh interpreter that runs `code`."""
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    spent = after.children_user + after.children_system
    return 1000 * (spent - before.children_user - before.children_system)


def empty_ms() -> float:
    """What the bare interpreter costs; taken off both sides."""
    return statistics.median(cpu_ms("pass") for _ in range(RUNS))


def measure(path: Path, bare: float) -> tuple[float, float, float]:
    """Median CPU of the app, of the floor, and of their pairwise ratio."""
    code = APP.format(path=str(path))
    pairs = [(cpu_ms(code) - bare, cpu_ms(FLOOR) - bare) for _ in range(RUNS)]
    return (
        statistics.median(app for app, _ in pairs),
        statistics.median(floor for _, floor in pairs),
        statistics.median(app / floor for app, floor in pairs),
    )


def main() -> None:
    """Measure every app."""
    compileall.compile_dir(ROOT / "layers" / "telesalud", quiet=1)
    compileall.compile_dir(ROOT / "schemas", quiet=1)
    bare = empty_ms()
    print(f"{'app':14} {'CPU ms':>8} {'floor ms':>9} {'ratio':>6}")
    for path in sorted(FUNCTIONS.glob("*/app.py")):
        name = path.parent.name
        with app_environment(name), tempfile.TemporaryDirectory() as place:
            packaged = Path(shutil.copy(path, place))
            write_table(name, packaged.parent)
            app, floor, ratio = measure(packaged, bare)
        print(f"{name:14} {app:8.0f} {floor:9.0f} {ratio:6.2f}")


if __name__ == "__main__":
    main()
