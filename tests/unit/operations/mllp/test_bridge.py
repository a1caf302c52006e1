"""The bridge answers only what the front door answered, and loses nothing whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from operations.mllp.bridge import Bridge
from operations.mllp.forwarding import Forwarder
from operations.mllp.settings import Settings, SettingsError
from telesalud.interop.v2.framing import framed

MESSAGE = "MSH|^~\\&|LIS|LAB|TS|H|2026||ORU^R01|{id}|P|2.5.1\rPID|1||7||Núñez\r"
ACK = "MSH|^~\\&|TS|H|LIS|LAB|2026||ACK^R01^ACK|A|P|2.5.1\rMSA|AA|{id}\r"


def hl7(number: int, encoding: str = "utf-8") -> bytes:
    return MESSAGE.format(id=f"M-{number}").encode(encoding)


def ack(number: int) -> bytes:
    return framed(ACK.format(id=f"M-{number}").encode())


@dataclass
class FrontDoor:
    """What the bridge forwards to: notes messages, and answers as it is told."""

    statuses: list[int] = field(default_factory=list)
    """Of the next answers; 200 afterwards."""
    messages: list[bytes] = field(default_factory=list)
    tokens: int = 0

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/identity/token":
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": 600})
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise httpx.ConnectError("down")
        if status != 200:
            return httpx.Response(status)
        self.messages.append(request.content)
        number = request.content.split(b"|")[9].decode()
        return httpx.Response(200, content=ACK.format(id=number).encode())


@dataclass
class Sender:
    """A hospital's system."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def receive(self, length: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(length), 5)

    async def closed(self) -> bool:
        return await asyncio.wait_for(self.reader.read(1), 5) == b""


