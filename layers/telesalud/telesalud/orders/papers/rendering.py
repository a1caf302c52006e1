"""Papers as they print when nothing else is asked for, for who signs their bytes."""

import base64

from schemas.orders import EntryKind, PrintQuery
from schemas.papers import PaperKind
from telesalud.orders.papers.printing import How, print_order, print_paper, print_prescription
from telesalud.orders.qualified.finishing import Render
from telesalud.orders.services import OrdersServices
from telesalud.platform.work import Call


def by_default(url: str) -> Render:
    """Printing by default; `url` leads to what a code stands for when it is appended."""
    how = How(PrintQuery(), url)

    def render(services: OrdersServices, call: Call, kind: EntryKind, which: str) -> bytes:
        if kind is EntryKind.PRESCRIPTION:
            printed = print_prescription(services, call, which, how)
        elif kind is EntryKind.ORDER:
            printed = print_order(services, call, which, how)
        else:
            printed = print_paper(services, call, PaperKind(kind.value), which, how)
        return base64.b64decode(printed.content)

    return render
