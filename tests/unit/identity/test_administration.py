"""What administrators and auditors may do, and what nobody may."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import (
    account,
    bootstrap,
    clients,
    issuing,
    refreshing,
    sessions,
    tenants,
    trail,
    users,
)
from telesalud.identity.errors import ClientRefused, LogInRefused, ScopeRefused, UserNameTaken
from telesalud.identity.model import IdentityServices
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from telesalud.platform.tokens import TokenVerifier
from telesalud.platform.work import AnsweredBefore, Call
from tests.support.crashes import crash_everywhere
from tests.worlds.identity.clinic import ANYBODY, DEVICE, OTHER_PASSWORD, SOURCE, Clinic, Person
from tests.worlds.tokens import Jwks, MemorySigner, our_issuer
from tests.worlds.world import TENANT, call, partner, user

NEW = contract.NewUser(
    user_name="medica.uno", display_name="Médica Demostración", roles=("physician",)
)
PAGE = PageQuery()
NEW_CLIENT = contract.NewClient(
    name="Sistema Demostración", scopes=("consults.read", "consults.write")
)


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


@pytest.fixture
def admin(clinic: Clinic) -> Call:
    return call(clinic.administrator.caller)


def changed(**changes: Any) -> contract.UserUpdate:
    whole = {"display_name": "Persona", "roles": ["nurse"], "active": True, "language": "es"}
    return contract.UserUpdate.model_validate({**whole, **changes}, strict=False)


ACTS: list[Callable[[IdentityServices, Call], object]] = [
    lambda s, c: users.create(s, c, NEW),
    lambda s, c: users.listed(s, c, PAGE),
    lambda s, c: users.read(s, c, "x"),
    lambda s, c: users.update(s, c, "x", 1, changed()),
    lambda s, c: users.reset(s, c, "x", contract.ResetUser()),
    lambda s, c: clients.register(s, c, NEW_CLIENT),
    lambda s, c: clients.listed(s, c, PAGE),
    lambda s, c: clients.read(s, c, "x"),
    lambda s, c: clients.add_secret(s, c, "x"),
    lambda s, c: clients.remove_secret(s, c, "x", 1, "y"),
    lambda s, c: clients.update(
        s, c, "x", 1, contract.ClientUpdate(name="x", scopes=("consults.read",), active=True)
    ),
    tenants.read,
    lambda s, c: tenants.update(s, c, 1, contract.TenantUpdate(name="x")),
    lambda s, c: trail.read(s, c, contract.AuditQuery(subject="x")),
]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "caller",
    [
        user(Role.PHYSICIAN, Role.NURSE, Role.FRONT_DESK, Role.PHARMACIST, Role.LABORATORY),
        partner("consults.write", "patients.read"),
        Caller(TENANT, "p", CallerKind.PARTICIPANT),
        Caller.anonymous(),
    ],
)
def test_without_the_right_nothing_is_done(
    clinic: Clinic, act: Callable[[IdentityServices, Call], object], caller: Caller
) -> None:
    written = len(clinic.world.store.changes)
    with pytest.raises(Forbidden):
        act(clinic.services, call(caller))
    assert len(clinic.world.store.changes) == written


def test_an_administrator_does_not_read_the_audit_trail_nor_an_auditor_administer(
    clinic: Clinic, admin: Call
) -> None:
    with pytest.raises(Forbidden):
        trail.read(clinic.services, admin, contract.AuditQuery(subject="x"))
    with pytest.raises(Forbidden):
        users.listed(clinic.services, call(user(Role.AUDITOR)), PAGE)


class TestUsers:
    def test_a_new_user_sets_his_password_with_the_code_once(
        self, clinic: Clinic, admin: Call
    ) -> None:
        created = users.create(clinic.services, admin, NEW)
        person = Person(created.user.id, NEW.user_name, (Role.PHYSICIAN,))
        with pytest.raises(LogInRefused):
            clinic.log_in(person)
        clinic.redeem(NEW.user_name, created.one_time_code.code.lower().replace("-", ""))
        assert clinic.log_in(person).user.profile.display_name == "Médica Demostración"
        with pytest.raises(LogInRefused):
            clinic.redeem(NEW.user_name, created.one_time_code.code, OTHER_PASSWORD)

    def test_a_code_that_was_not_redeemed_in_time_is_void(
        self, clinic: Clinic, admin: Call
    ) -> None:
        created = users.create(clinic.services, admin, NEW)
        clinic.world.clock.advance(hours=72)
        with pytest.raises(LogInRefused):
            clinic.redeem(NEW.user_name, created.one_time_code.code)

    def test_a_weak_password_does_not_use_the_code_up(self, clinic: Clinic, admin: Call) -> None:
        created = users.create(clinic.services, admin, NEW)
        with pytest.raises(Invalid):
            clinic.redeem(NEW.user_name, created.one_time_code.code, "medica.uno.2026")
        clinic.redeem(NEW.user_name, created.one_time_code.code)

    @pytest.mark.parametrize("name", ["medica.uno", "MEDICA.UNO"])
    def test_a_user_name_belongs_to_one_user_of_an_institution(
        self, clinic: Clinic, admin: Call, name: str
    ) -> None:
        users.create(clinic.services, admin, NEW)
        with pytest.raises(UserNameTaken):
            users.create(clinic.services, admin, NEW.model_copy(update={"user_name": name}))

    @pytest.mark.parametrize("name", ["uno#dos", "uno/dos", "<uno>", "uno\u200bdos", "uno\x07dos"])
    def test_odd_user_names_are_refused(self, clinic: Clinic, admin: Call, name: str) -> None:
        with pytest.raises(Invalid):
            users.create(clinic.services, admin, NEW.model_copy(update={"user_name": name}))

    def test_the_same_request_again_gets_the_same_code(self, clinic: Clinic) -> None:
        again = call(clinic.administrator.caller, key="create-user-1")
        created = users.create(clinic.services, again, NEW)
        with pytest.raises(AnsweredBefore) as before:
            users.create(clinic.services, again, NEW)
        assert contract.UserCreated.model_validate_json(before.value.answer.body) == created
        assert len(users.listed(clinic.services, again, PAGE).items) == 2

    def test_creating_dies_anywhere_and_the_retry_makes_exactly_one_user(self) -> None:
        def act(clinic: Clinic) -> None:
            once = call(clinic.administrator.caller, key="create-user-1")
            try:
                users.create(clinic.services, once, NEW)
            except AnsweredBefore:
                return

        def check(clinic: Clinic) -> None:
            listed = users.listed(clinic.services, call(clinic.administrator.caller), PAGE)
            assert [view.user_name for view in listed.items] == ["admin.demo", "medica.uno"]
            types = [event.type for event in clinic.world.events()]
            assert types == ["identity.user_created"] * 2

        assert crash_everywhere(Clinic, lambda clinic: clinic.world.store, act, check) == 2

    def test_lists_go_page_by_page(self, clinic: Clinic, admin: Call) -> None:
        for number in range(4):
            command = NEW.model_copy(update={"user_name": f"medica.{number}"})
            users.create(clinic.services, admin, command)
        first = users.listed(clinic.services, admin, PageQuery(limit=3))
        rest = users.listed(clinic.services, admin, PageQuery(limit=3, cursor=first.cursor))
        assert (len(first.items), len(rest.items), rest.cursor) == (3, 2, None)
        assert len({view.id for view in (*first.items, *rest.items)}) == 5

    def test_users_of_another_institution_do_not_exist(self, clinic: Clinic) -> None:
        other = call(Caller("other-clinic", "x", CallerKind.USER, frozenset({Role.ADMINISTRATOR})))
        mine = clinic.administrator.id
        assert users.listed(clinic.services, other, PAGE).items == ()
        with pytest.raises(NotFound):
            users.read(clinic.services, other, mine)
        with pytest.raises(NotFound):
            users.update(clinic.services, other, mine, 1, changed())
        with pytest.raises(NotFound):
            users.reset(clinic.services, other, mine, contract.ResetUser())

    def test_an_update_needs_the_version_that_was_read(self, clinic: Clinic, admin: Call) -> None:
        nurse = clinic.hire("enfermera.uno", Role.NURSE)
        after = users.update(clinic.services, admin, nurse.id, 1, changed(display_name="Otra"))
        assert (after.version, after.profile.display_name) == (2, "Otra")
        with pytest.raises(StaleVersion):
            users.update(clinic.services, admin, nurse.id, 1, changed())
        assert users.read(clinic.services, admin, nurse.id) == after
        event = clinic.world.events()[-1]
        assert (event.type, event.subject, event.sequence) == ("identity.user_changed", nurse.id, 2)
        told = {name: event.data[name] for name in ("user_id", "roles", "active", "vouched_by")}
        by = clinic.administrator.id
        assert told == {"user_id": nurse.id, "roles": ["nurse"], "active": True, "vouched_by": by}

    def test_a_reset_takes_password_and_sessions_but_the_app_only_when_asked(
        self, clinic: Clinic, admin: Call
    ) -> None:
        nurse = clinic.hire("enfermera.uno", Role.NURSE)
        clinic.enrol(nurse)
        clinic.log_in(nurse)
        code = users.reset(clinic.services, admin, nurse.id, contract.ResetUser())
        clinic.world.clock.advance(minutes=1)
        with pytest.raises(LogInRefused):
            clinic.log_in(nurse)
        clinic.redeem(nurse.user_name, code.code, OTHER_PASSWORD)
        assert clinic.log_in(nurse, password=OTHER_PASSWORD)
        code = users.reset(clinic.services, admin, nurse.id, contract.ResetUser(second_factor=True))
        nurse.secret, nurse.password = "", "Tetera-Nube-58-Farol"
        clinic.redeem(nurse.user_name, code.code, nurse.password)
        assert clinic.log_in(nurse)

    def test_an_administrator_cannot_take_his_own_administration_away(
        self, clinic: Clinic, admin: Call
    ) -> None:
        me = clinic.administrator.id
        for update in (changed(), changed(roles=["administrator"], active=False)):
            with pytest.raises(Conflict):
                users.update(clinic.services, admin, me, 1, update)

    def test_a_dismissed_administrator_can_do_nothing_with_a_token_that_still_lives(
        self, clinic: Clinic, admin: Call
    ) -> None:
        second = clinic.hire("admin.dos", Role.ADMINISTRATOR)
        users.update(clinic.services, admin, second.id, 1, changed())
        with pytest.raises(Forbidden):
            users.create(clinic.services, call(second.caller), NEW)
        with pytest.raises(Forbidden):
            clients.register(clinic.services, call(second.caller), NEW_CLIENT)

    def test_two_administrators_who_disable_each_other_at_once_leave_one(
        self, clinic: Clinic, admin: Call
    ) -> None:
        second = clinic.hire("admin.dos", Role.ADMINISTRATOR)

        def rival(_: object) -> None:
            clinic.world.store.before_transact = None
            mine = clinic.administrator.id
            users.update(clinic.services, call(second.caller), mine, 1, changed(active=False))

        clinic.world.store.before_transact = rival
        with pytest.raises(Exception, match="condition"):
            users.update(clinic.services, admin, second.id, 1, changed(active=False))
        listed = users.listed(clinic.services, call(second.caller), PAGE).items
        assert [view.active for view in listed] == [False, True]


class TestPartners:
    def test_a_client_gets_tokens_for_the_scopes_it_was_granted(
        self, clinic: Clinic, admin: Call
    ) -> None:
        created = clients.register(clinic.services, admin, NEW_CLIENT)
        answer = clients.token(
            clinic.services, ANYBODY, created.client.client_id, created.secret.secret, ""
        )
        verifier = TokenVerifier([our_issuer()], Jwks([clinic.signer]), clinic.world.clock)
        caller = verifier.caller(answer.access_token)
        assert (caller.tenant, caller.subject, caller.kind) == (
            TENANT,
            created.client.id,
            CallerKind.PARTNER,
        )
        assert caller.scopes == {"consults.read", "consults.write"}
        narrow = clients.token(
            clinic.services,
            ANYBODY,
            created.client.client_id,
            created.secret.secret,
            "consults.read",
        )
        assert verifier.caller(narrow.access_token).scopes == {"consults.read"}
        with pytest.raises(ScopeRefused):
            clients.token(
                clinic.services,
                ANYBODY,
                created.client.client_id,
                created.secret.secret,
                "consults.read patients.read",
            )

    def test_a_secret_is_changed_over_without_an_outage(self, clinic: Clinic, admin: Call) -> None:
        created = clients.register(clinic.services, admin, NEW_CLIENT)
        id_, client_id = created.client.id, created.client.client_id
        fresh = clients.add_secret(clinic.services, admin, id_)
        with pytest.raises(Conflict):
            clients.add_secret(clinic.services, admin, id_)
        for secret in (created.secret.secret, fresh.secret):
            clients.token(clinic.services, ANYBODY, client_id, secret, "")
        clients.remove_secret(clinic.services, admin, id_, 2, created.secret.id)
        with pytest.raises(ClientRefused):
            clients.token(clinic.services, ANYBODY, client_id, created.secret.secret, "")
        clients.token(clinic.services, ANYBODY, client_id, fresh.secret, "")
        with pytest.raises(Conflict):
            clients.remove_secret(clinic.services, admin, id_, 3, fresh.id)
        with pytest.raises(NotFound):
            clients.remove_secret(clinic.services, admin, id_, 3, created.secret.id)

    @pytest.mark.parametrize(
        "client_id", ["", ".", "x", "hospital-demo.", "hospital-demo.unknown", "other.x", "a#b.c"]
    )
    def test_an_unknown_client_is_refused(self, clinic: Clinic, client_id: str) -> None:
        with pytest.raises(ClientRefused):
            clients.token(clinic.services, ANYBODY, client_id, "", "")

    def test_wrong_secrets_and_disabled_clients_are_refused_and_audited(
        self, clinic: Clinic, admin: Call
    ) -> None:
        created = clients.register(clinic.services, admin, NEW_CLIENT)
        id_, client_id = created.client.id, created.client.client_id
        with pytest.raises(ClientRefused):
            clients.token(clinic.services, ANYBODY, client_id, "wrong", "")
        off = contract.ClientUpdate(name="x", scopes=("consults.read",), active=False)
        clients.update(clinic.services, admin, id_, 1, off)
        with pytest.raises(ClientRefused):
            clients.token(clinic.services, ANYBODY, client_id, created.secret.secret, "")
        assert clinic.world.audited()[-1] == ("identity.client_token", id_, "denied")
        with pytest.raises(StaleVersion):
            clients.update(clinic.services, admin, id_, 1, off)

    def test_no_secret_is_stored(self, clinic: Clinic, admin: Call) -> None:
        created = clients.register(clinic.services, admin, NEW_CLIENT)
        assert created.secret.secret not in repr(clinic.world.store.changes)

    def test_registering_dies_anywhere_and_the_retry_makes_exactly_one_client(self) -> None:
        def act(clinic: Clinic) -> None:
            once = call(clinic.administrator.caller, key="register-1")
            try:
                clients.register(clinic.services, once, NEW_CLIENT)
            except AnsweredBefore:
                return

        def check(clinic: Clinic) -> None:
            admin = call(clinic.administrator.caller)
            assert len(clients.listed(clinic.services, admin, PAGE).items) == 1

        assert crash_everywhere(Clinic, lambda clinic: clinic.world.store, act, check) == 2


class TestTenants:
    def test_an_institution_is_created_once(self, clinic: Clinic) -> None:
        with pytest.raises(Conflict):
            bootstrap.create_tenant(clinic.services, contract.NewTenant(id=TENANT, name="Otra"))

    def test_only_the_operator_creates_institutions_and_first_administrators(
        self, clinic: Clinic, admin: Call
    ) -> None:
        with pytest.raises(Forbidden):
            tenants.create(clinic.services, admin, contract.NewTenant(id=TENANT, name="Otra"))
        with pytest.raises(Forbidden):
            tenants.first_administrator(clinic.services, admin, NEW)

    def test_there_is_one_first_administrator(self, clinic: Clinic) -> None:
        with pytest.raises(Conflict):
            bootstrap.first_administrator(clinic.services, TENANT, NEW)
        with pytest.raises(NotFound):
            bootstrap.first_administrator(clinic.services, "nowhere", NEW)

    @pytest.mark.parametrize("id_", ["platform", "hospital.uno", "a", "a#b", "-a", "a" * 64])
    def test_reserved_and_odd_ids_are_refused(self, id_: str) -> None:
        with pytest.raises(ValueError, match="id"):
            contract.NewTenant(id=id_, name="x")

    def test_rules_change_with_the_version_that_was_read(self, clinic: Clinic, admin: Call) -> None:
        rules = contract.TenantUpdate(
            name="Hospital Nuevo", password_days=90, second_factor_roles=("administrator",)
        )
        after = tenants.update(clinic.services, admin, 1, rules)
        assert tenants.read(clinic.services, admin) == after
        assert (after.password_days, after.version) == (90, 2)
        with pytest.raises(StaleVersion):
            tenants.update(clinic.services, admin, 1, rules)

    def test_the_operator_can_let_a_locked_out_administrator_in_again(self, clinic: Clinic) -> None:
        clinic.enrol(clinic.administrator)
        me = clinic.administrator
        code = bootstrap.reset_user(clinic.services, TENANT, me.id, second_factor=True)
        me.secret = ""
        clinic.redeem(me.user_name, code.code, OTHER_PASSWORD)
        assert clinic.log_in(me, password=OTHER_PASSWORD)


def test_an_auditor_sees_what_happened_to_a_user_and_is_seen_himself(
    clinic: Clinic, admin: Call
) -> None:
    nurse = clinic.hire("enfermera.uno", Role.NURSE)
    clinic.log_in(nurse)
    auditor = call(user(Role.AUDITOR, subject="auditor-1"))
    page = trail.read(clinic.services, auditor, contract.AuditQuery(subject=nurse.id, limit=2))
    assert [entry.action for entry in page.items] == ["identity.log_in", "identity.redeem_code"]
    rest = trail.read(
        clinic.services, auditor, contract.AuditQuery(subject=nurse.id, cursor=page.cursor)
    )
    assert [entry.action for entry in rest.items] == ["identity.create_user"]
    assert rest.items[0].actor == clinic.administrator.id
    mine = trail.read(clinic.services, auditor, contract.AuditQuery(subject="auditor-1"))
    assert {entry.action for entry in mine.items} == {"identity.read_audit"}


def test_the_profile_is_the_callers_own(clinic: Clinic) -> None:
    me = sessions.me(clinic.services, call(clinic.administrator.caller))
    assert (me.user_name, me.tenant_name) == ("admin.demo", "Hospital Demostración")
    with pytest.raises(Forbidden):
        sessions.me(clinic.services, call(partner("consults.read")))
    with pytest.raises(NotFound):
        sessions.me(clinic.services, call(user(Role.NURSE, subject="guest-of-another-idp")))


def test_round_trips_stay_within_their_budgets(clinic: Clinic, admin: Call) -> None:
    """(reads, writes) of each use case, in a process that has the tenant's key."""
    services, nurse = clinic.services, clinic.hire("enfermera.uno", Role.NURSE)
    partner_ = clients.register(services, admin, NEW_CLIENT)
    client_id, secret = partner_.client.client_id, partner_.secret.secret
    token = sessions.log_in(services, ANYBODY, nurse.log_in(), DEVICE).refresh_token

    def trips(act: Callable[[], object]) -> tuple[int, int]:
        seen = clinic.world.store.trips
        reads, writes = seen.reads, seen.writes
        act()
        return seen.reads - reads, seen.writes - writes

    def log_in() -> object:
        return sessions.log_in(services, ANYBODY, nurse.log_in(), DEVICE)

    assert trips(log_in) == (3, 2)
    assert trips(lambda: refreshing.refresh(services, ANYBODY, token)) == (2, 1)
    assert trips(lambda: clients.token(services, ANYBODY, client_id, secret, "")) == (1, 0)
    assert trips(lambda: sessions.me(services, call(nurse.caller))) == (1, 0)
    assert trips(lambda: users.read(services, admin, nurse.id)) == (1, 0)
    assert trips(lambda: users.listed(services, admin, PAGE)) == (1, 0)
    assert trips(lambda: users.create(services, admin, NEW)) == (1, 1)
    assert trips(lambda: users.update(services, admin, nurse.id, 1, changed())) == (2, 1)
    cold = clinic.services
    assert trips(lambda: sessions.me(cold, call(nurse.caller))) == (1, 0)


