"""Catalogues and prescribers over HTTP."""

import re

from schemas import formulary as f
from schemas import prescriptions as p
from telesalud.orders import errors, prescribers, wiring
from telesalud.orders.catalogues import releases
from telesalud.orders.routes import versioned
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request

MAX_IMPORT = 5_500_000
"""Bytes of an import; Lambda takes 6 MB."""
_USER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _catalogues(edge)


def _user(request: Request) -> str:
    value = request.path["user_id"]
    if not _USER.fullmatch(value):
        raise NotFound
    return value


def _kind(request: Request) -> f.CatalogueKind:
    try:
        return f.CatalogueKind(request.path["kind"])
    except ValueError:
        raise NotFound("there is no such catalogue") from None


def _catalogues(edge: Edge) -> None:
    @edge.operation(
        "PUT", "/orders/catalogues/{kind}", body=f.CatalogueImport, answer=f.Catalogue,
        versioned=True, summary='Import a whole catalogue; If-Match "0" the first time',
        max_body=MAX_IMPORT, errors=(Invalid, NotFound, StaleVersion),
    )  # fmt: skip
    def import_catalogue(request: Request) -> Answer:
        made = releases.put(
            wiring.services(),
            wiring.shelf(),
            request.call,
            kind=_kind(request),
            given=request.body,
            version=request.if_match,
        )
        return versioned(made)

    @edge.operation(
        "GET", "/orders/catalogues/{kind}", answer=f.Catalogue, errors=(NotFound,),
        summary="Which release of a catalogue is in use",
    )  # fmt: skip
    def read_catalogue(request: Request) -> Answer:
        return versioned(releases.show(wiring.services(), request.call, _kind(request)))

    @edge.operation(
        "GET", "/orders/formulary", query=f.FormularySearch, answer=f.FormularyPage,
        summary="Find products by words, code or ATC", errors=(errors.NoCatalogue,),
    )  # fmt: skip
    def search_formulary(request: Request) -> f.FormularyPage:
        return releases.search(wiring.services(), wiring.shelf(), request.call, request.query)

    @edge.operation(
        "GET", "/orders/order-sets", answer=f.OrderSetList, summary="All order sets",
    )  # fmt: skip
    def list_order_sets(request: Request) -> f.OrderSetList:
        return releases.list_order_sets(wiring.services(), wiring.shelf(), request.call)

    @edge.operation(
        "GET", "/orders/prescribers/{user_id}", answer=p.Prescriber, errors=(NotFound,),
        summary="Who a user is on paper",
    )  # fmt: skip
    def read_prescriber(request: Request) -> Answer:
        return versioned(prescribers.read(wiring.services(), request.call, _user(request)))

    @edge.operation(
        "PUT", "/orders/prescribers/{user_id}", body=p.PrescriberBody, answer=p.Prescriber,
        summary='Enter a professional registration; If-Match "0" the first time', versioned=True,
        errors=(NotFound, StaleVersion),
    )  # fmt: skip
    def put_prescriber(request: Request) -> Answer:
        return versioned(
            prescribers.put(
                wiring.services(), request.call, _user(request), request.body, request.if_match
            )
        )
