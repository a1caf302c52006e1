"""The contexts that keep the record, with the token of whoever asked interop."""

from telesalud.platform.partners.in_their_name import InTheirName


class HttpRecord(InTheirName):
    """`telesalud.interop.record.clinic.Clinic` for one caller."""

    def get(self, path: str) -> bytes:
        return self.ask("GET", path)

    def post(self, path: str, body: str, key: str) -> bytes:
        return self.ask("POST", path, body, key)
