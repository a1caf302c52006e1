"""Notification targets."""

from telesalud.platform.store import Key


def target_key(tenant: str, target_id: str) -> Key:
    """Where a target is."""
    return Key(f"TARGETS#{tenant}", target_id)
