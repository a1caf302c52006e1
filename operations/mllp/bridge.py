"""Connections of senders: frames in, acknowledgements out, one message after the other.

A sender gets an acknowledgement only for what the front door has answered. Whatever else happens,
the connection is closed without one, and the sender sends the message again.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from operations.mllp.forwarding import Forwarder, Refused, Unreachable
from telesalud.interop.v2.acks import acknowledge
from telesalud.interop.v2.decoding import decode
from telesalud.interop.v2.errors import Rejected, Unreadable
from telesalud.interop.v2.framing import LARGEST, BrokenFrame, Frames, framed
from telesalud.interop.v2.message import parse

LOG = logging.getLogger("telesalud.mllp")
_PORTION = 65_536
_TOO_LARGE = 413


class NotTaken(Rejected):
    """The front door takes no messages from this bridge, until somebody mends that."""

    acknowledgement = "AR"
    code = "207"


class TooLong(Rejected):
    """Sending it again changes nothing."""


@dataclass(slots=True)
class Bridge:
    """Serves any number of senders, each in its own order."""

    forwarder: Forwarder
    silence: float = 60.0
    connections: int = 64
    largest: int = LARGEST
    _open: set[asyncio.Task[None]] = field(default_factory=set)
    _ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it ends; one too many is closed at once."""
        task = asyncio.current_task()
        if task is None or len(self._open) >= self.connections:
            LOG.warning("too many connections")
            writer.close()
            return
        self._open.add(task)
        try:
            await self._talk(reader, writer)
        except (BrokenFrame, TimeoutError, ConnectionError) as error:
            LOG.warning("connection closed: %s", type(error).__name__)
        finally:
            self._open.discard(task)
            writer.close()

    async def finish(self, seconds: float) -> None:
        """Let messages that are under way get their answers, then close every connection."""
        self._ending.set()
        if self._open:
            _, late = await asyncio.wait(self._open, timeout=seconds)
            for task in late:
                task.cancel()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = Frames(self.largest)
        while data := await self._portion(reader, frames):
            # What is broken behind whole messages is told by the feed after them.
            while messages := frames.feed(data):
                data = b""
                for message in messages:
                    if self._ending.is_set() or not await self._one(message, writer):
                        return
        if frames.inside:
            LOG.warning("a message ended without its end; nothing was forwarded")

    async def _portion(self, reader: asyncio.StreamReader, frames: Frames) -> bytes:
        """The next bytes; none at the end, or when the bridge stops. Raises TimeoutError for half a
        message that nothing follows."""
        reading = asyncio.ensure_future(reader.read(_PORTION))
        ending = asyncio.ensure_future(self._ending.wait())
        limit = self.silence if frames.inside else None
        try:
            done, _ = await asyncio.wait(
                (reading, ending), timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ending.cancel()
            if not reading.done():
                reading.cancel()
        if not done:
            raise TimeoutError
        return reading.result() if reading in done else b""

    async def _one(self, message: bytes, writer: asyncio.StreamWriter) -> bool:
        """Forward a message and answer it; False when the connection has to be closed."""
        began = time.monotonic()
        try:
            answer = await self.forwarder.forward(message)
        except Unreachable as error:
            LOG.warning("not forwarded, the sender sends again: %s", error)
            return False
        except Refused as refused:
            LOG.warning("refused: %s", refused)
            answer = _not_taken(message, refused.status)
            if not answer:
                return False
        LOG.info("forwarded %s bytes in %.3f s", len(message), time.monotonic() - began)
        if answer:
            writer.write(framed(answer.encode(_charset(message), "replace")))
            await writer.drain()
        return True


def _not_taken(message: bytes, status: int) -> str:
    """The answer to a message that the front door refused; nothing where no header can be found."""
    try:
        text, charset = decode(message)
        header = parse(text.replace("\n", "\r").split("\r", 1)[0] + "\r", charset)
    except Unreadable:
        return ""
    refusal = (
        TooLong("the message is longer than is taken")
        if status == _TOO_LARGE
        else NotTaken("the front door refused the message of this bridge")
    )
    answer = acknowledge(header, uuid4().hex[:20], datetime.now(UTC), UTC, refusal)
    return str(answer) if answer is not None else ""


def _charset(message: bytes) -> str:
    """The sender's own, which its answer is written in."""
    try:
        return decode(message).charset
    except Unreadable:
        return "ascii"
