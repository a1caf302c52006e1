"""The table by which a cold function imports only the module that a request needs."""

import json
from importlib.util import find_spec
from pathlib import Path

from telesalud.platform.http.serving import routes_in

NAME = "operations.json"
"""Where an app looks for its table, beside `app.py`."""


def write_table(context: str, folder: Path) -> None:
    """Write the routes of a context's operations; an app that is no context has no table."""
    if find_spec(f"telesalud.{context}") is None:
        return
    rows = [list(route) for route in routes_in(f"telesalud.{context}.routes")]
    (folder / NAME).write_text(json.dumps(rows, indent=0) + "\n", "utf-8")
