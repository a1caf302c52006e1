"""Partner systems and their secrets over HTTP."""

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import clients, wiring
from telesalud.identity.model import Client
from telesalud.platform.errors import Conflict, NotFound
from telesalud.platform.http.operations import Answer, Edge, Request


def _client(client: Client) -> Answer:
    return Answer(clients.view(client), version=client.version)


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "POST",
        "/identity/clients",
        summary="Register a partner system; answers its first secret",
        body=contract.NewClient,
        answer=contract.ClientCreated,
        status=201,
        idempotent=True,
        errors=(Conflict,),
    )
    def register_client(request: Request) -> Answer:
        return Answer(clients.register(wiring.services(), request.call, request.body), version=1)

    @edge.operation(
        "GET",
        "/identity/clients",
        summary="The institution's partner systems",
        query=PageQuery,
        answer=contract.ClientPage,
    )
    def list_clients(request: Request) -> contract.ClientPage:
        return clients.listed(wiring.services(), request.call, request.query)

    @edge.operation(
        "GET",
        "/identity/clients/{client}",
        summary="One partner system",
        answer=contract.ClientView,
        errors=(NotFound,),
    )
    def read_client(request: Request) -> Answer:
        return _client(clients.read(wiring.services(), request.call, request.id("client")))

    @edge.operation(
        "PUT",
        "/identity/clients/{client}",
        summary="Change a partner system's name, scopes or state",
        body=contract.ClientUpdate,
        answer=contract.ClientView,
        versioned=True,
        errors=(NotFound, Conflict),
    )
    def update_client(request: Request) -> Answer:
        client, command = request.id("client"), request.body
        return _client(
            clients.update(wiring.services(), request.call, client, request.if_match, command)
        )

    @edge.operation(
        "POST",
        "/identity/clients/{client}/secrets",
        summary="A second secret for a partner system, to change over",
        answer=contract.ClientSecret,
        status=201,
        idempotent=True,
        errors=(NotFound, Conflict),
    )
    def add_client_secret(request: Request) -> contract.ClientSecret:
        return clients.add_secret(wiring.services(), request.call, request.id("client"))

    @edge.operation(
        "DELETE",
        "/identity/clients/{client}/secrets/{secret}",
        summary="Remove a secret of a partner system",
        answer=contract.ClientView,
        versioned=True,
        errors=(NotFound, Conflict),
    )
    def remove_client_secret(request: Request) -> Answer:
        client, secret = request.id("client"), request.id("secret")
        return _client(
            clients.remove_secret(wiring.services(), request.call, client, request.if_match, secret)
        )
