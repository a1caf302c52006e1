"""Administration of users over HTTP."""

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import users, wiring
from telesalud.identity.errors import UserNameTaken
from telesalud.identity.model import User
from telesalud.platform.errors import Conflict, NotFound
from telesalud.platform.http.operations import Answer, Group, Request


def _user(user: User) -> Answer:
    return Answer(users.view(user), version=user.version)


group = Group("/identity/users")


@group.post(
    body=contract.NewUser,
    answer=contract.UserCreated,
    status=201,
    idempotent=True,
    errors=(UserNameTaken,),
)
def create_user(request: Request) -> Answer:
    """Create a user; answers the one-time code for their password."""
    return Answer(users.create(wiring.services(), request.call, request.body), version=1)


@group.get(query=PageQuery, answer=contract.UserPage)
def list_users(request: Request) -> contract.UserPage:
    """The institution's users."""
    return users.listed(wiring.services(), request.call, request.query)


@group.get("/{user}", answer=contract.UserView, errors=(NotFound,))
def read_user(request: Request) -> Answer:
    """One user."""
    return _user(users.read(wiring.services(), request.call, request.id("user")))


@group.put(
    "/{user}",
    body=contract.UserUpdate,
    answer=contract.UserView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def update_user(request: Request) -> Answer:
    """Change a user's name, roles, language or state; disabling ends their sessions."""
    user, command = request.id("user"), request.body
    return _user(users.update(wiring.services(), request.call, user, request.if_match, command))


@group.post(
    "/{user}/reset",
    body=contract.ResetUser,
    answer=contract.OneTimeCode,
    idempotent=True,
    errors=(NotFound, Conflict),
)
def reset_user(request: Request) -> contract.OneTimeCode:
    """Take a user's password away and answer a one-time code; ends their sessions."""
    return users.reset(wiring.services(), request.call, request.id("user"), request.body)
