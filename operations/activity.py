"""The sums that dashboards show."""

from __future__ import annotations

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, Commands
from telesalud.appointments import wiring as appointments
from telesalud.appointments.activity import counting as agendas
from telesalud.consults.activity import counting as consults
from telesalud.platform.backend import backend
from telesalud.platform.parts import services_from


def rebuild(stage: Stage, arguments: Arguments) -> None:
    """Count everything of an institution anew, while it works."""
    tenant: str = arguments.tenant
    own = appointments.AppointmentsSettings.load(settings_of(stage, "appointments"))
    store, vault = backend().store(own.table), services_from(own).vault
    print(f"counted {agendas.rebuild(store, vault, tenant)} appointments")
    table = settings_of(stage, "consults")["TELESALUD_TABLE"]
    print(f"counted {consults.rebuild(backend().store(table), tenant)} ended teleconsultations")


def add(commands: Commands) -> None:
    """`telesalud activity rebuild`."""
    activity = commands.group("activity", "the sums of dashboards")
    command = activity.add("rebuild", rebuild, "count all appointments and consults anew")
    command.add_argument("tenant")