def test_one_user_cannot_end_the_session_of_another(clinic: Clinic) -> None:
    nurse = clinic.hire("enfermera.uno", Role.NURSE)
    session = clinic.log_in(nurse).session.id
    with pytest.raises(NotFound):
        sessions.revoke(clinic.services, call(clinic.administrator.caller), session)
    assert len(sessions.listed(clinic.services, call(nurse.caller)).items) == 1


def test_a_password_change_races_with_a_reset_and_one_of_them_wins(
    clinic: Clinic, admin: Call
) -> None:
    nurse = clinic.hire("enfermera.uno", Role.NURSE)
    racing = iter([False, True])

    def rival(_: object) -> None:
        if next(racing, False):
            clinic.world.store.before_transact = None
            users.reset(clinic.services, admin, nurse.id, contract.ResetUser())

    clinic.world.store.before_transact = rival
    command = contract.ChangePassword(
        tenant=TENANT,
        user_name=nurse.user_name,
        password=nurse.password,
        new_password=OTHER_PASSWORD,
    )
    with pytest.raises(Conflict):
        account.change_password(clinic.services, ANYBODY, command, SOURCE)
    with pytest.raises(LogInRefused):
        clinic.log_in(nurse, password=OTHER_PASSWORD)


def test_the_key_set_holds_the_signer_and_its_neighbours(clinic: Clinic) -> None:
    following = MemorySigner(kid="next")
    services = IdentityServices(
        core=clinic.services.core,
        signers=(clinic.signer, following),
        hasher=clinic.hasher,
        issuer=clinic.services.issuer,
        session_lifetime=clinic.services.session_lifetime,
        idle_lifetime=clinic.services.idle_lifetime,
    )
    keys = issuing.jwks(services).keys
    assert [key.kid for key in keys] == ["test-1", "next"]
    assert '"d"' not in issuing.jwks(services).model_dump_json()


def test_roles_of_the_contract_are_those_of_the_platform() -> None:
    assert set(contract.RoleName.__args__) == {role.value for role in Role}  # type: ignore[attr-defined]  # a Literal's values
