"""What a clinician prescribes and orders again and again."""

from schemas.favourites import Favourites, FavouritesBody
from telesalud.orders import favourites, wiring
from telesalud.platform.errors import Forbidden, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/orders/favourites")


@group.get(answer=Favourites, errors=(Forbidden,))
def read_favourites(request: Request) -> Answer:
    """One's own favourites, with products as the formulary has them now."""
    found = favourites.read(wiring.services(), wiring.catalogues(), request.call)
    return Answer(found, found.version)


@group.put(body=FavouritesBody, answer=Favourites, versioned=True, errors=(Forbidden, StaleVersion))
def put_favourites(request: Request) -> Answer:
    """Change one's own favourites; If-Match "0" the first time."""
    changed = favourites.write(
        wiring.services(), wiring.catalogues(), request.call, request.body, request.if_match
    )
    return Answer(changed, changed.version)
