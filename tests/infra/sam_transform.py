"""What CloudFormation makes of a template's SAM resources. Runs in the emulator's environment.

Reads a JSON template; writes it after the transform, with every parameter's default or "x".
"""

import json
import os
import sys

os.environ["AWS_DEFAULT_REGION"] = "sa-east-1"

from samtranslator.translator.transform import (  # type: ignore[import-not-found]
    transform,
)

POLICIES = ("AWSLambdaBasicExecutionRole", "service-role/AWSCodeDeployRoleForLambda")


class Policies:
    """Names of AWS's own policies, which the translator would ask IAM for."""

    def load(self) -> dict[str, str]:
        return {each.split("/")[-1]: f"arn:aws:iam::aws:policy/{each}" for each in POLICIES}


def main() -> None:
    template = json.load(sys.stdin)
    for resource in template["Resources"].values():
        for place in ("CodeUri", "ContentUri", "DefinitionUri"):
            if place in resource.get("Properties", {}):
                resource["Properties"][place] = "s3://bucket/key"
    given = {
        name: str(declared.get("Default", "x")) for name, declared in template["Parameters"].items()
    }
    json.dump(transform(template, given, Policies()), sys.stdout)


if __name__ == "__main__":
    main()
