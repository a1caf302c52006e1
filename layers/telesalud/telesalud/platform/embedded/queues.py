"""Events, queues and executions in the database: what is due outlives the process."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import ValidationError

from telesalud.platform.clock import Clock
from telesalud.platform.consumer import Received
from telesalud.platform.embedded.database import Database
from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger, where

Work = Callable[[Sequence[Received]], Sequence[Received]]
"""Handles messages; returns those that must come again."""
Data = Mapping[str, str | int]
Step = Callable[[Data], datetime | None]
"""Does what is due for an execution; when to ask again, or None when it is over."""

HIDDEN: Final = timedelta(seconds=5)
"""How long a message that failed stays away at first; each further time twice as long."""
LONGEST: Final = timedelta(minutes=15)
MOST_TRIES: Final = 20
_AT_ONCE: Final = 10


class EmbeddedQueue:
    """A queue whose messages come until they are done; a `DeliveryQueue` as well."""

    def __init__(self, database: Database, name: str, clock: Clock) -> None:
        self._database, self._name, self._clock = database, name, clock

    def postpone(self, receipt: str, seconds: int) -> None:
        due = _ms(self._clock() + timedelta(seconds=seconds))
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE message SET due = ?, tries = 0 WHERE id = ?", (due, int(receipt))
            )

    def bury(self, body: str) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO message (queue, body, due, tries, dead) VALUES (?, ?, 0, 0, 1)",
                (self._name, body),
            )

    def dead(self) -> list[str]:
        """Bodies of the messages that were given up, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT body FROM message WHERE queue = ? AND dead = 1 ORDER BY id", (self._name,)
            ).fetchall()
        return [body for (body,) in rows]

    def redrive(self) -> int:
        """Have the messages that were given up come again; how many those are."""
        with self._database.writing() as connection:
            return connection.execute(
                "UPDATE message SET dead = 0, tries = 0, due = ? WHERE queue = ? AND dead = 1",
                (_ms(self._clock()), self._name),
            ).rowcount

    def hand_over(self, work: Work) -> bool:
        """Have some messages that are due worked on; whether there were any.

        They stay away while they are worked on, and come again should the process end meanwhile.
        """
        taken = self._take()
        if not taken:
            return False
        kept = {message.id for message in work(taken)}
        with self._database.writing() as connection:
            for message in taken:
                if message.id not in kept:
                    connection.execute("DELETE FROM message WHERE id = ?", (int(message.id),))
            connection.execute(
                "UPDATE message SET dead = 1 WHERE queue = ? AND tries >= ?",
                (self._name, MOST_TRIES),
            )
        return True

    def next_due(self) -> datetime | None:
        """When the next message is due, or None when none waits."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT min(due) FROM message WHERE queue = ? AND dead = 0", (self._name,)
            ).fetchone()
        return _moment(row[0])

    def _take(self) -> list[Received]:
        now = self._clock()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, body, tries FROM message"
                " WHERE queue = ? AND dead = 0 AND due <= ? ORDER BY id LIMIT ?",
                (self._name, _ms(now), _AT_ONCE),
            ).fetchall()
        if not rows:
            return []
        with self._database.writing() as connection:
            for number, _, tries in rows:
                away = min(HIDDEN * 2 ** min(tries, 10), LONGEST)
                connection.execute(
                    "UPDATE message SET due = ?, tries = tries + 1 WHERE id = ?",
                    (_ms(now + away), number),
                )
        return [Received(str(n), body, _event(body, n), str(n)) for n, body, _ in rows]


class EmbeddedBus:
    """A `Bus` that puts each event on the queues that subscribed to its source."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._subscribed: list[tuple[frozenset[str], str]] = []

    def subscribe(self, queue: str, *contexts: str) -> None:
        """Have the events of these contexts put on the queue of this name."""
        self._subscribed.append((frozenset(contexts), queue))

    def publish(self, events: Sequence[Event]) -> int:
        due = _ms(self._clock())
        rows = [
            (queue, event.model_dump_json(), due)
            for event in events
            for contexts, queue in self._subscribed
            if event.type.partition(".")[0] in contexts
        ]
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT INTO message (queue, body, due, tries, dead) VALUES (?, ?, ?, 0, 0)", rows
            )
        return len(events)


class EmbeddedWorkflows:
    """`Workflows` whose executions ask a step, at once and whenever it said."""

    def __init__(self, database: Database, machine: str, clock: Clock) -> None:
        self._database, self._machine, self._clock = database, machine, clock

    def start(self, name: str, data: Data) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO execution VALUES (?, ?, ?, ?)",
                (self._machine, name, json.dumps(dict(data)), _ms(self._clock())),
            )

    def wake(self, step: Step) -> bool:
        """Have the executions that are due ask; whether there were any. What fails asks again."""
        now = self._clock()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT name, data FROM execution WHERE machine = ? AND due <= ?",
                (self._machine, _ms(now)),
            ).fetchall()
        for name, data in rows:
            self._set(name, now + HIDDEN)
            self._ask(name, step, json.loads(data))
        return bool(rows)

    def next_due(self) -> datetime | None:
        """When the next execution asks, or None when none waits."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT min(due) FROM execution WHERE machine = ?", (self._machine,)
            ).fetchone()
        return _moment(row[0])

    def _ask(self, name: str, step: Step, data: Data) -> None:
        try:
            due = step(data)
        except Exception as error:  # noqa: BLE001  # one execution must not stop the others
            get_logger().error(
                "execution failed",
                error=type(error).__name__,
                where=where(error),
            )
            return
        self._set(name, due)

    def _set(self, name: str, due: datetime | None) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE execution SET due = ? WHERE machine = ? AND name = ?",
                (_ms(due) if due else None, self._machine, name),
            )


def _event(body: str, number: int) -> Event | None:
    try:
        return Event.model_validate_json(body)
    except ValidationError:
        get_logger().error("message unreadable", message_id=str(number))
        return None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
