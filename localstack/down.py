"""Stop the local cloud: `python -m localstack.down [--forget]`."""

from __future__ import annotations

import argparse
import shutil

from localstack.cloud import default_cloud
from localstack.progress import Steps
from localstack.up import take_down


def main() -> None:
    parser = argparse.ArgumentParser(prog="localstack.down", description=__doc__)
    parser.add_argument("--forget", action="store_true", help="delete all data and logs too")
    forget = parser.parse_args().forget
    cloud, steps = default_cloud(), Steps()
    take_down(cloud, steps)
    if forget:
        shutil.rmtree(cloud.home, ignore_errors=True)
        steps(f"deleted {cloud.home}")


if __name__ == "__main__":
    main()
