"""Patients and agendas over HTTP, asked in the caller's own name."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from schemas.agendas import SiteList
from schemas.appointments import Appointment, Book
from schemas.orders import NewResult, Order
from schemas.patients import Patient, PatientList, PatientSearch
from telesalud.interop.triage.services import Place
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    StaleVersion,
    Unauthenticated,
    Unavailable,
)

if TYPE_CHECKING:
    import httpx

TIMEOUT = 8.0
"""Seconds."""


class HttpNeighbours:
    """`Neighbours` of the inbox and `Orders` of messages, for one caller."""

    def __init__(
        self, base_url: str, authorization: str, http: "Callable[[], httpx.Client]"
    ) -> None:
        self._base_url = base_url
        self._authorization = authorization
        self._http = http

    def search(self, query: PatientSearch) -> PatientList:
        asked = urlencode(query.model_dump(mode="json", exclude_none=True))
        return PatientList.model_validate_json(self._send("GET", f"/patients?{asked}"))

    def patient(self, which: str) -> Patient:
        return Patient.model_validate_json(self._send("GET", f"/patients/{quote(which)}"))

    def place(self, site: str) -> Place:
        cursor = ""
        while True:
            page = SiteList.model_validate_json(
                self._send("GET", f"/appointments/sites?limit=200{cursor}")
            )
            found = next((each for each in page.items if each.id == site), None)
            if found is not None:
                return Place(found.zone)
            if page.cursor is None:
                raise NotFound("there is no such site")
            cursor = f"&cursor={quote(page.cursor, safe='')}"

    def book(self, new: Book, key: str) -> Appointment:
        body = self._send("POST", "/appointments", new.model_dump_json(), key)
        return Appointment.model_validate_json(body)

    def order(self, which: str) -> Order:
        return Order.model_validate_json(self._send("GET", f"/orders/requests/{quote(which)}"))

    def enter_result(self, order: Order, new: NewResult, key: str) -> None:
        path = f"/orders/requests/{quote(order.id)}/results"
        self._send("POST", path, new.model_dump_json(), key, order.version)

    def _send(
        self, method: str, path: str, body: str | None = None, key: str = "", if_match: int = 0
    ) -> bytes:
        """The body of an answer, or the refusal that another answer means."""
        if not self._authorization:
            raise Unauthenticated("who the caller is cannot be shown to the other services")
        import httpx  # noqa: PLC0415  # 120 ms of import that taking a message does without

        headers = {"authorization": self._authorization}
        if body is not None:
            headers |= {"content-type": "application/json", "idempotency-key": key}
        if if_match:
            headers["if-match"] = f'"{if_match}"'
        try:
            answer = self._http().request(
                method, self._base_url + path, content=body, headers=headers, timeout=TIMEOUT
            )
        except httpx.HTTPError as error:
            raise Unavailable("another service did not answer") from error
        if answer.is_success:
            return answer.content
        raise _refusal(answer)


def _refusal(answer: "httpx.Response") -> Exception:
    refusals: dict[int, Exception] = {
        401: Unauthenticated(),
        403: Forbidden("your account may not do this there"),
        404: NotFound(),
        409: Conflict(_said(answer)),
        412: StaleVersion(),
        410: Gone("this record was shredded"),
        422: Invalid(_said(answer)),
    }
    return refusals.get(answer.status_code) or Unavailable(
        f"another service answered {answer.status_code}"
    )


def _said(answer: "httpx.Response") -> str:
    """Why another context refused: the title of its problem (RFC 9457), which names nobody."""
    try:
        title = answer.json().get("title")
    except (ValueError, AttributeError):
        title = None
    return str(title) if title else "the other service refused"
