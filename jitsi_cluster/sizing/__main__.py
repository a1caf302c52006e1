"""Command line: `python -m jitsi_cluster.sizing`."""

from __future__ import annotations

import argparse
import sys
from datetime import time
from pathlib import Path

from pydantic import ValidationError

from jitsi_cluster.sizing import report
from jitsi_cluster.sizing.compare import Options, compare
from jitsi_cluster.sizing.model import BRIDGE_SIZES, CallProfile, Measure
from jitsi_cluster.sizing.traces import Trace, from_agenda, from_volume, shipped


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison; return 2, with a message, for input that makes no sense."""
    options = _parser().parse_args(arguments)
    try:
        traces = [_adjusted(trace, options) for trace in _traces(options)]
        comparisons = [compare(trace, _assumptions(options)) for trace in traces]
    except ValidationError as error:
        sys.stderr.write("sizing: " + "; ".join(e["msg"] for e in error.errors()) + "\n")
        return 2
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sizing: {error}\n")
        return 2
    if options.markdown:
        sys.stdout.write(report.markdown(comparisons) + "\n")
    else:
        sys.stdout.write("\n\n".join(report.text(c) for c in comparisons) + "\n")
    if options.plots:
        options.plots.mkdir(parents=True, exist_ok=True)
        for comparison in comparisons:
            report.plot(comparison, options.plots / f"{comparison.trace.name}.png")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jitsi_cluster.sizing",
        description="Bridges a day of consults needs, its cost, and the calls it would lose.",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--trace", choices=sorted(shipped()), help="one shipped trace (default: all)"
    )
    source.add_argument("--agenda", type=Path, help='JSON list of {"start","minutes","booked"}')
    source.add_argument("--gbit-per-day", type=float, help="volume that the bridges send in a day")
    parser.add_argument("--since", type=time.fromisoformat, default=time(8), help="with a volume")
    parser.add_argument("--until", type=time.fromisoformat, default=time(20), help="with a volume")
    parser.add_argument("--p2p-share", type=float, help="share of calls that need no bridge, 0-1")
    parser.add_argument("--resolutions", type=_shares, help="such as 720p=0.6,360p=0.4")
    parser.add_argument("--idle-minimum", type=int, help="bridges kept while nothing is booked")
    parser.add_argument("--bridge", choices=sorted(BRIDGE_SIZES), default="c7g.xlarge")
    parser.add_argument("--measure", type=Measure, choices=list(Measure), default=Measure.CPU)
    parser.add_argument(
        "--target-stress", type=float, default=0.65, help="of the scheduled minimum"
    )
    parser.add_argument("--seed", type=int, default=20260105)
    parser.add_argument("--markdown", action="store_true", help="print rows for the documentation")
    parser.add_argument("--plots", type=Path, help="folder for one PNG per trace")
    return parser


def _shares(value: str) -> dict[str, float]:
    try:
        pairs = [part.split("=") for part in value.split(",")]
        return {name: float(share) for name, share in pairs}
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is not name=share,name=share") from error


def _traces(options: argparse.Namespace) -> list[Trace]:
    if options.agenda:
        return [from_agenda(options.agenda)]
    if options.gbit_per_day is not None:
        profile = CallProfile(resolutions=options.resolutions or {"720p": 1.0})
        return [from_volume(options.gbit_per_day, options.since, options.until, profile)]
    known = shipped()
    return [known[options.trace]] if options.trace else list(known.values())


def _adjusted(trace: Trace, options: argparse.Namespace) -> Trace:
    changes: dict[str, object] = {}
    if options.p2p_share is not None:
        changes["p2p_share"] = options.p2p_share
    if options.idle_minimum is not None:
        changes["idle_minimum"] = options.idle_minimum
    if options.resolutions:
        changes["profile"] = {"resolutions": options.resolutions}
    return Trace.model_validate({**trace.model_dump(), **changes})


def _assumptions(options: argparse.Namespace) -> Options:
    return Options(
        size=BRIDGE_SIZES[options.bridge],
        measure=options.measure,
        target_stress=options.target_stress,
        seed=options.seed,
    )


if __name__ == "__main__":
    sys.exit(main())
