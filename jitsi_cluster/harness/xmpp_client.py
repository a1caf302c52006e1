"""XMPP over WebSocket (RFC 7395): a participant as Jitsi's web app speaks, and a focus stand-in."""

import asyncio
import base64
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlencode
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import websockets

from jitsi_cluster.harness.prosody_server import DOMAIN, MUC

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
CLIENT = "jabber:client"
MUC_NS = "http://jabber.org/protocol/muc"
MUC_USER = MUC_NS + "#user"
FOCUS_NS = "http://jitsi.org/protocol/focus"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
LIMIT = "{urn:telesalud:video:1}session-limit"


class LoginRefused(Exception):
    """SASL failure; the text is the server's reason."""


class JoinRefused(Exception):
    """Presence error; the text is the XMPP condition."""


def condition(stanza: Element) -> str:
    """The stanza's error condition, such as `not-allowed`."""
    error = stanza.find(f"{{{CLIENT}}}error")
    assert error is not None
    return next(c.tag.split("}")[1] for c in error if STANZAS in c.tag and "text" not in c.tag)


class Client:
    """One WebSocket session. Stanzas are kept until somebody waits for them."""

    def __init__(self, url: str, host: str = DOMAIN) -> None:
        self.url = url
        self.host = host
        self.jid = ""
        self.inbox: list[Element] = []
        self._arrived = asyncio.Condition()
        self._socket: websockets.ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self.closed = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def send(self, xml: str) -> None:
        assert self._socket is not None
        await self._socket.send(xml)

    async def _read(self) -> None:
        assert self._socket is not None
        try:
            async for message in self._socket:
                stanza = ET.fromstring(message)  # noqa: S314 - from the server under test
                await self.handle(stanza)
                async with self._arrived:
                    self.inbox.append(stanza)
                    self._arrived.notify_all()
        except websockets.ConnectionClosed:
            pass
        finally:
            self.closed.set()

    async def handle(self, stanza: Element) -> None:
        """For subclasses that answer by themselves."""

    async def expect(self, matches: Callable[[Element], bool], patience: float = 5) -> Element:
        """The first stanza that matches, taken out of the inbox."""

        def take() -> Element | None:
            for i, stanza in enumerate(self.inbox):
                if matches(stanza):
                    return self.inbox.pop(i)
            return None

        async with asyncio.timeout(patience), self._arrived:
            while (found := take()) is None:
                await self._arrived.wait()
            return found

    async def _open(self) -> Element:
        await self.send(f"<open xmlns='{FRAMING}' to='{self.host}' version='1.0'/>")
        return await self.expect(lambda s: s.tag.endswith("}features"))

    async def _login(self, mechanism: str, payload: str, query: dict[str, str]) -> None:
        url = f"{self.url}?{urlencode(query)}" if query else self.url
        self._socket = await websockets.connect(url, subprotocols=[websockets.Subprotocol("xmpp")])
        self._reader = asyncio.create_task(self._read())
        await self._open()
        await self.send(f"<auth xmlns='{SASL}' mechanism='{mechanism}'>{payload}</auth>")
        answer = await self.expect(lambda s: s.tag in (f"{{{SASL}}}success", f"{{{SASL}}}failure"))
        if answer.tag.endswith("failure"):
            raise LoginRefused(answer.findtext(f"{{{SASL}}}text", "refused"))
        await self._open()
        bound = await self.iq("set", f"<bind xmlns='{BIND}'/>")
        self.jid = bound.findtext(f".//{{{BIND}}}jid", "")

    async def iq(self, kind: str, payload: str, to: str = "", patience: float = 10) -> Element:
        ident = uuid.uuid4().hex
        target = f" to={quoteattr(to)}" if to else ""
        await self.send(f"<iq xmlns='{CLIENT}' type='{kind}' id='{ident}'{target}>{payload}</iq>")
        return await self.expect(
            lambda s: s.tag == f"{{{CLIENT}}}iq" and s.get("id") == ident, patience
        )

    async def presence_to(self, room: str, nick: str) -> None:
        await self.send(
            f"<presence xmlns='{CLIENT}' to='{room}@{MUC}/{nick}'><x xmlns='{MUC_NS}'/></presence>"
        )

    async def leave(self, room: str, nick: str) -> None:
        await self.send(f"<presence xmlns='{CLIENT}' type='unavailable' to='{room}@{MUC}/{nick}'/>")

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await self._reader


