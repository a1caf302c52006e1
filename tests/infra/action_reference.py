"""What the service authorization reference says of actions. Runs where policy_sentry is installed.

Reads a JSON list of actions; writes each one's condition keys, and whether it takes a resource.
Without an entry, AWS knows no such action.
"""

import json
import sys

from policy_sentry.shared.iam_data import (  # type: ignore[import-not-found]  # checkov's own
    get_service_prefix_data,
)


def main() -> None:
    known = {}
    for action in json.load(sys.stdin):
        service, name = action.split(":", 1)
        privilege = get_service_prefix_data(service)["privileges"].get(name)
        if privilege is not None:
            rows = privilege["resource_types"]
            known[action] = {
                "keys": sorted({key for row in rows.values() for key in row["condition_keys"]}),
                "takes_resource": any(rows),  # the row without a name is about no resource
            }
    json.dump(known, sys.stdout)


if __name__ == "__main__":
    main()
