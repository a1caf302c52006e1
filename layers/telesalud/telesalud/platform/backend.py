"""What a process stands on: storage, keys, files, events, time. AWS is one such backend.

A context's wiring asks `backend()` for its parts, each under the name that the settings give it: a
table, a key, a bucket, a queue. Another backend is installed with `use` before any part is made.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

    import httpx

    from telesalud.platform.clock import Clock
    from telesalud.platform.ids import NewId
    from telesalud.platform.ports.archive import Archive
    from telesalud.platform.ports.blobs import Blobs
    from telesalud.platform.ports.bus import Bus
    from telesalud.platform.ports.deliveries import DeliveryQueue
    from telesalud.platform.ports.keys import JwtAlgorithm, JwtSigner, KeyWrapper
    from telesalud.platform.ports.messages import Channel
    from telesalud.platform.ports.objects import Objects
    from telesalud.platform.ports.pusher import Pusher
    from telesalud.platform.ports.scanner import Scanner
    from telesalud.platform.ports.workflows import Workflows
    from telesalud.platform.store import SweepableStore

Made = TypeVar("Made")


class Backend(Protocol):
    """Makes the adapters of the ports. Making one connects to nothing; its first use does."""

    @property
    def clock(self) -> "Clock":
        """The present moment."""

    @property
    def new_id(self) -> "NewId":
        """New identifiers."""

    def environment(self, context: str) -> Mapping[str, str]:
        """The variables from which the settings of a context are read."""

    def store(self, table: str) -> "SweepableStore":
        """A context's items."""

    def key_wrapper(self, key: str) -> "KeyWrapper":
        """Wraps data keys under this key."""

    def signer(self, key: str, algorithm: "JwtAlgorithm" = "ES256") -> "JwtSigner":
        """Signs tokens with this key."""

    def blobs(self, quarantine: str, clean: str, key: str, origin: str) -> "Blobs":
        """Files in these two places, encrypted under `key`, reached by browsers at `origin`."""

    def scanner(self, quarantine: str) -> "Scanner":
        """What the storage itself found in quarantined files."""

    def objects(self, bucket: str) -> "Objects":
        """The installation's own objects."""

    def archive(self, bucket: str) -> "Archive":
        """What is written once and kept."""

    def bus(self, name: str) -> "Bus":
        """Where events are published."""

    def workflows(self, machine: str) -> "Workflows":
        """Executions that wake up when something is due."""

    def email(self, sender: str) -> "Channel":
        """E-mail from this address."""

    def pusher(self, endpoint: str) -> "Pusher":
        """Open connections of the live channel."""

    def deliveries(self, queue: str, dead_letters: str) -> "DeliveryQueue":
        """The queue of notifications, and where those end that cannot be delivered."""

    def secret(self, name: str) -> str:
        """A secret's text, kept once it was fetched."""

    def secret_versions(self, name: str) -> tuple[str, ...]:
        """A secret's text and the one before it, if any, as they are now. Raises Unavailable."""

    def parameter(self, name: str) -> str | None:
        """A parameter's value as it is now, or None. Raises Unavailable."""

    def http(self) -> "httpx.Client":
        """Connections to the other contexts and to services on the network."""

    def passes(self, error: Exception) -> bool:
        """Whether a service behind the backend failed for the moment: a later try may go well."""


_installed: list[Backend] = []
_made: list[Callable[[], None]] = []


def backend() -> Backend:
    """The installed backend; AWS unless another one was."""
    if not _installed:
        from telesalud.platform.aws.backend import AwsBackend  # noqa: PLC0415  # unless another is used

        _installed.append(AwsBackend())
    return _installed[0]


def use(other: Backend | None) -> None:
    """Install another backend, or with None AWS again; parts of the one before are forgotten."""
    _installed[:] = [other] if other is not None else []
    for forget in _made:
        forget()


def part(make: Callable[[], Made]) -> "_lru_cache_wrapper[Made]":
    """Keep what `make` makes for as long as the backend stays: a wiring's parts are made once."""
    kept = cache(make)
    _made.append(kept.cache_clear)
    return kept
