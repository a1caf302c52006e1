"""The platform's virus scanners."""

from telesalud.platform.ports.scanner import ClamdScanner, EicarScanner, Scanner, scanner_at

__all__ = ["ClamdScanner", "EicarScanner", "Scanner", "scanner_at"]
