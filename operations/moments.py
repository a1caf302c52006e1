"""Moments on a command line."""

from __future__ import annotations

import argparse
from datetime import datetime


def moment(text: str) -> datetime:
    """An argument that is a moment with its offset."""
    given = datetime.fromisoformat(text)
    if given.tzinfo is None:
        raise argparse.ArgumentTypeError("say the offset, such as 2027-01-31T08:00:00-03:00")
    return given
