"""What earlier releases stored opens, and keeps what later ones added to it."""

from collections.abc import Mapping

from pydantic import BaseModel

from schemas import citizen_channels, messages
from telesalud.interop.stored import STORED
from tests.support import golden

EVENTS: Mapping[str, type[BaseModel]] = {**citizen_channels.EVENTS, **messages.EVENTS}


def test_what_any_release_stored_opens() -> None:
    golden.check("interop", {**STORED, **EVENTS})
