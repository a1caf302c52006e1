"""A report is made once and whole, whatever happens to its workers."""

from datetime import timedelta

import pytest

from schemas.reports import ReportFormat, ReportQuery, ReportStatus
from telesalud.platform.aws.sqs import consume
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound, TooMany
from telesalud.platform.reports import asking, working
from telesalud.platform.reports.model import KEPT
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash, Faults
from tests.worlds.reports.workshop import Workshop, shuffled
from tests.worlds.world import TENANT


def test_a_report_is_queued_made_and_downloaded() -> None:
    shop = Workshop()
    asked = shop.ask()
    assert (asked.status, asked.percent, shop.announced()) == (ReportStatus.QUEUED, 0, [1])
    shop.work(asked.id)
    ready = shop.read(asked.id)
    assert (ready.status, ready.percent, ready.rows) == (ReportStatus.READY, 100, 10)
    assert shop.numbers(asked.id) == list(range(10))
    assert shop.file(asked.id, "pdf").startswith(b"%PDF-")
    assert [file.bytes for file in ready.files] == [
        len(shop.file(asked.id, "xlsx")),
        len(shop.file(asked.id)),
        len(shop.file(asked.id, "pdf")),
    ]
    assert len(shop.blobs.passing) == 3
    link = asking.link(shop.reports(), shop.by(), asked.id, ReportFormat.PDF)
    assert "numbers-2026-11-16-2026-11-22.pdf" in link.url


def test_rows_are_written_in_the_order_of_the_definition() -> None:
    shop = Workshop()
    asked = shop.ask()
    working.go_on(shop.reports(shuffled), TENANT, asked.id, 1)
    assert shop.numbers(asked.id) == list(reversed(range(10)))


def test_a_crash_between_any_two_steps_loses_and_doubles_no_row() -> None:
    made: dict[int, str] = {}

    def begin() -> Workshop:
        shop = Workshop(total=5, step=2)
        made[id(shop)] = shop.ask().id
        return shop

    def check(shop: Workshop) -> None:
        report = made[id(shop)]
        assert shop.read(report).status is ReportStatus.READY
        assert shop.numbers(report) == list(range(5))
        seen = [subject for action, subject, _ in shop.world.audited() if "numbers" in action]
        assert seen == [f"patient-{n}" for n in range(5)]

    crashes = crash_everywhere(
        begin, lambda shop: shop.world.store, lambda shop: shop.work(made[id(shop)]), check
    )
    assert crashes == 10


def test_asking_twice_with_one_key_makes_one_report() -> None:
    shop = Workshop()
    first = shop.ask(key="same-key-1")
    with pytest.raises(AnsweredBefore) as answered:
        shop.ask(key="same-key-1")
    assert first.id in answered.value.answer.body
    assert shop.announced() == [1]


def test_a_long_report_is_handed_over_in_the_transaction_of_a_step() -> None:
    shop = Workshop(total=30, step=3, seconds=9)
    report = shop.ask().id
    for turn in range(1, 20):
        if turn not in shop.announced():
            break
        shop.work(report, turn)
        assert shop.read(report).percent <= 100
    assert shop.numbers(report) == list(range(30))
    assert shop.announced() == [1, 2, 3]
    assert len(shop.steps) == 10


def test_an_announcement_of_a_turn_that_is_over_does_nothing() -> None:
    shop = Workshop(total=30, step=3, seconds=9)
    report = shop.ask().id
    shop.work(report, 1)
    before = len(shop.steps)
    shop.work(report, 1)
    assert len(shop.steps) == before
    shop.work(report, 2)
    shop.work(report, 3)
    assert shop.numbers(report) == list(range(30))
    shop.work(report, 3)
    assert len(shop.steps) == 10


def test_a_second_worker_on_one_turn_gives_way_and_its_message_comes_again() -> None:
    shop = Workshop(total=9, step=3)
    report = shop.ask().id

    def another_begins() -> None:
        shop.failures = 1
        with pytest.raises(RuntimeError):
            shop.work(report)

    shop.meanwhile["3"] = another_begins
    with pytest.raises(working.StillRunning):
        shop.work(report)
    shop.work(report)
    assert shop.numbers(report) == list(range(9))


def test_a_worker_who_was_overtaken_leaves_what_the_other_finished() -> None:
    shop = Workshop(total=9, step=3)
    report = shop.ask().id
    shop.meanwhile["3"] = lambda: shop.work(report)
    shop.work(report)
    assert shop.numbers(report) == list(range(9))
    assert shop.read(report).rows == 9


