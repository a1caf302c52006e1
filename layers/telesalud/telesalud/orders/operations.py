"""Which group of operations serves which route: a cold function imports only the one it needs."""

from collections.abc import Mapping
from typing import Final

_PRESCRIPTION: Final = "/orders/prescriptions/{id}"
_ORDER: Final = "/orders/requests/{id}"
_FILES: Final = f"{_ORDER}/attachments"

ROUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "catalogues": (
        "PUT /orders/catalogues/{kind}",
        "GET /orders/catalogues/{kind}",
        "GET /orders/formulary",
        "GET /orders/order-sets",
        "GET /orders/prescribers/{user_id}",
        "PUT /orders/prescribers/{user_id}",
    ),
    "prescriptions": (
        "POST /orders/prescriptions",
        f"GET {_PRESCRIPTION}",
        f"PUT {_PRESCRIPTION}",
        f"GET {_PRESCRIPTION}/checks",
        f"POST {_PRESCRIPTION}/sign",
        f"POST {_PRESCRIPTION}/stop",
        f"POST {_PRESCRIPTION}/hold",
        f"POST {_PRESCRIPTION}/resume",
        f"POST {_PRESCRIPTION}/complete",
        f"POST {_PRESCRIPTION}/withdraw",
        f"POST {_PRESCRIPTION}/renew",
        f"GET {_PRESCRIPTION}/print",
    ),
    "requests": (
        "POST /orders/requests",
        f"GET {_ORDER}",
        f"PUT {_ORDER}",
        f"POST {_ORDER}/sign",
        f"POST {_ORDER}/cancel",
        f"POST {_ORDER}/withdraw",
        f"POST {_ORDER}/take-over",
        f"PUT {_ORDER}/specimen",
        f"POST {_ORDER}/specimen/receive",
        f"POST {_ORDER}/results",
        f"GET {_ORDER}/results",
        f"POST {_ORDER}/sign-off",
        "GET /orders/worklist",
        f"GET {_ORDER}/print",
        f"POST {_FILES}",
        f"POST {_FILES}/{{attachment_id}}/complete",
        f"GET {_FILES}",
        f"GET {_FILES}/{{attachment_id}}/link",
    ),
    "papers": (
        "POST /orders/referrals",
        "POST /orders/certificates",
        "GET /orders/referrals/{id}",
        "GET /orders/certificates/{id}",
        "POST /orders/referrals/{id}/withdraw",
        "POST /orders/certificates/{id}/withdraw",
        "GET /orders/referrals/{id}/print",
        "GET /orders/certificates/{id}/print",
        "GET /orders/patients/{patient_id}/summary",
        "GET /orders/patients/{patient_id}",
    ),
}
"""Group (a module of `routes`, which this page is not in: the package loads what groups share)."""

PUBLIC: Final = ("GET /orders/verify/{code}",)
"""Routes of `verifying`, which need no token."""
