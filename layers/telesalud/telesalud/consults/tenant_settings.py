"""A tenant's policy for teleconsultations.

TENANT#<tenant>  SETTINGS   the policy, in clear
"""

from schemas.consults import ConsultSettings
from telesalud.consults.policy import ADMIN, GRANTS
from telesalud.platform.access import require
from telesalud.platform.errors import StaleVersion
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.work import Call, Services, Work


def settings_key(tenant: str) -> Key:
    """Where a tenant's policy is."""
    return Key(f"TENANT#{tenant}", "SETTINGS")


def settings_of(item: Item | None) -> ConsultSettings:
    """The policy, or the defaults when none was set."""
    if item is None:
        return ConsultSettings()
    return ConsultSettings.model_validate_json(item.text("settings"))


def read_settings(services: Services, call: Call) -> tuple[ConsultSettings, int]:
    """The caller's tenant's policy and its version; 0 before the first change."""
    require(call.caller, ADMIN, GRANTS)
    item = services.store.get(settings_key(call.caller.tenant))
    return settings_of(item), item.version if item else 0


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
    work = Work(services, call)
    work.add(Put(key, {"settings": settings.model_dump_json()}, when))
    work.audit("consults.settings_changed", tenant, "settings/consults")
    try:
        work.commit(settings, if_match + 1)
    except ConditionFailed as failed:
        if failed.at(key) is None:
            raise
        raise StaleVersion("read the settings again") from failed
    return settings, if_match + 1
