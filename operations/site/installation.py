"""An installation of the record in one folder: locked at first, open once somebody signed in."""

import os
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from operations.site import composition
from operations.site.key_slots import KeySlots
from schemas.identity import UserChanged
from telesalud.identity import repository
from telesalud.identity import wiring as identity
from telesalud.orders import second_hand
from telesalud.orders import wiring as orders
from telesalud.platform import backend
from telesalud.platform.clock import utc_now
from telesalud.platform.consumer import consume
from telesalud.platform.embedded.backend import EmbeddedBackend
from telesalud.platform.embedded.files import EmbeddedBlobs
from telesalud.platform.events import Event
from telesalud.platform.http.one_process import Server
from telesalud.platform.logs import get_logger, where
from telesalud.platform.settings import SITE_STAGE

CONTEXTS: Final = ("identity", "patients", "appointments", "orders", "pharmacy", "billing")
"""What works without a cloud; video and partner systems need one."""
_OWN_QUEUE: Final = "site"
_SHORTEST: Final = 0.05
_LONGEST: Final = 60.0
"""Seconds between two looks at what is due, though nothing is written."""
_AGAIN: Final = 5.0
"""Seconds before what failed is tried again."""


class Installation:
    """The folder, the slots that open it, and what runs while it is open."""

    def __init__(
        self, folder: Path, origin: str, slots: KeySlots | None = None, **variables: str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder, self.origin, self._variables = folder, origin, variables
        self.slots = slots or KeySlots(folder / "slots.json")
        self._opening = threading.Lock()
        self._opened: EmbeddedBackend | None = None
        self._key = b""
        self._server: Server | None = None
        self._stopping = threading.Event()
        self._runner = threading.Thread(target=self._follow, daemon=True)

    @property
    def server(self) -> Server | None:
        """The APIs, or None while the folder is locked."""
        return self._server

    @property
    def key(self) -> bytes:
        """The database's key while it is open, for a further person's slot."""
        return self._key

    def unlock(self, tenant: str, user_name: str, password: str) -> None:
        """Open the folder with a person's password. Raises NotOpened, WrongKey."""
        with self._opening:
            if self._opened is None:
                self.open(self.slots.open(tenant, user_name, password))

    def open(self, key: bytes) -> None:
        """Open the folder with its key and start what follows from writes. Raises WrongKey."""
        own = {"STAGE": SITE_STAGE, **self._variables}
        environments: Mapping[str, Mapping[str, str]] = {
            context: composition.environment(context, self.origin, **own) for context in CONTEXTS
        }
        opened = EmbeddedBackend(self.folder, key, environments)
        backend.use(opened)
        composition.connect(opened, CONTEXTS)
        people = {"identity.user_changed": self._follow_people}
        opened.hear(composition.BUS, _OWN_QUEUE, "identity")
        opened.consume(_OWN_QUEUE, lambda messages: consume(messages, people))
        self._opened, self._key = opened, key
        self._server = composition.server(CONTEXTS)
        self._runner.start()

    def files(self, context: str) -> EmbeddedBlobs | None:
        """The files of a context, or None while the folder is locked or for another context."""
        if self._opened is None or context not in CONTEXTS:
            return None
        names = self._opened.environment(context)
        return self._opened.blobs("", names["TELESALUD_BLOBS_BUCKET"], "", self.origin)

    def close(self) -> None:
        """Finish what is being done and let go of the folder."""
        self._stopping.set()
        if self._opened is not None:
            self._opened.database.changed.set()
            self._runner.join(timeout=30)
            backend.use(None)
            self._opened.close()

    def _follow(self) -> None:
        """What streams, queues and timers do, woken by writes and by what is due."""
        on = self._opened
        if on is None:
            raise RuntimeError("the folder is locked")
        chores = [_Chore(self._sweep, timedelta(minutes=1)), _Chore(on.tidy, timedelta(hours=1))]
        while not self._stopping.is_set():
            on.database.changed.clear()
            try:
                on.run()
                for chore in chores:
                    chore.do_when_due()
            except Exception as error:  # noqa: BLE001  # a later turn tries again
                get_logger().error("left undone", error=type(error).__name__, where=where(error))
                self._stopping.wait(_AGAIN)
            on.database.changed.wait(self._rest(on))

    def _sweep(self) -> None:
        """The second hand of orders, as in the cloud."""
        second_hand.sweep(orders.of_workers(), orders.telling())

    def _rest(self, on: EmbeddedBackend) -> float:
        """Seconds until something is due, though nothing is written."""
        due = on.next_due()
        wait = (due - utc_now()).total_seconds() if due else _LONGEST
        return min(max(wait, _SHORTEST), _LONGEST)

    def _follow_people(self, event: Event) -> None:
        """Who was dismissed opens nothing any more."""
        changed = UserChanged.model_validate(event.data, strict=False)
        if not changed.active:
            user = repository.load_user(identity.core(), event.tenant, changed.user_id)
            self.slots.remove(event.tenant, user.profile.user_name)


class _Chore:
    """Something that is done every so often."""

    def __init__(self, act: Callable[[], object], every: timedelta) -> None:
        self._act, self._every, self._due = act, every, utc_now()

    def do_when_due(self) -> None:
        """Do it when it is due; a failure counts as done until the next time."""
        if self._due <= utc_now():
            self._due = utc_now() + self._every
            self._act()


def new_key() -> bytes:
    """A key for a new folder."""
    return os.urandom(32)
