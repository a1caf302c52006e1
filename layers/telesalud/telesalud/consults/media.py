"""What may pass between the two sides is what the platform takes anywhere."""

from telesalud.platform.media import EXTENSIONS, Refused, download_name, examine

__all__ = ["EXTENSIONS", "Refused", "download_name", "examine"]
