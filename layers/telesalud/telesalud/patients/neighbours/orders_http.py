"""What the orders context keeps of a patient, over its public HTTP API.

The institution's client needs the scopes `orders.read_chart`, `orders.read_prescriptions` and
`orders.read_orders`; without them the export says what is missing instead of being silent.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from telesalud.platform.errors import Unavailable
from telesalud.platform.media import download_name
from telesalud.platform.partners.client import PartnerClient

if TYPE_CHECKING:
    import httpx

_PATHS: Final = {
    "prescription": "/orders/prescriptions",
    "order": "/orders/requests",
    "referral": "/orders/referrals",
    "certificate": "/orders/certificates",
}
_PAGE: Final = 100
_FILE_TIMEOUT: Final = 60.0
"""Seconds for a file of 32 MB."""


class HttpOrders:
    """`telesalud.patients.custody.export_parts.OtherContexts` over HTTP."""

    def __init__(self, client: PartnerClient, http: "Callable[[], httpx.Client]") -> None:
        self._client = client
        self._http = http

    def files(self, tenant: str, members: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for member in members:
            for entry in self._entries(tenant, member):
                kind, which = str(entry["kind"]), str(entry["id"])
                path = f"{_PATHS[kind]}/{which}"
                yield f"orders/{kind}/{which}.json", self._json(tenant, path)
                if kind == "order":
                    yield (
                        f"orders/{kind}/{which}-results.json",
                        self._json(tenant, f"{path}/results"),
                    )
                    yield from self._attachments(tenant, path, which)

    def _entries(self, tenant: str, patient: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            more = f"&cursor={cursor}" if cursor else ""
            path = f"/orders/patients/{patient}?limit={_PAGE}{more}"
            page = json.loads(self._client.call(tenant, "GET", path))
            yield from page["items"]
            cursor = page["cursor"] or ""
            if not cursor:
                return

    def _attachments(self, tenant: str, path: str, order: str) -> Iterator[tuple[str, bytes]]:
        listed = json.loads(self._client.call(tenant, "GET", f"{path}/attachments"))
        for file in listed["items"]:
            if file["status"] != "ready":
                continue
            link = json.loads(
                self._client.call(tenant, "GET", f"{path}/attachments/{file['id']}/link")
            )
            name = download_name(str(file["name"]), str(file["media_type"] or ""))
            yield f"orders/order/{order}-{file['id']}-{name}", self._fetched(link["url"])

    def _json(self, tenant: str, path: str) -> bytes:
        found = json.loads(self._client.call(tenant, "GET", path))
        return json.dumps(found, ensure_ascii=False, indent=1).encode()

    def _fetched(self, url: str) -> bytes:
        import httpx  # noqa: PLC0415  # the export's function only

        try:
            answer = self._http().get(url, timeout=_FILE_TIMEOUT)
        except httpx.HTTPError as error:
            raise Unavailable("a file's link did not answer") from error
        if not answer.is_success:
            raise Unavailable(f"a file's link answered {answer.status_code}")
        return answer.content
