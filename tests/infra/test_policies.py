"""Every permission means something: its action exists, takes its resource and carries its key.

A condition on a key that an action does not carry denies it, and a resource that it does not take
too; no emulator tells.
"""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from infra.stages import load_stage
from infra.tools import environment
from tests.infra.conftest import STACKS, Installation, listed, rendered, statements
from tests.support.some import some


def allowed() -> list[tuple[str, dict[str, Any]]]:
    """Every statement of a role or a policy in production, with where it stands."""
    stacks = tuple(rendered(stage, stack) for stage, stack in STACKS if stage == "prod")
    return some(
        (f"{place} {statement.get('Sid', '')}", statement)
        for place, statement in statements(Installation(load_stage("prod"), stacks))
        if statement.get("Sid") not in ("IamDecides", "RefusePlainHttp")
    )


@cache
def reference() -> dict[str, dict[str, Any]]:
    actions = sorted({a for _, each in allowed() for a in listed(each["Action"])})
    done = subprocess.run(
        [environment("checkov") / "python", Path(__file__).parent / "action_reference.py"],
        input=json.dumps(actions),
        capture_output=True,
        text=True,
        check=True,
    )
    known: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return known


def keys_of(statement: dict[str, Any]) -> set[str]:
    return {key for test in statement.get("Condition", {}).values() for key in test}


EVERYWHERE = ("aws:", "lambda:SourceFunctionArn")
"""Keys that every action carries: the global ones, and the one of calls from a function's code."""


def is_carried(key: str, carried: list[str]) -> bool:
    """Whether the key is global, or one of these; a key such as a tag's ends in a name."""
    stems = {re.sub(r"\$\{.*", "", each) for each in carried if "${" in each}
    return key.startswith((*EVERYWHERE, *stems)) or key in carried


def test_every_action_exists() -> None:
    unknown = {
        (place, action)
        for place, each in allowed()
        for action in listed(each["Action"])
        if action not in reference()
    }
    assert unknown == set()


def test_every_condition_is_on_a_key_that_the_action_carries() -> None:
    dead = []
    for place, each in allowed():
        for action in listed(each["Action"]):
            carried = reference()[action]["keys"]
            dead += [(place, action, key) for key in keys_of(each) if not is_carried(key, carried)]
    assert dead == []


def test_every_resource_is_given_to_an_action_that_takes_one() -> None:
    dead = [
        (place, action)
        for place, each in allowed()
        for action in listed(each["Action"])
        if not reference()[action]["takes_resource"] and listed(each["Resource"]) != ["*"]
    ]
    assert dead == []


def test_a_condition_that_denies_for_ever_is_found() -> None:
    """The check itself: this action takes the cluster as its resource and carries no such key."""
    assert "ecs:cluster" not in reference()["ecs:SubmitTaskStateChange"]["keys"]
    assert "ecs:cluster" in reference()["ecs:Poll"]["keys"]