@asynccontextmanager
async def bridge(door: FrontDoor, **more: float) -> AsyncIterator[Callable[[], Awaitable[Sender]]]:
    """A running bridge; calling what it gives connects a sender."""
    transport = httpx.MockTransport(door.answer)
    async with httpx.AsyncClient(transport=transport) as http:
        forwarder = Forwarder(http, "https://clinic.example", "lab", "secret", waits=(0.0, 0.0))
        running = Bridge(forwarder, **more)  # type: ignore[arg-type]  # numbers of either kind
        server = await asyncio.start_server(running.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        async def connect() -> Sender:
            return Sender(*await asyncio.open_connection("127.0.0.1", port))

        async with server:
            yield connect
            server.close()
            await running.finish(1)


@pytest.mark.parametrize("portion", [1, 2, 3, 7, 50, 10_000])
def test_messages_come_through_in_whatever_portions_they_arrive(portion: int) -> None:
    async def run() -> None:
        door = FrontDoor()
        async with bridge(door) as connect:
            sender = await connect()
            stream = framed(hl7(1)) + b"\r\n" + framed(hl7(2)) + framed(hl7(3))
            for start in range(0, len(stream), portion):
                await sender.send(stream[start : start + portion])
            wanted = ack(1) + ack(2) + ack(3)
            assert await sender.receive(len(wanted)) == wanted
        assert door.messages == [hl7(1), hl7(2), hl7(3)]

    asyncio.run(run())


def test_a_front_door_that_is_away_for_a_moment_costs_the_sender_nothing() -> None:
    async def run() -> None:
        door = FrontDoor(statuses=[0, 503])
        async with bridge(door) as connect:
            sender = await connect()
            await sender.send(framed(hl7(1)))
            assert await sender.receive(len(ack(1))) == ack(1)

    asyncio.run(run())


def test_a_front_door_that_stays_away_means_no_answer_and_a_closed_connection() -> None:
    async def run() -> None:
        door = FrontDoor(statuses=[0] * 3)
        async with bridge(door) as connect:
            sender = await connect()
            await sender.send(framed(hl7(1)))
            assert await sender.closed()
            again = await connect()
            await again.send(framed(hl7(1)))
            assert await again.receive(len(ack(1))) == ack(1)

    asyncio.run(run())


def test_a_token_that_is_refused_is_replaced_once() -> None:
    async def run() -> None:
        door = FrontDoor(statuses=[401])
        async with bridge(door) as connect:
            sender = await connect()
            await sender.send(framed(hl7(1)))
            assert await sender.receive(len(ack(1))) == ack(1)
        assert door.tokens == 2

    asyncio.run(run())


@pytest.mark.parametrize(("status", "code"), [(403, b"MSA|AR|M-1"), (413, b"MSA|AE|M-1")])
def test_what_the_front_door_refuses_is_answered_as_a_refusal(status: int, code: bytes) -> None:
    async def run() -> None:
        async with bridge(FrontDoor(statuses=[status])) as connect:
            sender = await connect()
            await sender.send(framed(hl7(1)))
            told = await asyncio.wait_for(sender.reader.readuntil(b"\x1c\x0d"), 5)
            assert code in told

    asyncio.run(run())


@pytest.mark.parametrize(
    "broken", [b"GET / HTTP/1.1\r\n\r\n", b"\x0bMSH|\x0bMSH|", b"\x0b" + b"x" * 3000]
)
def test_what_is_no_frame_closes_the_connection_and_forwards_nothing(broken: bytes) -> None:
    async def run() -> None:
        door = FrontDoor()
        async with bridge(door, largest=2000) as connect:
            sender = await connect()
            await sender.send(broken + b"\x1c\r")
            assert await sender.closed()
        assert door.messages == []

    asyncio.run(run())


def test_whole_messages_before_a_broken_frame_are_forwarded_and_answered() -> None:
    async def run() -> None:
        door = FrontDoor()
        async with bridge(door) as connect:
            sender = await connect()
            await sender.send(framed(hl7(1)) + b"garbage")
            assert await sender.receive(len(ack(1))) == ack(1)
            assert await sender.closed()
        assert door.messages == [hl7(1)]

    asyncio.run(run())


@pytest.mark.parametrize("cut", [1, 10, len(framed(hl7(1))) - 1])
def test_half_a_message_is_never_forwarded(cut: int) -> None:
    async def run() -> None:
        door = FrontDoor()
        async with bridge(door, silence=0.05) as connect:
            silent = await connect()
            await silent.send(framed(hl7(1))[:cut])
            assert await silent.closed()
            gone = await connect()
            await gone.send(framed(hl7(1))[:cut])
            gone.writer.close()
        assert door.messages == []

    asyncio.run(run())


def test_one_slow_sender_holds_nobody_else_and_one_too_many_is_turned_away() -> None:
    async def run() -> None:
        async with bridge(FrontDoor(), connections=2) as connect:
            slow, other = await connect(), await connect()
            await slow.send(b"\x0bMSH|")
            await other.send(framed(hl7(2)))
            assert await other.receive(len(ack(2))) == ack(2)
            third = await connect()
            assert await third.closed()

    asyncio.run(run())


def test_a_sender_in_latin_1_is_answered_in_latin_1() -> None:
    async def run() -> None:
        door = FrontDoor(statuses=[403])
        async with bridge(door) as connect:
            sender = await connect()
            message = hl7(1, "iso-8859-1").replace(b"|LIS|", "|LÍS|".encode("iso-8859-1"))
            await sender.send(framed(message))
            told = await asyncio.wait_for(sender.reader.readuntil(b"\x1c\x0d"), 5)
            assert "|LÍS|".encode("iso-8859-1") in told

    asyncio.run(run())


def test_the_environment_is_checked_before_anything_listens(tmp_path: object) -> None:
    with pytest.raises(SettingsError):
        Settings.load({})
    given = {"ORIGIN": "http://clinic.example", "CLIENT_ID": "x", "CLIENT_SECRET_FILE": "/none"}
    with pytest.raises(SettingsError):
        Settings.load({f"TELESALUD_MLLP_{name}": value for name, value in given.items()})