class Participant(Client):
    """A person's browser: login by token, ask for the conference, enter the room."""

    nick = ""

    async def login(self, room: str | None, token: str | None) -> None:
        query = {k: v for k, v in (("room", room), ("token", token)) if v is not None}
        await self._login("ANONYMOUS", "", query)

    async def ask(self, room: str) -> Element:
        """The `conference` request to the focus; the answer, be it a result or an error."""
        query = f"<conference xmlns='{FOCUS_NS}' room='{room}@{MUC}' machine-uid='test'/>"
        return await self.iq("set", query, f"focus.{DOMAIN}")

    async def enter(self, room: str) -> str:
        """Joins; the own role on success."""
        self.nick = uuid.uuid4().hex[:8]
        await self.presence_to(room, self.nick)
        mine = f"{room}@{MUC}/{self.nick}"
        stanza = await self.expect(
            lambda s: (
                s.tag == f"{{{CLIENT}}}presence"
                and (s.get("type") == "error" or s.get("from") == mine)
            )
        )
        if stanza.get("type") == "error":
            raise JoinRefused(condition(stanza))
        item = stanza.find(f".//{{{MUC_USER}}}item")
        assert item is not None
        return item.get("role", "")

    async def call(self, room: str) -> str:
        """Ask and enter; the own role."""
        answer = await self.ask(room)
        if answer.get("type") == "error":
            raise JoinRefused(condition(answer))
        return await self.enter(room)

    async def destroyed(self, patience: float = 10) -> str:
        """Waits for the room's destruction; the reason text."""
        stanza = await self.expect(
            lambda s: s.find(f".//{{{MUC_USER}}}destroy") is not None, patience
        )
        return stanza.findtext(f".//{{{MUC_USER}}}reason", "")

    async def put_out(self, patience: float = 10) -> None:
        """Waits until the room has put this participant out."""
        await self.expect(
            lambda s: (
                s.get("type") == "unavailable"
                and s.find(f".//{{{MUC_USER}}}status[@code='110']") is not None
            ),
            patience,
        )


class Focus(Client):
    """Plays Jicofo: creates a room when asked, leaves when nobody else is in it."""

    def __init__(self, url: str) -> None:
        super().__init__(url, f"auth.{DOMAIN}")
        self.rooms: dict[str, set[str]] = {}

    async def start(self) -> Self:
        secret = base64.b64encode(b"\0focus\0any").decode()
        await self._login("PLAIN", secret, {})
        await self.send(f"<presence xmlns='{CLIENT}'/>")
        return self

    async def handle(self, stanza: Element) -> None:
        if stanza.tag == f"{{{CLIENT}}}presence":
            await self._watch(stanza)
        query = stanza.find(f"{{{FOCUS_NS}}}conference")
        if stanza.tag == f"{{{CLIENT}}}iq" and stanza.get("type") == "set" and query is not None:
            room = query.get("room", "")
            if room not in self.rooms:
                self.rooms[room] = set()
                await self.presence_to(room.partition("@")[0], "focus")
            await self.send(
                f"<iq xmlns='{CLIENT}' type='result' id='{stanza.get('id')}'"
                f" to='{stanza.get('from')}'>"
                f"<conference xmlns='{FOCUS_NS}' room='{room}' ready='true'/></iq>"
            )

    async def _watch(self, stanza: Element) -> None:
        room, _, nick = stanza.get("from", "").partition("/")
        if room not in self.rooms:
            return
        if stanza.get("type") == "error" or (
            nick == "focus" and stanza.get("type") == "unavailable"
        ):
            del self.rooms[room]
        elif nick != "focus" and stanza.get("type") == "unavailable":
            self.rooms[room].discard(nick)
            if not self.rooms[room]:
                await self.leave(room.partition("@")[0], "focus")
        elif nick != "focus":
            self.rooms[room].add(nick)
