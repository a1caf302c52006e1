"""A Debian Prosody on loopback with the project's modules, for tests and benchmarks."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "jitsi_cluster" / "prosody" / "modules"
SETTINGS = ROOT / "jitsi_cluster" / "prosody" / "telesalud.cfg.lua"
TEST_PLUGINS = Path(__file__).resolve().parent / "plugins"

DOMAIN = "meet.test"
MUC = f"muc.{DOMAIN}"
FOCUS = f"focus@auth.{DOMAIN}"
ISSUER = "telesalud-test"
AUDIENCE = "jitsi-test"
PORTS = range(5200, 5400)
TURN_SECRET = secrets.token_hex()
"""Shared by Prosody, which hands out credentials, and coturn, which checks them."""

CONFIG = """
{run_as_root}
daemonize = false
pidfile = "{data}/prosody.pid"
data_path = "{data}"
plugin_paths = {{ "{modules}", "{plugins}" }}
log = {{ {{ levels = {{ min = "{log_level}" }}, to = "file", filename = "{data}/prosody.log" }} }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s_port} }}
http_interfaces = {{ "127.0.0.1" }}
http_ports = {{ {http_port} }}
https_ports = {{ }}
modules_enabled = {{ "saslauth", "ping", "websocket", "bosh", "admin_shell", "external_services",
    "http_health" }}
modules_disabled = {{ "s2s", "tls", "offline", "register" }}
admin_socket = "{data}/prosody.sock"
external_service_secret = "{turn_secret}"
external_services = {{
    {{ type = "turn", host = "turn.test", port = 3478, transport = "udp", secret = true,
       ttl = 600 }}
}}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
consider_bosh_secure = true
http_default_host = "{domain}"
admins = {{ "{focus}" }}
storage = "memory"
Include "{settings}"
{extra}

VirtualHost "{domain}"
    authentication = "{auth}"
    telesalud_jwt_issuers = {{ "{issuer}" }}
    telesalud_jwt_audiences = {{ "{audience}" }}
    telesalud_jwt_key_dir = "{key_dir}"
    modules_enabled = {{ {main_modules} }}

VirtualHost "auth.{domain}"
    authentication = "insecure"
    insecure_open_authentication = "Yes please, I know what I'm doing!"

Component "{muc}" "muc"
    -- Left open on purpose: what guards the rooms here is our module alone.
    restrict_room_creation = false
    muc_room_locking = false
    muc_room_default_public_jids = true
    muc_room_cache_size = 10000
    muc_tombstones = false
    modules_enabled = {{ {muc_modules} }}

Component "focus.{domain}" "focus_proxy"
    target_address = "{focus}"
"""


def free_ports(count: int, ports: range = PORTS) -> list[int]:
    """Ports of the range that nobody listens on, all different, in random order.

    Random because test processes side by side choose from the same range.
    """
    found: list[int] = []
    with ExitStack() as held:
        for port in random.sample(ports, len(ports)):
            probe = held.enter_context(socket.socket())
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError(f"no {count} free ports in {ports}")


@dataclass
class Prosody:
    """One server; `kill` is SIGKILL, `start` may be called again on the same data."""

    data: Path
    key_dir: Path
    api_base: str
    outbound_secret: str = field(default_factory=secrets.token_hex)
    control_secret: str = field(default_factory=secrets.token_hex)
    telesalud: bool = True
    log_level: str = "info"
    extra: str = ""
    health_cidr: str = ""
    """The network that may ask for the health page, besides this host."""
    http_port: int = 0
    c2s_port: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def control_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}/telesalud/control"

    @property
    def journal(self) -> Path:
        return self.data / "telesalud_events.journal"

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self.http_port}/xmpp-websocket"

    @property
    def log(self) -> str:
        path = self.data / "prosody.log"
        return path.read_text() if path.exists() else ""

    def _write_config(self) -> Path:
        config = self.data / "prosody.cfg.lua"
        main, rooms = ('"telesalud_admission", "telesalud_control"', '"telesalud_room"')
        rooms += ', "telesalud_events"'
        config.write_text(
            CONFIG.format(
                run_as_root="run_as_root = true" if os.getuid() == 0 else "",
                data=self.data,
                modules=MODULES,
                plugins=TEST_PLUGINS,
                log_level=self.log_level,
                c2s_port=self.c2s_port,
                http_port=self.http_port,
                domain=DOMAIN,
                muc=MUC,
                focus=FOCUS,
                settings=SETTINGS,
                turn_secret=TURN_SECRET,
                issuer=ISSUER,
                audience=AUDIENCE,
                key_dir=self.key_dir,
                extra=self.extra,
                auth="telesalud_token" if self.telesalud else "anonymous",
                main_modules=main if self.telesalud else "",
                muc_modules=rooms if self.telesalud else "",
            )
        )
        return config

    def start(self) -> None:
        if not self.http_port:
            self.http_port, self.c2s_port = free_ports(2)
        prosody = shutil.which("prosody")
        if prosody is None:
            raise RuntimeError("prosody is not installed: run jitsi_cluster/tests_setup.sh")
        config = self._write_config()
        environment = {
            **os.environ,
            "XMPP_DOMAIN": DOMAIN,
            "XMPP_AUTH_DOMAIN": f"auth.{DOMAIN}",
            "XMPP_MUC_DOMAIN": MUC,
            "TELESALUD_API_BASE": self.api_base,
            "TELESALUD_OUTBOUND_SECRET": self.outbound_secret,
            "TELESALUD_CONTROL_SECRET": self.control_secret,
            "TELESALUD_CONTROL_SECRET_PREVIOUS": f"earlier-{self.control_secret}",
            "TELESALUD_JOURNAL": str(self.journal),
        }
        if self.health_cidr:
            environment["TELESALUD_HEALTH_CIDR"] = self.health_cidr
        with (self.data / "stdout.log").open("ab") as out:
            self.process = subprocess.Popen(
                [prosody, "--config", str(config), "-F"], stdout=out, stderr=out, env=environment
            )
        self._wait_until_up()

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.http_port)) == 0:
                    return
            time.sleep(0.05)
        output = (self.data / "stdout.log").read_text()
        raise RuntimeError(f"Prosody did not start:\n{output}\n{self.log}")

    def reload(self, module: str, host: str) -> None:
        """Reloads a module as an operator does, through the admin shell."""
        config = self.data / "prosody.cfg.lua"
        command = f"module:reload('{module}', '{host}')"
        subprocess.run(
            ["prosodyctl", "--config", str(config), "shell", command],
            check=True,
            capture_output=True,
        )

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def running(server: Prosody) -> Iterator[Prosody]:
    """Starts the server and stops it whatever happens."""
    try:
        server.start()
        yield server
    finally:
        server.stop()
