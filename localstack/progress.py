"""One line per step, with the seconds since the start."""

from __future__ import annotations

import time

from rich.console import Console


class Steps:
    """Prints what is being done and how long it has been going on."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._waiting_told = 0.0

    def __call__(self, line: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/]  {line}")

    def waiting(self, seconds: float) -> None:
        """A wait goes on: said every five seconds."""
        if seconds - self._waiting_told >= 5:
            self._waiting_told = seconds
            self(f"still waiting, {seconds:.0f} s")

    def table(self, rows: list[tuple[str, str]]) -> None:
        """Labels and values, aligned."""
        width = max(len(label) for label, _ in rows)
        for label, value in rows:
            self._console.print(f"  [bold]{label:<{width}}[/]  {value}")
