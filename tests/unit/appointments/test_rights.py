"""Nobody gets at an appointment round its rights, whoever calls the function."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from telesalud import appointments
from telesalud.appointments.policy import READ
from telesalud.appointments.reminders.sending import Sending
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.platform.errors import Forbidden
from tests.worlds.appointments.clinic import NOBODY
from tests.worlds.world import START, TENANT, World, call, user

UseCase = Callable[..., object]
PATIENTS_OWN = {"Booking", "Session", "Record", "Plan", "Entry"}
"""Stored models that say something of a patient."""


class NoContacts:
    """A patients service that must not be asked."""

    def contact(self, tenant: str, patient: str) -> None:
        raise AssertionError("nobody is written to")


def modules() -> list[str]:
    prefix = f"{appointments.__name__}."
    names = [info.name for info in pkgutil.walk_packages(appointments.__path__, prefix)]
    return [name for name in names if not name.startswith(f"{prefix}routes")]


def use_cases() -> list[UseCase]:
    """Every public function that is told who calls."""
    return [
        function
        for module in map(importlib.import_module, modules())
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "call" in inspect.signature(function).parameters
    ]


def name_of(use_case: UseCase) -> str:
    return f"{use_case.__module__}.{use_case.__name__}".removeprefix("telesalud.appointments.")


def test_there_are_use_cases() -> None:
    names = set(map(name_of, use_cases()))
    assert {"booking.lifecycle.book", "series.running.run", "waiting.offers.accept"} <= names
    assert len(names) > 40


@pytest.mark.parametrize("use_case", use_cases(), ids=name_of)
def test_a_use_case_refuses_who_lacks_the_right_before_it_looks_at_anything(
    use_case: UseCase,
) -> None:
    world = World()
    timer = Timer(TimerKind.REMINDER, TENANT, f"{NOBODY}:1:60", START)
    known: dict[str, Any] = {
        "services": world.services,
        "call": call(user()),
        "right": READ,
        "sending": Sending(world.services, NoContacts(), {}),
        "timer": timer,
    }
    required = [
        parameter
        for parameter in inspect.signature(use_case).parameters.values()
        if parameter.default is parameter.empty or parameter.name in known
    ]
    with pytest.raises(Forbidden):
        use_case(**{each.name: known.get(each.name, object()) for each in required})
    assert world.store.changes == []


def test_what_is_stored_of_patients_opens_in_loaders_only() -> None:
    """A new place that opens it has to say there who may, and be added here."""
    assert openings() == {
        "activity.counting._all",
        "activity.counting.count",
        "booking.repository.copies_of",
        "booking.repository.load_many",
        "groups.sessions._opened",
        "groups.sessions.list_planned",
        "places.affected_appointments._sift",
        "reminders.planning.load",
        "reports._stepwise",
        "series.repository._head",
        "series.repository.load_plan",
        "waiting.entries.list_open",
        "waiting.entries.load",
        "waiting.offers._queue",
    }


def openings() -> set[str]:
    """Module and outermost function of each place that opens what is stored of a patient."""
    root = Path(next(iter(appointments.__path__)))
    return {
        ".".join([*path.relative_to(root).with_suffix("").parts, function.name])
        for path in root.rglob("*.py")
        for function in ast.parse(path.read_text("utf-8")).body
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "open_model"
        and isinstance(node.args[3], ast.Name)
        and node.args[3].id in PATIENTS_OWN
    }
