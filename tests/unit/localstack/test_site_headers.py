"""The site's security policy: nothing foreign except the page of the video cluster, if any."""

from typing import Any

import pytest

from infra import render
from infra.tools import ROOT
from localstack.pages import security_headers

HOST = {"VideoHost": "meet.clinic.example"}
DOMAIN = {"VideoDomain": "video.clinic.example"}


def directives(parameters: dict[str, str]) -> dict[str, list[str]]:
    policy, _ = security_headers(parameters)["Content-Security-Policy"]
    parts = [directive.split() for directive in policy.split(";")]
    return {name: values for name, *values in parts}


def test_without_a_cluster_nothing_foreign_is_loaded_or_framed() -> None:
    assert all("://" not in value for values in directives({}).values() for value in values)
    assert security_headers({})["Permissions-Policy"][0].startswith("camera=(self), ")


@pytest.mark.parametrize(
    ("parameters", "origins"),
    [
        (HOST, ["https://meet.clinic.example"]),
        (DOMAIN, ["https://blue.video.clinic.example", "https://green.video.clinic.example"]),
        (HOST | DOMAIN, ["https://meet.clinic.example"]),
    ],
)
def test_the_clusters_page_is_loaded_and_framed_and_gets_the_camera_and_nothing_more(
    parameters: dict[str, str], origins: list[str]
) -> None:
    found = directives(parameters)
    assert found["script-src"] == found["frame-src"] == ["'self'", *origins]
    rest = [v for name, values in found.items() if name[-3:] != "src" for v in values]
    assert not any("://" in value for value in [*rest, *found["connect-src"]])
    quoted = " ".join(f'"{origin}"' for origin in origins)
    permissions, _ = security_headers(parameters)["Permissions-Policy"]
    assert f"camera=(self {quoted}), microphone=(self {quoted})," in permissions


def test_the_stack_renders_the_same_origins() -> None:
    template = render.load(ROOT / "infra" / "stacks" / "front_door.yaml")
    config = template["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    csp = config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    for parameters in ({}, HOST, DOMAIN, HOST | DOMAIN):
        text, names = csp["Fn::Sub"]
        rendered = text.replace("${Video}", evaluated(names["Video"], parameters))
        assert rendered == security_headers(parameters)["Content-Security-Policy"][0]


def evaluated(value: Any, parameters: dict[str, str]) -> str:
    """Fn::If on the template's two video conditions, and Fn::Sub of the two parameters."""
    if isinstance(value, str):
        return value
    if "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        parameter = {"HasVideoHost": "VideoHost", "HasVideo": "VideoDomain"}[condition]
        return evaluated(yes if parameters.get(parameter) else no, parameters)
    text = str(value["Fn::Sub"])
    for name in ("VideoHost", "VideoDomain"):
        text = text.replace(f"${{{name}}}", parameters.get(name, ""))
    return text
