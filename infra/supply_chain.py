"""What a release is made of: `python -m infra.supply_chain bom|audit`.

`bom` writes bills of materials (CycloneDX, JSON) of what is deployed: the dependency layer, and the
site's libraries. It works offline. `audit` asks the registries' databases of known vulnerabilities
about every lock, so it needs a network that reaches them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from infra.tools import BUILD, ROOT, CommandFailed, environment, run

BILLS = BUILD / "bom"
SITE = ROOT / "web"
LOCKS = ("runtime", "dev", "emulator", "localstack")
"""Of requirements/: what is deployed first, then what only developers and CI run."""


def bills() -> tuple[Path, Path]:
    """Write both bills; returns their files. Raises CommandFailed."""
    BILLS.mkdir(parents=True, exist_ok=True)
    python, site = BILLS / "python.cdx.json", BILLS / "site.cdx.json"
    lock = ROOT / "requirements" / "runtime.txt"
    reproducible = ("--output-reproducible", "--output-format", "JSON", "--output-file", python)
    run(environment("supply") / "cyclonedx-py", "requirements", *reproducible, lock)
    command = ("npm", "sbom", "--package-lock-only", "--omit", "dev", "--sbom-format", "cyclonedx")
    site.write_text(run(*command, cwd=SITE), "utf-8")
    return python, site


def audit() -> list[str]:
    """Ask about every lock; returns what was found, a text for each lock with findings."""
    found = []
    auditor = environment("supply") / "pip-audit"
    for name in LOCKS:
        lock = ROOT / "requirements" / f"{name}.txt"
        try:
            run(auditor, "--strict", "--disable-pip", "--require-hashes", "--requirement", lock)
        except CommandFailed as error:
            found.append(f"{lock.name}: {error}")
    for folder in (SITE, ROOT / "localstack" / "engine"):
        try:
            run("npm", "audit", "--package-lock-only", cwd=folder)
        except CommandFailed as error:
            found.append(f"{folder.relative_to(ROOT)}: {error}")
    return found


def main() -> None:
    if sys.argv[1:] == ["bom"]:
        for file in bills():
            print(file.relative_to(ROOT))
    elif sys.argv[1:] == ["audit"]:
        if found := audit():
            sys.exit("\n\n".join(found))
        print("nothing known about any part")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
