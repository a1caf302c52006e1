"""What a camera reads on a printed paper."""

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import zxingcpp

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_DOTS_PER_INCH = 150
"""Of a cheap office printer at its draft setting."""


def qr_codes(pdf: bytes) -> list[str]:
    """The text of the QR codes of each page, in order."""
    document = pypdfium2.PdfDocument(pdf)
    found: list[str] = []
    for page in document:
        picture = page.render(scale=_DOTS_PER_INCH / 72, grayscale=True).to_numpy()
        read = zxingcpp.read_barcodes(picture, formats=_QR)
        found += [one.text for one in read]
    return found
