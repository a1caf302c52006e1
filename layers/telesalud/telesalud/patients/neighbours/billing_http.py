"""Contracts of billing over its public API, with the token of whoever asked."""

from schemas.billing import PayerContract
from telesalud.platform.errors import NotFound
from telesalud.platform.partners.in_their_name import InTheirName


class HttpContracts(InTheirName):
    """`telesalud.patients.coverage.keeping.Contracts` for one caller."""

    def contract(self, which: str) -> PayerContract | None:
        try:
            found = self.ask("GET", f"/billing/contracts/{which}")
        except NotFound:
            return None
        return PayerContract.model_validate_json(found)
