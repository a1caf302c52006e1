"""Partner systems and their secrets over HTTP."""

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import clients, wiring
from telesalud.identity.model import Client
from telesalud.platform.errors import Conflict, NotFound
from telesalud.platform.http.operations import Answer, Group, Request


def _client(client: Client) -> Answer:
    return Answer(clients.view(client), version=client.version)


group = Group("/identity/clients")


@group.post(
    body=contract.NewClient,
    answer=contract.ClientCreated,
    status=201,
    idempotent=True,
    errors=(Conflict,),
)
def register_client(request: Request) -> Answer:
    """Register a partner system; answers its first secret."""
    return Answer(clients.register(wiring.services(), request.call, request.body), version=1)


@group.get(query=PageQuery, answer=contract.ClientPage)
def list_clients(request: Request) -> contract.ClientPage:
    """The institution's partner systems."""
    return clients.listed(wiring.services(), request.call, request.query)


@group.get("/{client}", answer=contract.ClientView, errors=(NotFound,))
def read_client(request: Request) -> Answer:
    """One partner system."""
    return _client(clients.read(wiring.services(), request.call, request.id("client")))


@group.put(
    "/{client}",
    body=contract.ClientUpdate,
    answer=contract.ClientView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def update_client(request: Request) -> Answer:
    """Change a partner system's name, scopes or state."""
    client, command = request.id("client"), request.body
    return _client(
        clients.update(wiring.services(), request.call, client, request.if_match, command)
    )


@group.post(
    "/{client}/secrets",
    answer=contract.ClientSecret,
    status=201,
    idempotent=True,
    errors=(NotFound, Conflict),
)
def add_client_secret(request: Request) -> contract.ClientSecret:
    """A second secret for a partner system, to change over."""
    return clients.add_secret(wiring.services(), request.call, request.id("client"))


@group.delete(
    "/{client}/secrets/{secret}",
    answer=contract.ClientView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def remove_client_secret(request: Request) -> Answer:
    """Remove a secret of a partner system."""
    client, secret = request.id("client"), request.id("secret")
    return _client(
        clients.remove_secret(wiring.services(), request.call, client, request.if_match, secret)
    )
