"""Start and stop the embedded AWS emulator (ministack), on loopback, with its state kept.

`python -m localstack.emulator start|stop|status`
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from infra.tools import environment
from localstack import processes
from localstack.cloud import Cloud, default_cloud


def start(cloud: Cloud, waiting: Callable[[float], None] = lambda _: None) -> bool:
    """Start the emulator of `cloud` unless it runs; True when this call started it."""
    if processes.alive(cloud.pid_file("emulator")) is not None:
        return False
    if processes.answers(f"{cloud.endpoint}/_localstack/health"):
        raise processes.NotStarted(
            f"port {cloud.emulator_port} is taken by another program; "
            "stop it or set TELESALUD_EMULATOR_PORT"
        )
    cloud.make_home()
    scratch = cloud.home / "scratch"  # unpacked functions of an earlier run
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    cloud.state.mkdir(parents=True, exist_ok=True)
    persist = "1" if cloud.persist else "0"
    env = cloud.environ() | {
        "BIND_HOST": "127.0.0.1",  # it would listen on every interface
        "GATEWAY_PORT": str(cloud.emulator_port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_REGION": cloud.region,
        "PERSIST_STATE": persist,
        "STATE_DIR": str(cloud.state / "services"),
        "S3_PERSIST": persist,
        "S3_DATA_DIR": str(cloud.state / "s3"),
        "TMPDIR": str(scratch),
        "LAMBDA_WARM_TTL_SECONDS": "60",
        "LOG_LEVEL": "WARNING",
    }
    processes.start(
        [environment("emulator") / "python", "-I", Path(__file__).with_name("ministack_main.py")],
        env=env,
        pid_file=cloud.pid_file("emulator"),
        log=cloud.logs / "emulator.log",
        health_url=f"{cloud.endpoint}/_localstack/health",
        waiting=waiting,
    )
    return True


def stop(cloud: Cloud) -> bool:
    """Stop it and wait for its state to be written; False when it was not running."""
    return processes.stop(cloud.pid_file("emulator"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="localstack.emulator", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "status"))
    action = parser.parse_args().action
    cloud = default_cloud()
    if action == "start":
        started = start(cloud, lambda waited: print(f"waiting for the emulator, {waited:.1f} s"))
        print(f"{'started' if started else 'already running'} at {cloud.endpoint}")
    elif action == "stop":
        print("stopped" if stop(cloud) else "was not running")
    else:
        pid = processes.alive(cloud.pid_file("emulator"))
        print(f"running as process {pid} at {cloud.endpoint}" if pid else "not running")


if __name__ == "__main__":
    main()
