"""Administration of users over HTTP."""

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import users, wiring
from telesalud.identity.errors import UserNameTaken
from telesalud.identity.model import User
from telesalud.platform.errors import Conflict, NotFound
from telesalud.platform.http.operations import Answer, Edge, Request


def _user(user: User) -> Answer:
    return Answer(users.view(user), version=user.version)


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "POST",
        "/identity/users",
        summary="Create a user; answers the one-time code for his password",
        body=contract.NewUser,
        answer=contract.UserCreated,
        status=201,
        idempotent=True,
        errors=(UserNameTaken,),
    )
    def create_user(request: Request) -> Answer:
        return Answer(users.create(wiring.services(), request.call, request.body), version=1)

    @edge.operation(
        "GET",
        "/identity/users",
        summary="The institution's users",
        query=PageQuery,
        answer=contract.UserPage,
    )
    def list_users(request: Request) -> contract.UserPage:
        return users.listed(wiring.services(), request.call, request.query)

    @edge.operation(
        "GET",
        "/identity/users/{user}",
        summary="One user",
        answer=contract.UserView,
        errors=(NotFound,),
    )
    def read_user(request: Request) -> Answer:
        return _user(users.read(wiring.services(), request.call, request.id("user")))

    @edge.operation(
        "PUT",
        "/identity/users/{user}",
        summary="Change a user's name, roles, language or state; disabling ends his sessions",
        body=contract.UserUpdate,
        answer=contract.UserView,
        versioned=True,
        errors=(NotFound, Conflict),
    )
    def update_user(request: Request) -> Answer:
        user, command = request.id("user"), request.body
        return _user(users.update(wiring.services(), request.call, user, request.if_match, command))

    @edge.operation(
        "POST",
        "/identity/users/{user}/reset",
        summary="Take a user's password away and answer a one-time code; ends his sessions",
        body=contract.ResetUser,
        answer=contract.OneTimeCode,
        idempotent=True,
        errors=(NotFound, Conflict),
    )
    def reset_user(request: Request) -> contract.OneTimeCode:
        return users.reset(wiring.services(), request.call, request.id("user"), request.body)
