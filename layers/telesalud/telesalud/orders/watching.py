"""What a workflow does next, for the watches over deadlines and alarms."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class NextCheck:
    """What the workflow does next: stop, or ask again at `next_at` (RFC 3339, whole seconds)."""

    done: bool
    next_at: str = ""

    @classmethod
    def at(cls, moment: datetime) -> "NextCheck":
        """Ask again then, rounded up to the second, so that the workflow never asks too early."""
        up = moment.replace(microsecond=0)
        whole = up if up == moment else up + timedelta(seconds=1)
        return cls(done=False, next_at=whole.strftime("%Y-%m-%dT%H:%M:%SZ"))
