"""A comparison as text, as Markdown rows and as a plot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from jitsi_cluster.sizing.compare import Comparison, Row

mpl.use("Agg")

COLOURS = ("#888888", "#c44e52", "#2a7f62")
MARKDOWN_HEAD = (
    "| trace | policy | calls | bridge-hours | of static | most bridges | rejected | degraded "
    "| instances USD | traffic USD |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def text(comparison: Comparison) -> str:
    """The table for a terminal, with bridges by hour."""
    trace, options = comparison.trace, comparison.options
    stress = trace.profile.stress(options.size, options.measure)
    lines = [
        f"{trace.name}: {trace.description}",
        (
            f"bridge {options.size.name}, a call adds {stress:.4f} stress ({options.measure}), "
            f"{comparison.calls_per_bridge} calls per bridge at stress {options.target_stress}, "
            f"peer to peer {trace.p2p_share:.0%}, seed {options.seed}"
        ),
        (
            f"{'policy':<14}{'calls':>8}{'p2p':>7}{'bridge-h':>10}{'of static':>10}{'rejected':>10}"
            f"{'degraded':>10}{'instances':>11}{'traffic':>10}"
        ),
        *(_text_row(row) for row in comparison.rows),
        "bridges by hour  " + " ".join(f"{hour:>2d}" for hour in range(24)),
        *(
            f"{row.outcome.policy:<17}"
            + " ".join(f"{count:>2d}" for count in row.outcome.bridges_by_hour())
            for row in comparison.rows
        ),
    ]
    return "\n".join(lines)


def _text_row(row: Row) -> str:
    day = row.outcome
    return (
        f"{day.policy:<14}{day.calls:>8}{day.p2p:>7}{day.bridge_hours:>10.1f}"
        f"{row.share_of_static:>10.0%}{day.rejected:>10}{day.degraded:>10}"
        f"{row.instance_usd:>11.2f}{row.traffic_usd:>10.2f}"
    )


def markdown(comparisons: Iterable[Comparison]) -> str:
    """Rows for docs/jitsi_sizing.md."""
    rows = [
        f"| {c.trace.name} | {r.outcome.policy} | {r.outcome.calls} | {r.outcome.bridge_hours:.1f} "
        f"| {r.share_of_static:.0%} | {max(r.outcome.bridges_by_hour())} | {r.outcome.rejected} "
        f"| {r.outcome.degraded} | {r.instance_usd:.2f} | {r.traffic_usd:.2f} |"
        for c in comparisons
        for r in c.rows
    ]
    return "\n".join((MARKDOWN_HEAD, *rows))


def plot(comparison: Comparison, path: Path) -> None:
    """Bridges paid for and calls carried over the day, as PNG at `path`."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    bridges, load = figure.subplots(2, 1, sharex=True)
    for row, colour in zip(comparison.rows, COLOURS, strict=True):
        samples = row.outcome.samples
        hours = [s.seconds / 3600 for s in samples]
        label = f"{row.outcome.policy}: {row.outcome.bridge_hours:.0f} bridge-hours"
        bridges.step(hours, [s.billed for s in samples], where="post", color=colour, label=label)
        load.plot(hours, [s.worst_stress for s in samples], color=colour, linewidth=0.8)
    bridges.set_ylabel("bridges paid for")
    bridges.legend(loc="upper left", fontsize=8)
    bridges.set_title(comparison.trace.name, fontsize=10)
    load.axhline(0.8, color="black", linestyle=":", linewidth=0.8)
    load.set_ylabel("highest stress (0.8: degraded)")
    load.set_xlabel("hour of the day")
    load.set_xlim(0, 24)
    load.set_xticks(range(0, 25, 2))
    # No timestamp or version inside, so the same run writes the same bytes.
    figure.savefig(path, dpi=100, metadata={"Software": None})
