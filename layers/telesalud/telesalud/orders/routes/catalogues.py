"""Catalogues and prescribers over HTTP."""

from schemas import formulary as f
from schemas import laboratory as lab
from schemas import prescriptions as p
from telesalud.orders import errors, prescribers, wiring
from telesalud.orders.catalogues import releases
from telesalud.orders.medicines import vocabulary
from telesalud.orders.routes import user_of, versioned
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

MAX_IMPORT = 5_500_000
"""Bytes of an import; Lambda takes 6 MB."""


group = Group("/orders")


@group.put(
    "/catalogues/{kind}",
    body=f.CatalogueImport,
    answer=f.Catalogue,
    versioned=True,
    max_body=MAX_IMPORT,
    errors=(Invalid, NotFound, StaleVersion),
)
def import_catalogue(request: Request) -> Answer:
    """Import a whole catalogue; If-Match "0" the first time."""
    made = releases.put(
        wiring.services(),
        wiring.catalogues(),
        request.call,
        kind=_kind(request),
        given=request.body,
        version=request.if_match,
    )
    return versioned(made)


@group.get("/catalogues/{kind}", answer=f.Catalogue, errors=(NotFound,))
def read_catalogue(request: Request) -> Answer:
    """Which release of a catalogue is in use."""
    return versioned(releases.show(wiring.services(), request.call, _kind(request)))


@group.get(
    "/formulary", query=f.FormularySearch, answer=f.FormularyPage, errors=(errors.NoCatalogue,)
)
def search_formulary(request: Request) -> f.FormularyPage:
    """Find products by words, code or ATC."""
    return releases.search(wiring.services(), wiring.catalogues(), request.call, request.query)


@group.get("/medicines", query=f.TermSearch, answer=f.TermList)
def search_medicines(request: Request) -> f.TermList:
    """Find the code of a substance, or of what somebody is allergic to."""
    return vocabulary.search(request.call, request.query)


@group.get("/order-sets", answer=f.OrderSetList)
def list_order_sets(request: Request) -> f.OrderSetList:
    """All order sets."""
    return releases.list_order_sets(wiring.services(), wiring.catalogues(), request.call)


@group.get("/tests", query=lab.FindTests, answer=lab.FoundTests)
def find_tests(request: Request) -> lab.FoundTests:
    """Find tests by words, abbreviations or a code."""
    return releases.find_tests(wiring.services(), wiring.catalogues(), request.call, request.query)


@group.get("/prescribers/{user_id}", answer=p.Prescriber, errors=(NotFound,))
def read_prescriber(request: Request) -> Answer:
    """Who a user is on paper."""
    return versioned(prescribers.read(wiring.services(), request.call, user_of(request)))


@group.put(
    "/prescribers/{user_id}",
    body=p.PrescriberBody,
    answer=p.Prescriber,
    versioned=True,
    errors=(NotFound, StaleVersion),
)
def put_prescriber(request: Request) -> Answer:
    """Enter a professional registration; If-Match "0" the first time."""
    return versioned(
        prescribers.put(
            wiring.services(), request.call, user_of(request), request.body, request.if_match
        )
    )


def _kind(request: Request) -> f.CatalogueKind:
    try:
        return f.CatalogueKind(request.path["kind"])
    except ValueError:
        raise NotFound("there is no such catalogue") from None
