"""Patients, agendas and orders, as the inbox and the messages ask for them."""

from urllib.parse import quote, urlencode

from schemas.agendas import SiteList
from schemas.appointments import Appointment, Book
from schemas.orders import NewResult, Order
from schemas.patients import Patient, PatientList, PatientSearch
from telesalud.interop.triage.services import Place
from telesalud.platform.errors import NotFound
from telesalud.platform.partners.in_their_name import InTheirName


class HttpNeighbours(InTheirName):
    """`Neighbours` of the inbox and `Orders` of messages, for one caller."""

    def search(self, query: PatientSearch) -> PatientList:
        asked = urlencode(query.model_dump(mode="json", exclude_none=True))
        return PatientList.model_validate_json(self.ask("GET", f"/patients?{asked}"))

    def patient(self, which: str) -> Patient:
        return Patient.model_validate_json(self.ask("GET", f"/patients/{quote(which)}"))

    def place(self, site: str) -> Place:
        cursor = ""
        while True:
            page = SiteList.model_validate_json(
                self.ask("GET", f"/appointments/sites?limit=200{cursor}")
            )
            found = next((each for each in page.items if each.id == site), None)
            if found is not None:
                return Place(found.zone)
            if page.cursor is None:
                raise NotFound("there is no such site")
            cursor = f"&cursor={quote(page.cursor, safe='')}"

    def book(self, new: Book, key: str) -> Appointment:
        body = self.ask("POST", "/appointments", new.model_dump_json(), key)
        return Appointment.model_validate_json(body)

    def order(self, which: str) -> Order:
        return Order.model_validate_json(self.ask("GET", f"/orders/requests/{quote(which)}"))

    def enter_result(self, order: Order, new: NewResult, key: str) -> None:
        path = f"/orders/requests/{quote(order.id)}/results"
        self.ask("POST", path, new.model_dump_json(), key, order.version)
