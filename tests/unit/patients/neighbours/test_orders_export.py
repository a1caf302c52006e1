"""What the orders context keeps reaches an export: every kind, every page, results and files."""

import json
from typing import Any

import httpx
import pytest

from telesalud.patients.neighbours.orders_http import HttpOrders
from telesalud.platform.errors import Unavailable
from telesalud.platform.partners.client import Credentials, PartnerClient, Refused

SERVICE = "https://clinic.example/api"
FILES = "https://files.example"
ONE, TWO = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"


class Service:
    """Identity and orders with two pages of things for one patient and none for the other."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.refuse = 0
        self.broken_file = False
        self.http = httpx.Client(transport=httpx.MockTransport(self.answer))

    def orders(self) -> HttpOrders:
        client = PartnerClient(
            SERVICE, lambda _: Credentials("client", "secret"), lambda: self.http
        )
        return HttpOrders(client, lambda: self.http)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")
        self.paths.append(path)
        if request.url.host == "files.example":
            return httpx.Response(500 if self.broken_file else 200, content=b"%PDF")
        if path == "/identity/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 600})
        if self.refuse:
            problem = {"type": "urn:telesalud:problem:forbidden"}
            return httpx.Response(self.refuse, json=problem)
        return httpx.Response(200, json=self._body(path, dict(request.url.params)))

    def _body(self, path: str, query: dict[str, str]) -> Any:
        if path == f"/orders/patients/{ONE}":
            pages: dict[str, Any] = {
                "": {"items": [{"kind": "prescription", "id": "p"}], "cursor": "next"},
                "next": {
                    "items": [
                        {"kind": kind, "id": kind[0] + "1"}
                        for kind in ("order", "referral", "certificate")
                    ],
                    "cursor": None,
                },
            }
            return pages[query.get("cursor", "")]
        if path.startswith("/orders/patients/"):
            return {"items": [], "cursor": None}
        if path.endswith("/attachments"):
            ready = {
                "id": "f1",
                "status": "ready",
                "name": "a/b.pdf",
                "media_type": "application/pdf",
            }
            return {"items": [ready, {"id": "f2", "status": "refused", "name": "x"}]}
        if path.endswith("/link"):
            return {"url": f"{FILES}/f1"}
        return {"path": path}


def test_everything_that_was_ordered_is_fetched_once() -> None:
    service = Service()
    files = dict(service.orders().files("clinic", (ONE, TWO)))
    assert sorted(files) == [
        "orders/certificate/c1.json",
        "orders/order/o1-f1-a_b.pdf",
        "orders/order/o1-results.json",
        "orders/order/o1.json",
        "orders/prescription/p.json",
        "orders/referral/r1.json",
    ]
    assert files["orders/order/o1-f1-a_b.pdf"] == b"%PDF"
    assert (
        json.loads(files["orders/order/o1-results.json"])["path"] == "/orders/requests/o1/results"
    )
    assert f"/orders/patients/{TWO}" in service.paths
    assert len(service.paths) == len(set(service.paths)) + 1  # two pages of one list


@pytest.mark.parametrize(("status", "error"), [(403, Refused), (500, Unavailable)])
def test_refusals_and_outages_are_told_apart(status: int, error: type[Exception]) -> None:
    service = Service()
    service.refuse = status
    with pytest.raises(error):
        list(service.orders().files("clinic", (ONE,)))


def test_a_file_that_does_not_come_is_not_left_out() -> None:
    service = Service()
    service.broken_file = True
    with pytest.raises(Unavailable):
        list(service.orders().files("clinic", (ONE,)))
