"""Files of an order: nothing is kept that was not examined, nobody else's is reached."""

from typing import Any

import pytest

from schemas.attachments import (
    AttachmentStatus,
    AttachmentUpload,
    NewAttachment,
)
from schemas.orders import Order
from telesalud.orders.errors import UploadMissing
from telesalud.orders.requests import attachments
from telesalud.platform.errors import Forbidden, Gone, InvalidTransition, NotFound
from telesalud.platform.scanners import EicarScanner
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.files import PDF, begin, finish, inspect, share
from tests.worlds.orders.ward import DESK, NURSE, PHARMACIST, Ward, physician
from tests.worlds.world import call


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_a_file_is_kept_after_it_was_examined_and_its_link_is_audited(ward: Ward) -> None:
    order = ward.sent()
    kept = share(ward, order)
    assert (kept.status, kept.media_type) == (AttachmentStatus.READY, "application/pdf")
    link = attachments.link(ward.services, ward.blobs, call(physician()), order.id, kept.id)
    assert "informe.pdf" in link.url
    assert ward.world.audited()[-1] == ("orders.read_attachment", order.patient, "done")
    assert ward.types()[-2:] == ["orders.attachment_uploaded", "orders.attachment_ready"]


@pytest.mark.parametrize(
    ("content", "more", "refusal"),
    [
        (b"MZ" + b"\0" * 60, {}, "type-not-allowed"),
        (PDF, {"name": "foto.png"}, "type-mismatch"),
        (PDF, {"sha256": "0" * 64}, "hash-mismatch"),
        (PDF.replace(b"trailer", EicarScanner.SIGNATURE + b" trailer"), {}, "infected"),
    ],
)
def test_a_file_that_lies_or_harms_is_refused_and_has_no_link(
    ward: Ward, content: bytes, more: dict[str, Any], refusal: str
) -> None:
    order = ward.sent()
    refused = share(ward, order, content, **more)
    assert (refused.status, refused.refusal) == (AttachmentStatus.REFUSED, refusal)
    with pytest.raises(NotFound):
        attachments.link(ward.services, ward.blobs, call(physician()), order.id, refused.id)


def test_what_has_not_arrived_or_came_too_late_is_not_completed(ward: Ward) -> None:
    order = ward.sent()
    offer = begin(ward, order)
    with pytest.raises(UploadMissing):
        finish(ward, order, offer)
    ward.blobs.receive(offer.fields, PDF)
    ward.world.clock.advance(minutes=31)
    with pytest.raises(Gone):
        finish(ward, order, offer)
    assert attachments.listed(ward.services, call(NURSE), order.id).items == ()


def test_completing_twice_examines_once(ward: Ward) -> None:
    order = ward.sent()
    offer = begin(ward, order)
    ward.blobs.receive(offer.fields, PDF)
    finish(ward, order, offer)
    finish(ward, order, offer)
    inspect(ward, order, offer)
    inspect(ward, order, offer)
    assert finish(ward, order, offer).status is AttachmentStatus.READY
    assert ward.types().count("orders.attachment_uploaded") == 1
    assert ward.types().count("orders.attachment_ready") == 1


def test_who_may_attach_and_look(ward: Ward) -> None:
    order = ward.sent()
    kept = share(ward, order)
    new = NewAttachment(name="x.pdf", size=1, sha256="0" * 64)
    for caller in (NURSE, PHARMACIST, DESK):
        with pytest.raises(Forbidden):
            attachments.start(ward.services, ward.blobs, call(caller), order.id, new)
    for caller in (PHARMACIST, DESK):
        with pytest.raises(Forbidden):
            attachments.link(ward.services, ward.blobs, call(caller), order.id, kept.id)
    with pytest.raises(InvalidTransition):
        begin(ward, ward.order())


def test_another_tenants_and_another_orders_files_do_not_exist(ward: Ward) -> None:
    order, other = ward.sent(), ward.sent()
    kept = share(ward, order)
    stranger = physician(tenant="clinic-two")
    for caller, which in ((stranger, order.id), (physician(), other.id)):
        with pytest.raises(NotFound):
            attachments.link(ward.services, ward.blobs, call(caller), which, kept.id)
    with pytest.raises(NotFound):
        attachments.listed(ward.services, call(stranger), order.id)


def test_examining_survives_a_crash_at_every_step() -> None:
    made: dict[int, tuple[Order, AttachmentUpload]] = {}

    def make() -> Ward:
        ward = Ward()
        order = ward.sent()
        offer = begin(ward, order)
        ward.blobs.receive(offer.fields, PDF)
        finish(ward, order, offer)
        made[id(ward)] = (order, offer)
        return ward

    def check(ward: Ward) -> None:
        order, offer = made[id(ward)]
        assert finish(ward, order, offer).status is AttachmentStatus.READY
        assert ward.types().count("orders.attachment_ready") == 1

    def act(ward: Ward) -> None:
        inspect(ward, *made[id(ward)])

    assert crash_everywhere(make, lambda w: w.world.store, act, check) >= 2
