"""New code meets a tenth of the requests first, and goes back by itself when alarms ring.

Only for what people wait for: workers repeat what failed, and their queues keep it. Each such
function has versions and the alias `live`, which CodeDeploy moves; what called the function calls
the alias. When one of the alarms rings meanwhile, CloudFormation takes the whole stack back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Template = dict[str, Any]

ALIAS = "live"
SHIFT = "Canary10Percent5Minutes"
RELEASE = "TELESALUD_RELEASE"
"""Variable with the digest of code, layers and parameters. Lambda publishes no version of what has
not changed and CloudFormation none of what looks unchanged in the template, as another layer or
parameter does: the digest is in both, so they always agree."""
TO_BE_SAID = "said-by-the-deployment"


def shift_gradually(resources: Template, functions: Iterable[str]) -> None:
    """Give the functions alias, versions and a shift of traffic, and make callers use the alias."""
    chosen = list(functions)
    for name in chosen:
        alarms = [each for each in (f"{name}Errors", "RestAPIServerErrors") if each in resources]
        properties = resources[name]["Properties"]
        properties |= {
            "AutoPublishAlias": ALIAS,
            "AutoPublishCodeSha256": TO_BE_SAID,
            "DeploymentPreference": {
                "Type": SHIFT,
                "Alarms": [{"Ref": each} for each in alarms],
            },
        }
        variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
        variables[RELEASE] = TO_BE_SAID
    for resource in resources.values():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind == "AWS::Lambda::Permission" and properties["FunctionName"] in _names(chosen):
            [reference] = properties["FunctionName"].values()
            name = reference if isinstance(reference, str) else reference[0]
            properties["FunctionName"] = {"Ref": f"{name}.Alias"}
        if kind.startswith(("AWS::Serverless::Api", "AWS::ApiGatewayV2::")):
            resource["Properties"] = _through_alias(properties, chosen)


def _names(functions: Iterable[str]) -> list[Any]:
    return [name for each in functions for name in ({"Ref": each}, {"Fn::GetAtt": [each, "Arn"]})]


def _through_alias(part: Any, functions: list[str]) -> Any:
    if isinstance(part, dict):
        return {key: _through_alias(value, functions) for key, value in part.items()}
    if isinstance(part, list):
        return [_through_alias(value, functions) for value in part]
    if isinstance(part, str):
        named = "|".join(functions)
        return re.sub(rf"\$\{{({named})\.Arn\}}/invocations", r"${\1.Alias}/invocations", part)
    return part


def name_release(template: Template, digest: str, *, at_once: bool = False) -> None:
    """Say which release the template is; `at_once` moves all requests to it immediately."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if "AutoPublishCodeSha256" not in properties:
            continue
        properties["AutoPublishCodeSha256"] = digest
        properties["Environment"]["Variables"][RELEASE] = digest[:16]
        if at_once:
            properties["DeploymentPreference"]["Type"] = "AllAtOnce"
