"""Which origin answers a path, read from the template of the front door.

The local gateway and the tests route by what is deployed, so that neither can disagree with it.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra import render
from infra.tools import ROOT

TEMPLATE = ROOT / "infra" / "stacks" / "front_door.yaml"
SITE = "site"


@dataclass(frozen=True)
class Origin:
    """What stands behind the front door."""

    name: str
    parameter: str
    """The template's parameter that says where it is; an empty one means that it is not there."""
    path: str
    """What CloudFront puts before the request's path."""


@dataclass(frozen=True)
class Behavior:
    """One cache behaviour: the requests that go to an origin."""

    pattern: str
    origin: Origin
    methods: frozenset[str]
    within_bucket: bool
    """Whether the path's first part is cut off, as the template's function BucketPath does."""

    def matches(self, path: str) -> bool:
        """CloudFront's rule: `*` is any text, `?` one character, and letters keep their case."""
        return self._expression.fullmatch(path) is not None

    def forwarded(self, path: str) -> str:
        """The path as the origin gets it."""
        if self.within_bucket:
            path = re.sub(r"^/[^/]+/?", "/", path)
        return self.origin.path + path

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(fnmatch.translate(self.pattern.replace("[", "[[]")))


def behaviors(template: dict[str, Any] | None = None) -> tuple[Behavior, ...]:
    """Every behaviour in the order in which CloudFront tries them, the site's default last."""
    template = template or render.load(TEMPLATE)
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    origins = {each["Id"]: _origin(each) for each in map(_chosen, config["Origins"])}
    rows = [
        *map(_chosen, config["CacheBehaviors"]),
        {"PathPattern": "*", **config["DefaultCacheBehavior"]},
    ]
    return tuple(
        Behavior(
            pattern=row["PathPattern"],
            origin=origins[row["TargetOriginId"]],
            methods=frozenset(row.get("AllowedMethods", ("GET", "HEAD"))),
            within_bucket="BucketPath.FunctionARN" in set(_texts(row)),
        )
        for row in rows
    )


def behavior_of(path: str, among: tuple[Behavior, ...]) -> Behavior:
    """The behaviour that CloudFront chooses: the first that matches."""
    return next(each for each in among if each.matches(path))


def _chosen(part: Any) -> Any:
    """What stands in the template if its condition holds."""
    return part["Fn::If"][1] if "Fn::If" in part else part


def _origin(part: dict[str, Any]) -> Origin:
    where = part["DomainName"]
    parameter = where["Ref"] if "Ref" in where else re.findall(r"\$\{(\w+)\}", where["Fn::Sub"])[0]
    return Origin(part["Id"], parameter, part.get("OriginPath", ""))


def _texts(part: Any) -> Iterator[str]:
    """Every text in a part of the template; `Fn::GetAtt` in its dotted form."""
    if isinstance(part, dict):
        if "Fn::GetAtt" in part:
            value = part["Fn::GetAtt"]
            yield value if isinstance(value, str) else ".".join(value)
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
    elif isinstance(part, str):
        yield part
