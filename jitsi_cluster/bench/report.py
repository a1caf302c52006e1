"""What the measurements share: a temporary cluster, percentiles, the way results are printed."""

import json
import math
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jitsi_cluster.harness.cluster import Cluster, TokenMint, cluster


@contextmanager
def temporary_cluster(*, extra: str = "", telesalud: bool = True) -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        data, keys = root / "data", root / "keys"
        data.mkdir()
        keys.mkdir()
        mint = TokenMint()
        mint.publish(keys)
        with cluster(data, keys, mint, extra=extra, telesalud=telesalud) as running:
            yield running


def spread(values: Sequence[float], unit: float = 1000) -> dict[str, float]:
    """Median, 99th percentile (nearest rank) and worst; seconds become milliseconds."""
    ordered = sorted(values)
    rank = max(0, math.ceil(0.99 * len(ordered)) - 1)
    figures = {"median": statistics.median(ordered), "p99": ordered[rank], "worst": ordered[-1]}
    return {name: round(value * unit, 2) for name, value in figures.items()}


def print_result(result: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
