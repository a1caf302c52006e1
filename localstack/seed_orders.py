"""What a demonstration clinic prescribes and orders from, and who signs: all of it synthetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from localstack.seed_api import Api

CATALOGUES = Path(__file__).parent / "catalogues"


def fill(api: Api, institution: str, physicians: Sequence[tuple[str, str]]) -> None:
    """Import the catalogues and enter the physicians' registrations, unless they are there."""
    for path in sorted(CATALOGUES.glob("*.json")):
        file = {"format": "json", "content": path.read_text("utf-8")}
        _first(api, f"/orders/catalogues/{path.stem}", file)
    for number, (user, name) in enumerate(physicians, 1):
        registration = {"type": "DEMO", "number": f"{number:06d}"}
        body: dict[str, Any] = {
            "name": name,
            "registration": registration,
            "institution": institution,
        }
        _first(api, f"/orders/prescribers/{user}", body)


def _first(api: Api, path: str, body: Mapping[str, Any]) -> None:
    """PUT what is not there yet; a repeated seeding finds it there and goes on."""
    try:
        api.send("GET", path)
    except RuntimeError as refused:
        if " 404 " not in str(refused):
            raise
        api.send("PUT", path, body, {"If-Match": '"0"'})
