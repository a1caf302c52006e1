"""A tenant's policy for teleconsultations.

TENANT#<tenant>  SETTINGS   the policy, in clear
"""

from schemas.consults import Clinic, ConsultSettings
from telesalud.consults.model import Stored
from telesalud.consults.policy import ADMIN, GRANTS
from telesalud.platform.access import require
from telesalud.platform.errors import StaleVersion
from telesalud.platform.sealed import from_json, to_json
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.work import Call, Services, Work


def settings_key(tenant: str) -> Key:
    """Where a tenant's policy is."""
    return Key(f"TENANT#{tenant}", "SETTINGS")


class TenantSettings(Stored):
    """A tenant's policy as it is stored; its limits are those of the contract when it was set."""

    default_grace_minutes: int = 10
    max_extension_minutes: int = 30
    notification_hosts: tuple[str, ...] = ()
    clinic: Clinic | None = None

    def changed(self, asked: ConsultSettings) -> "TenantSettings":
        """These settings with everything that the contract has replaced."""
        return self.model_copy(update=dict(asked))

    @property
    def view(self) -> ConsultSettings:
        """For the administrator."""
        return ConsultSettings(
            default_grace_minutes=self.default_grace_minutes,
            max_extension_minutes=self.max_extension_minutes,
            notification_hosts=self.notification_hosts,
            clinic=self.clinic,
        )


def settings_of(item: Item | None) -> TenantSettings:
    """The policy, or the defaults when none was set."""
    return TenantSettings() if item is None else from_json(TenantSettings, item.text("settings"))


def read_settings(services: Services, call: Call) -> tuple[ConsultSettings, int]:
    """The caller's tenant's policy and its version; 0 before the first change."""
    require(call.caller, ADMIN, GRANTS)
    item = services.store.get(settings_key(call.caller.tenant))
    return settings_of(item).view, item.version if item else 0


def change_settings(
    services: Services, call: Call, settings: ConsultSettings, if_match: int
) -> tuple[ConsultSettings, int]:
    """Replace the policy; `if_match` 0 for the first time. Raises StaleVersion.

    Consultations keep the limits that held when they were created.
    """
    require(call.caller, ADMIN, GRANTS)
    tenant = call.caller.tenant
    key = settings_key(tenant)
    when = at_version(if_match) if if_match else ABSENT
    stored = settings_of(services.store.get(key)).changed(settings)
    work = Work(services, call)
    work.add(Put(key, {"settings": to_json(stored)}, when))
    work.audit("consults.settings_changed", tenant, "settings/consults")
    try:
        work.commit(settings, if_match + 1)
    except ConditionFailed as failed:
        if failed.at(key) is None:
            raise
        raise StaleVersion("read the settings again") from failed
    return settings, if_match + 1
