"""Which operations of the pharmacy a disconnected site has, as data.

What decides about stock is a lease (`warehouses.modes`); this says which operations exist on a
site at all. What configures, or brings goods from outside, is the centre's.
"""

from collections.abc import Mapping
from typing import Final

ALLOWED_ON_A_SITE: Final[Mapping[str, bool]] = {
    "add_warehouse": False,
    "change_warehouse": False,
    "confirm_posting": True,
    "dispatch_transfer": True,
    "enter_stock": False,
    "lease_warehouse": False,
    "list_items": True,
    "list_stock": True,
    "list_transfers": True,
    "list_waiting_postings": True,
    "list_warehouses": True,
    "put_item": False,
    "read_alerts": True,
    "read_item": True,
    "read_kardex": True,
    "read_posting": True,
    "read_register": True,
    "read_stock": True,
    "read_transfer": True,
    "read_audit_check": False,
    "receive_transfer": True,
    "refuse_posting": True,
    "ask_audit_check": False,
    "scan_code": True,
    "set_levels": False,
    "take_transfer_back": True,
    "write_off_stock": True,
}
"""By the operation's id."""
