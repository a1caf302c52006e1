"""An institution for tests: a tenant, its people, and quick ways to log them in."""

import base64
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from schemas import identity as contract
from telesalud.identity import account, bootstrap, sessions, users
from telesalud.identity.model import IdentityServices
from telesalud.identity.passwords import Hasher
from telesalud.identity.sessions import Issued
from telesalud.identity.stored import Device
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.work import Call
from tests.worlds.tokens import ISSUER, MemorySigner
from tests.worlds.world import TENANT, World, call

PASSWORD = "Colibri-Verde-77-Mesa"
OTHER_PASSWORD = "Lluvia-Norte-31-Barco"
SOURCE = "203.0.113.7"
DEVICE = Device(user_agent="Test browser", source=SOURCE)
ANYBODY = Call(Caller.anonymous(), "request-1")


@dataclass(slots=True)
class Person:
    """A user with a password, and the secret of their authenticator app once they have one."""

    id: str
    user_name: str
    roles: tuple[Role, ...]
    password: str = PASSWORD
    secret: str = ""
    recovery: tuple[str, ...] = ()

    @property
    def caller(self) -> Caller:
        return Caller(TENANT, self.id, CallerKind.USER, frozenset(self.roles))

    def log_in(self, **changes: str | None) -> contract.LogIn:
        given = {"tenant": TENANT, "user_name": self.user_name, "password": self.password}
        return contract.LogIn.model_validate({**given, **changes})


@dataclass(slots=True)
class Clinic:
    """The world with one institution, "hospital-demo", and its administrator."""

    world: World = field(default_factory=World)
    signer: MemorySigner = field(default_factory=MemorySigner)
    hasher: Hasher = field(default_factory=lambda: Hasher(memory_kib=8, passes=1, lanes=1))
    second_factor_roles: tuple[contract.RoleName, ...] = ()
    password_days: int = 180
    administrator: Person = field(init=False)

    def __post_init__(self) -> None:
        command = contract.NewTenant(
            id=TENANT,
            name="Hospital Demostración",
            second_factor_roles=self.second_factor_roles,
            password_days=self.password_days,
        )
        bootstrap.create_tenant(self.services, command)
        created = bootstrap.first_administrator(
            self.services,
            TENANT,
            contract.NewUser(
                user_name="admin.demo",
                display_name="Administración Demostración",
                roles=("administrator",),
            ),
        )
        self.administrator = Person(created.user.id, "admin.demo", (Role.ADMINISTRATOR,))
        self.redeem("admin.demo", created.one_time_code.code)

    @property
    def services(self) -> IdentityServices:
        """Fresh services: a cold process on the same table."""
        return IdentityServices(
            core=self.world.services,
            signers=(self.signer,),
            hasher=self.hasher,
            issuer=ISSUER,
            session_lifetime=timedelta(hours=12),
            idle_lifetime=timedelta(hours=1),
        )

    def redeem(self, user_name: str, code: str, password: str = PASSWORD) -> None:
        command = contract.RedeemCode(
            tenant=TENANT, user_name=user_name, code=code, new_password=password
        )
        account.redeem_code(self.services, ANYBODY, command, SOURCE)

    def hire(self, user_name: str, *roles: Role) -> Person:
        """A user with a password."""
        command = contract.NewUser(
            user_name=user_name,
            display_name="Persona Demostración",
            roles=tuple(sorted(role.value for role in roles)),
        )
        created = users.create(self.services, call(self.administrator.caller), command)
        self.redeem(user_name, created.one_time_code.code)
        return Person(created.user.id, user_name, roles)

    def enrol(self, person: Person) -> None:
        """Give the person an authenticator app."""
        proof = contract.Credentials(
            tenant=TENANT, user_name=person.user_name, password=person.password
        )
        secret = account.start_enrolment(self.services, ANYBODY, proof, SOURCE).secret
        person.secret = secret
        confirm = contract.ConfirmEnrolment(
            tenant=TENANT,
            user_name=person.user_name,
            password=person.password,
            code=self.code(person),
        )
        codes = account.confirm_enrolment(self.services, ANYBODY, confirm, SOURCE)
        person.recovery = codes.codes
        self.world.clock.advance(seconds=30)

    def code(self, person: Person, steps: int = 0) -> str:
        """What the person's app shows now, or some 30 s steps from now."""
        key = base64.b32decode(person.secret)
        now = int(self.world.clock().timestamp()) + 30 * steps
        return TOTP(key, 6, SHA1(), 30).generate(now).decode()

    def log_in(self, person: Person, **changes: str | None) -> Issued:
        """A session of the person."""
        if person.secret:
            changes = {"second_factor": self.code(person), **changes}
        return sessions.log_in(self.services, ANYBODY, person.log_in(**changes), DEVICE)