def test_a_passing_failure_is_tried_again_from_the_last_step() -> None:
    shop = Workshop()
    report = shop.ask().id
    shop.world.store.faults = Faults(before=4)
    with pytest.raises(Crash):
        shop.work(report)
    shop.world.store.faults = Faults()
    shop.steps.clear()
    shop.work(report)
    assert shop.steps[0] == "6"
    assert shop.numbers(report) == list(range(10))


def test_a_report_that_always_fails_says_so_in_the_end() -> None:
    shop = Workshop(failures=99)
    report = shop.ask().id
    for _ in range(working.MOST_ATTEMPTS):
        assert shop.read(report).error is None
        with pytest.raises(RuntimeError):
            shop.work(report)
    shop.work(report)
    failed = shop.read(report)
    assert (failed.status, failed.error) == (ReportStatus.FAILED, "internal")
    with pytest.raises(Conflict):
        asking.link(shop.reports(), shop.by(), report, ReportFormat.CSV)


def test_too_many_rows_ask_for_a_shorter_span(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "MOST_ROWS", 8)
    shop = Workshop()
    report = shop.ask().id
    shop.work(report)
    assert shop.read(report).error == "too-many-rows"


def test_a_report_too_long_for_paper_is_a_table_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "MOST_PDF_ROWS", 9)
    shop = Workshop()
    report = shop.ask().id
    shop.work(report)
    assert [file.format for file in shop.read(report).files] == [
        ReportFormat.XLSX,
        ReportFormat.CSV,
    ]
    with pytest.raises(Gone):
        asking.link(shop.reports(), shop.by(), report, ReportFormat.PDF)


def test_nobody_else_sees_a_report() -> None:
    shop = Workshop()
    report = shop.ask().id
    shop.work(report)
    for other in (shop.by(subject="user-2"), shop.by(tenant="another")):
        with pytest.raises(NotFound):
            asking.read(shop.reports(), other, report)
        with pytest.raises(NotFound):
            asking.link(shop.reports(), other, report, ReportFormat.CSV)
        assert asking.page(shop.reports(), other, ReportQuery()).items == ()


def test_an_expired_report_is_gone_from_everywhere() -> None:
    shop = Workshop()
    report = shop.ask().id
    shop.work(report)
    shop.world.clock.now += KEPT - timedelta(seconds=1)
    assert shop.read(report).expires_at == shop.world.clock.now + timedelta(seconds=1)
    shop.world.clock.advance(seconds=1)
    with pytest.raises(NotFound):
        shop.read(report)
    assert asking.page(shop.reports(), shop.by(), ReportQuery()).items == ()


def test_one_caller_has_few_reports_in_work() -> None:
    shop = Workshop()
    asked = []
    for _ in range(asking.MOST_OPEN):
        asked.append(shop.ask().id)
        shop.world.clock.advance(seconds=1)
    with pytest.raises(TooMany):
        shop.ask()
    shop.work(asked[0])
    newest = shop.ask()
    listed = asking.page(shop.reports(), shop.by(), ReportQuery(limit=2))
    assert [one.id for one in listed.items] == [newest.id, asked[-1]]
    rest = asking.page(shop.reports(), shop.by(), ReportQuery(cursor=listed.cursor))
    assert [one.id for one in rest.items] == list(reversed(asked[:-1]))


def test_a_span_longer_than_the_kind_takes_is_refused() -> None:
    shop = Workshop()
    with pytest.raises(Invalid):
        shop.ask(until=shop.world.clock.now.date() + timedelta(days=31))


def test_the_request_and_its_download_are_audited() -> None:
    shop = Workshop(total=1)
    report = shop.ask().id
    shop.work(report)
    asking.link(shop.reports(), shop.by(), report, ReportFormat.CSV)
    assert [action for action, _, _ in shop.world.audited()] == [
        "demo.request_report",
        "demo.report_numbers",
        "demo.make_report",
        "demo.download_report",
    ]


def test_the_queue_keeps_a_message_until_its_turn_is_over() -> None:
    shop = Workshop(failures=1)
    shop.ask()
    event = shop.world.events()[0]
    record = {"messageId": "m1", "body": '{"detail": ' + event.model_dump_json() + "}"}
    handlers = working.handlers(shop.reports, "demo")
    batch = {"Records": [record]}
    assert consume(batch, handlers) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert consume(batch, handlers) == {"batchItemFailures": []}
    assert shop.read(event.subject).status is ReportStatus.READY


def test_what_is_stored_of_a_report_names_nobody() -> None:
    shop = Workshop()
    report = shop.ask().id
    shop.work(report)
    stored = [c.new for c in shop.world.store.changes if c.new and c.key.pk.startswith("REPORT#")]
    assert len(stored) > 4
    assert all("Nº" not in repr(item.attributes) for item in stored)
