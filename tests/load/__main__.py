"""`make bench`: the measurements that need nothing but a local cloud, one after another."""

import subprocess
import sys

from infra.tools import ROOT
from localstack import processes
from localstack.cloud import default_cloud

WITHOUT_CLOUD = ("bench_cold_import", "bench_first_answer", "bench_growth", "bench_names")
WITH_CLOUD = ("bench_reads", "bench_limit")


def main() -> int:
    """Run them; the number of those that failed."""
    cloud = default_cloud()
    wanted = [*WITHOUT_CLOUD]
    if processes.answers(cloud.origin):
        wanted += WITH_CLOUD
    else:
        print(f"no local cloud at {cloud.origin}: {', '.join(WITH_CLOUD)} are left out")
    failed = 0
    for name in wanted:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"tests.load.{name}"]
        failed += subprocess.run(command, cwd=ROOT, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
