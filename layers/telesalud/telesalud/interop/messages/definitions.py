"""Channels that come with the product: which messages they take, and what those must have.

A definition is data. What a message does is one of a few effects, which call the same use cases as
people do, in the name of whoever sent it.
"""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from telesalud.interop.v2.errors import Missing, WrongType, WrongVersion
from telesalud.interop.v2.message import Message

Effect = Literal["enter_result"]


class Definition(BaseModel):
    """A channel of messages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int = Field(ge=1)
    takes: tuple[str, ...]
    """Such as `ORU^R01`."""
    required: tuple[str, ...]
    """Paths that must have a value, of the first segment of their name."""
    versions: tuple[str, ...] = ("2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8")
    charset: str = "iso-8859-1"
    """Of messages that declare none and are not UTF-8."""
    effect: Effect


LABORATORY: Final = Definition(
    name="laboratory-results",
    version=1,
    takes=("ORU^R01", "ORU^R03"),
    required=("MSH-10", "OBR-2", "OBX-3"),
    effect="enter_result",
)
READY_MADE: Final = (LABORATORY,)


def channel_for(message: Message) -> Definition:
    """The channel that takes a message. Raises Missing, WrongType, WrongVersion."""
    if not message.control_id:
        raise Missing("a message has a control id", "MSH-10")
    type_ = f"{message.code}^{message.event}"
    definition = next((each for each in READY_MADE if type_ in each.takes), None)
    if definition is None:
        raise WrongType("messages of this type are not taken", "MSH-9")
    if message.version and message.version not in definition.versions:
        raise WrongVersion("this version is not known", "MSH-12")
    for path in definition.required:
        if not message.get(path):
            raise Missing("a required field is empty", path)
    return definition
