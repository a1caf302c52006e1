"""Writes the cluster's `.env` and, where none are given, self-signed certificates.

    python -m jitsi_cluster.generate_secrets            fill in what is missing, keep the rest
    python -m jitsi_cluster.generate_secrets --rotate   new control secret, the old one holds on

Nothing it writes is ever committed: git ignores `.env` and `certs/`. `.env` has mode 0600. The
containers run as other users and must read their key, so the files in `certs/` are readable and
the directory (mode 0700) is what keeps others on this host out.
"""

import argparse
import ipaddress
import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = Path(__file__).resolve().parent
GENERATED = (
    "JICOFO_AUTH_PASSWORD",
    "JVB_AUTH_PASSWORD",
    "TURN_SECRET",
    "TELESALUD_OUTBOUND_SECRET",
    "TELESALUD_CONTROL_SECRET",
)
CERTIFICATES = {"meet": "MEET_DOMAIN", "turn": "TURN_DOMAIN"}
VALIDITY = timedelta(days=90)


def read_env(path: Path) -> dict[str, str]:
    """The assignments of an env file; {} when it does not exist."""
    if not path.exists():
        return {}
    values = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, found, value = line.partition("=")
        if not found:
            raise ValueError(f"{path.name}:{number}: not an assignment")
        values[name.strip()] = value
    return values


def write_private(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replaces the file in one step; it never has another mode, not even for a moment."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    temporary.replace(path)


def fill(template: str, existing: dict[str, str], rotate: bool) -> str:
    """The new `.env`: the template's lines, what was set before, fresh secrets where none are."""
    values = dict(existing)
    for name in GENERATED:
        if not values.get(name):
            values[name] = secrets.token_hex(32)
    if rotate and existing.get("TELESALUD_CONTROL_SECRET"):
        values["TELESALUD_CONTROL_SECRET_PREVIOUS"] = existing["TELESALUD_CONTROL_SECRET"]
        values["TELESALUD_CONTROL_SECRET"] = secrets.token_hex(32)
    lines = []
    for line in template.splitlines():
        name = line.partition("=")[0]
        known = "=" in line and not line.startswith("#")
        lines.append(f"{name}={values.pop(name)}" if known and name in values else line)
    lines += [f"{name}={value}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def _alternative_name(domain: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(domain))
    except ValueError:
        return x509.DNSName(domain)


def self_signed(domain: str) -> tuple[bytes, bytes]:
    """A certificate and key (PEM) for trying the cluster out; real names get real certificates."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.SubjectAlternativeName([_alternative_name(domain)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def generate(directory: Path, rotate: bool = False) -> list[str]:
    """Creates or completes `.env` and `certs/` in `directory`; says what it wrote."""
    env = directory / ".env"
    template = (HERE / "env.template").read_text()
    content = fill(template, read_env(env), rotate)
    report = []
    if not env.exists() or env.read_text() != content:
        write_private(env, content.encode())
        report.append("wrote .env")
    values = read_env(env)
    certs = directory / "certs"
    certs.mkdir(mode=0o700, exist_ok=True)
    certs.chmod(0o700)
    for stem, variable in CERTIFICATES.items():
        if (certs / f"{stem}.crt").exists():
            continue
        certificate, key = self_signed(values[variable])
        write_private(certs / f"{stem}.key", key, 0o644)
        write_private(certs / f"{stem}.crt", certificate, 0o644)
        report.append(f"wrote a self-signed certificate for {values[variable]}")
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--rotate", action="store_true", help="new control secret, old one accepted"
    )
    arguments = parser.parse_args()
    for line in generate(HERE, arguments.rotate) or ["everything is there already"]:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
