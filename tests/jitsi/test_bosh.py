"""The same door over BOSH (XEP-0124, XEP-0206), for networks that block WebSockets."""

import random
from typing import Self
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import httpx
import pytest

from jitsi_cluster.harness.cluster import Cluster
from jitsi_cluster.harness.prosody_server import DOMAIN, MUC
from jitsi_cluster.harness.xmpp_client import BIND, CLIENT, FOCUS_NS, SASL

pytestmark = pytest.mark.anyio

HTTPBIND = "http://jabber.org/protocol/httpbind"


class Bosh:
    """One BOSH session with a single request under way at a time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rid = random.randrange(10**6)
        self.sid = ""
        self.http = httpx.AsyncClient(timeout=15)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def post(self, payload: str = "", **attributes: str) -> list[Element]:
        self.rid += 1
        named = {"rid": str(self.rid), "xmlns": HTTPBIND, "xmlns:xmpp": "urn:xmpp:xbosh"}
        named |= {"sid": self.sid} if self.sid else {}
        named |= {name.replace("__", ":"): value for name, value in attributes.items()}
        text = " ".join(f"{name}={quoteattr(value)}" for name, value in named.items())
        answer = await self.http.post(self.url, content=f"<body {text}>{payload}</body>")
        body = ET.fromstring(answer.content)
        self.sid = self.sid or body.get("sid", "")
        return list(body)

    async def until(self, tag: str, first: list[Element]) -> Element:
        """The first stanza of this local name, polling for it where it is not there yet."""
        stanzas = first
        for _ in range(10):
            for stanza in stanzas:
                if stanza.tag.endswith("}" + tag):
                    return stanza
            stanzas = await self.post()
        raise AssertionError(f"no <{tag}/>")

    async def login(self) -> str:
        """`success` or the refusal's text."""
        opened = await self.post(
            content="text/xml; charset=utf-8",
            hold="1",
            wait="2",
            to=DOMAIN,
            ver="1.6",
            xmpp__version="1.0",
        )
        await self.until("features", opened)
        answer = await self.post(f"<auth xmlns='{SASL}' mechanism='ANONYMOUS'/>")
        if answer and answer[0].tag.endswith("}failure"):
            return answer[0].findtext(f"{{{SASL}}}text", "refused")
        await self.until("success", answer)
        await self.until("features", await self.post(to=DOMAIN, xmpp__restart="true"))
        bind = f"<iq xmlns='{CLIENT}' type='set' id='b'><bind xmlns='{BIND}'/></iq>"
        await self.until("iq", await self.post(bind))
        return "success"

    async def ask(self, room: str) -> Element:
        query = f"<conference xmlns='{FOCUS_NS}' room='{room}@{MUC}' machine-uid='t'/>"
        request = f"<iq xmlns='{CLIENT}' type='set' id='c' to='focus.{DOMAIN}'>{query}</iq>"
        return await self.until("iq", await self.post(request))


def address(cluster: Cluster, **query: str) -> str:
    return str(httpx.URL(f"http://127.0.0.1:{cluster.prosody.http_port}/http-bind", params=query))


async def test_a_participant_may_come_over_bosh(cluster: Cluster) -> None:
    room = cluster.room()
    async with (
        await cluster.focus().start(),
        Bosh(address(cluster, room=room, token=cluster.mint(room))) as person,
    ):
        assert await person.login() == "success"
        answer = await person.ask(room)
        assert answer.get("type") == "result"
        assert [request.room for request in cluster.plane.admissions] == [room]
        other = await person.ask(cluster.room())
        assert other.get("type") == "error"


async def test_no_token_is_no_login_over_bosh_either(cluster: Cluster) -> None:
    async with Bosh(address(cluster, room=cluster.room())) as person:
        assert await person.login() == "malformed"
