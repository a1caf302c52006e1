"""Events and dead letters, handed over once more; consumers take what they had for done."""

from __future__ import annotations

from infra.running import settings_of
from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands
from operations.moments import moment
from telesalud.platform.aws import clients
from telesalud.platform.aws.sqs import redrive
from telesalud.platform.backend import backend
from telesalud.platform.relay import of_period, of_subject


def replay_events(stage: Stage, arguments: Arguments) -> None:
    if arguments.subject and not arguments.tenant:
        raise CommandError("--subject needs --tenant")
    settings = settings_of(stage, arguments.context)
    store = backend().store(settings["TELESALUD_TABLE"])
    since, until = arguments.since, arguments.until
    if arguments.subject:
        of_one = of_subject(store, arguments.tenant, arguments.subject)
        events = [event for event in of_one if since <= event.at < until]
    else:
        events = of_period(store, since, until, arguments.tenant)
    taken = backend().bus(settings["TELESALUD_BUS"]).publish(events)
    print(f"published {taken} of {len(events)} events")
    if taken < len(events):
        raise CommandError("the bus did not take all; run the same command again")


def replay_dead_letters(stage: Stage, arguments: Arguments) -> None:
    name = f"telesalud-{stage.name}-{arguments.context}-{arguments.queue}"
    client = clients.sqs()
    try:
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
    except client.exceptions.QueueDoesNotExist as error:
        raise CommandError(f"there is no queue {name}") from error
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    try:
        print(f"moved {redrive(client, answer['Attributes']['QueueArn'])}")
    except LookupError as error:
        raise CommandError(
            f"{error}; a stream's dead letters only name its records: use `telesalud replay events`"
        ) from error


def add(commands: Commands) -> None:
    """`telesalud replay`: events, dead-letters."""
    replay = commands.group("replay", "events and dead letters")
    command = replay.add("events", replay_events, "publish a period's events once more")
    command.add_argument("context")
    command.add_argument("--since", required=True, type=moment)
    command.add_argument("--until", required=True, type=moment)
    command.add_argument("--tenant", default="", help="all by default")
    command.add_argument("--subject", default="", help="one patient, appointment or consult only")

    command = replay.add("dead-letters", replay_dead_letters, "back to the queue they came from")
    command.add_argument("context")
    command.add_argument("queue", help="such as deliveries-dead-letters")
