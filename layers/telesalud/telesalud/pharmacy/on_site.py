"""Which operations of the pharmacy a disconnected site has, as data.

What decides about stock is a lease (`warehouses.modes`); this says which operations exist on a
site at all. What configures, or brings goods from outside, is the centre's.
"""

from collections.abc import Mapping
from typing import Final

ALLOWED_ON_A_SITE: Final[Mapping[str, bool]] = {
    "add_warehouse": False,
    "approve_count": True,
    "ask_audit_check": False,
    "begin_count": True,
    "block_lot": True,
    "cancel_count": True,
    "change_warehouse": False,
    "confirm_dispensing": True,
    "confirm_posting": True,
    "dispatch_transfer": True,
    "dispense": True,
    "enter_stock": False,
    "fill_count": True,
    "lease_warehouse": False,
    "list_counts": True,
    "list_dispensings": True,
    "list_items": True,
    "list_recalls": True,
    "list_receivers": False,
    "list_stock": True,
    "list_transfers": True,
    "list_waiting_dispensings": True,
    "list_waiting_postings": True,
    "list_warehouses": True,
    "print_dispensing": True,
    "put_item": False,
    "read_alerts": True,
    "read_audit_check": False,
    "read_consumption": True,
    "read_count": True,
    "read_dispensing": True,
    "read_item": True,
    "read_kardex": True,
    "read_lot": True,
    "read_posting": True,
    "read_register": True,
    "read_sheet": True,
    "read_stock": True,
    "read_transfer": True,
    "recall_lot": False,
    "receive_transfer": True,
    "refuse_dispensing": True,
    "refuse_posting": True,
    "return_dispensed": True,
    "scan_code": True,
    "send_count_back": True,
    "set_levels": False,
    "submit_count": True,
    "take_transfer_back": True,
    "write_off_stock": True,
}
"""By the operation's id."""
