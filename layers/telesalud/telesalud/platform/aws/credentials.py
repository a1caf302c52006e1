"""Where the credentials of a process come from: the environment, else what botocore finds.

A function of Lambda has its own in the environment for as long as it lives. With SnapStart they
come from a container's address and end, in a shell from profiles; botocore knows those and renews
them, and is imported only there.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from telesalud.platform.aws.sigv4 import Credentials
from telesalud.platform.errors import Unavailable


def source(environment: Mapping[str, str] = os.environ) -> Callable[[], Credentials]:
    """Gives the credentials of the moment. Raises Unavailable where there are none."""
    if environment.get("AWS_ACCESS_KEY_ID") and environment.get("AWS_SECRET_ACCESS_KEY"):
        return lambda: _named(environment)
    found: list[Any] = []

    def renewed() -> Credentials:
        if not found:
            from botocore.session import get_session  # noqa: PLC0415  # where no variable has them

            known = get_session().get_credentials()
            if known is None:
                raise Unavailable("no AWS credentials were found")
            found.append(known)
        frozen = found[0].get_frozen_credentials()
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token)

    return renewed


def _named(environment: Mapping[str, str]) -> Credentials:
    """Read each time: a restored function has others than it was made with."""
    token = environment.get("AWS_SESSION_TOKEN") or None
    return Credentials(
        environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], token
    )
