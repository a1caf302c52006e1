"""What the bridge needs from its environment, checked once at its start."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PREFIX = "TELESALUD_MLLP_"


class SettingsError(Exception):
    """The environment is not fit to run in; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the bridge listens, and where it forwards."""

    origin: str
    """The front door, such as `https://clinic.example`."""
    client_id: str
    client_secret: str
    host: str = "127.0.0.1"
    port: int = 2575
    certificate: str = ""
    """PEM of the bridge's own certificate and chain; empty listens without TLS."""
    key: str = ""
    client_ca: str = ""
    """PEM of whose certificates senders must show; empty asks for none."""
    outbound_ca: str = ""
    """PEM of authorities for the front door besides the system's."""
    connections: int = 64
    """Senders that are connected at once."""
    silence: float = 60.0
    """Seconds after which half a message is given up."""

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables. The secret is in a file, never in the environment. Raises
        SettingsError."""
        given = {n.removeprefix(PREFIX): v for n, v in environ.items() if n.startswith(PREFIX)}
        for name in ("ORIGIN", "CLIENT_ID", "CLIENT_SECRET_FILE"):
            if not given.get(name):
                raise SettingsError(f"{PREFIX}{name} is missing")
        origin = given["ORIGIN"].rstrip("/")
        if not origin.startswith("https://") and not origin.startswith("http://127.0.0.1"):
            raise SettingsError(f"{PREFIX}ORIGIN must begin with https://")
        if bool(given.get("CERTIFICATE")) != bool(given.get("KEY")):
            raise SettingsError(f"{PREFIX}CERTIFICATE and {PREFIX}KEY belong together")
        if given.get("CLIENT_CA") and not given.get("CERTIFICATE"):
            raise SettingsError(f"{PREFIX}CLIENT_CA needs {PREFIX}CERTIFICATE")
        try:
            secret = Path(given["CLIENT_SECRET_FILE"]).read_text("utf-8").strip()
            port = int(given.get("PORT", "2575"))
        except (OSError, ValueError) as error:
            raise SettingsError(str(error)) from error
        return cls(
            origin=origin,
            client_id=given["CLIENT_ID"],
            client_secret=secret,
            host=given.get("HOST", "127.0.0.1"),
            port=port,
            certificate=given.get("CERTIFICATE", ""),
            key=given.get("KEY", ""),
            client_ca=given.get("CLIENT_CA", ""),
            outbound_ca=given.get("OUTBOUND_CA", ""),
        )

    def inbound(self) -> ssl.SSLContext | None:
        """TLS towards senders: 1.2 or newer, with their certificates where that is set."""
        if not self.certificate:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        if self.client_ca:
            context.load_verify_locations(self.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def outbound(self) -> ssl.SSLContext:
        """TLS towards the front door."""
        context = ssl.create_default_context()
        if self.outbound_ca:
            context.load_verify_locations(self.outbound_ca)
        return context
