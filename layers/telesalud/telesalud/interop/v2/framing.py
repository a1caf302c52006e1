"""MLLP: messages in a stream of bytes (HL7 2.x, appendix C; IHE's transport).

A frame is 0x0B, the message, 0x1C 0x0D. Bytes arrive in any portions: half a frame, two at once,
line ends between them. `Frames` is fed with them and gives the messages that are whole.
"""

from typing import Final

START: Final = b"\x0b"
END: Final = b"\x1c\x0d"
LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a message: what fits through the gateway."""
_BETWEEN: Final = b"\r\n \t\x00"
"""What senders put between frames, also to keep a connection open."""


class BrokenFrame(Exception):
    """The stream cannot be understood any more; the connection has to be closed."""


class Frames:
    """Messages of one connection as they become whole."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._received = bytearray()
        self._looked_at = 0

    @property
    def inside(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._received)

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that these bytes complete, in order. Raises BrokenFrame.

        Messages that were whole before the broken one are not lost: they are given first, and the
        next call raises.
        """
        self._received += data
        whole: list[bytes] = []
        while True:
            try:
                message = self._next()
            except BrokenFrame:
                if whole:
                    return whole
                raise
            if message is None:
                return whole
            whole.append(message)

    def _next(self) -> bytes | None:
        if self._looked_at == 0:
            waste = len(self._received) - len(self._received.lstrip(_BETWEEN))
            del self._received[:waste]
            if not self._received:
                return None
            if self._received[:1] != START:
                raise BrokenFrame("a frame begins with 0x0B")
            self._looked_at = 1
        end = self._received.find(END, self._looked_at)
        if (len(self._received) if end < 0 else end) - 1 > self._largest:
            raise BrokenFrame(f"a message has at most {self._largest} bytes")
        if end < 0:
            self._looked_at = max(1, len(self._received) - 1)
            return None
        message = bytes(self._received[1:end])
        if START in message:
            raise BrokenFrame("a frame begins inside another one")
        del self._received[: end + len(END)]
        self._looked_at = 0
        return message


def framed(message: bytes) -> bytes:
    """A message as it is sent. Raises ValueError for one that holds a frame's own bytes."""
    if START in message or END in message:
        raise ValueError("the message holds the bytes that frame it")
    return START + message + END
