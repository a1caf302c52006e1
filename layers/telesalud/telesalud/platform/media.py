"""What an uploaded file really is, by its content, and whether it may be kept.

The name is only believed where it contradicts: people call a photo "Examen Dr. García". What could
act on the computer of whoever opens it is refused, and so is what no scanner can look into;
`pdf_content` and `office_content` know where such things hide.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_DOC = "application/msword"
_PDF = "application/pdf"

EXTENSIONS = {
    _PDF: ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/png": ("png",),
    "image/bmp": ("bmp", "dib"),
    "image/webp": ("webp",),
    "image/tiff": ("tif", "tiff"),
    _DOC: ("doc",),
    _DOCX: ("docx",),
    _ODT: ("odt",),
}
"""Allowed media types with the extensions that agree with them, the usual one first."""
_PROGRAMS = (
    *("apk", "app", "bat", "bin", "cmd", "com", "dll", "exe", "hta", "jar", "js", "jse", "lnk"),
    *("msi", "pif", "ps1", "reg", "scr", "sh", "vbe", "vbs", "wsf", "wsh"),
)
_OTHERS = (
    *("7z", "avi", "bz2", "csv", "dmg", "docm", "dot", "dotm", "dotx", "gif", "gz", "heic", "heif"),
    *("htm", "html", "img", "iso", "json", "mov", "mp3", "mp4", "ods", "odp", "ppt", "pptm"),
    *("pptx", "rar", "rtf", "svg", "tar", "tgz", "txt", "wav", "xhtml", "xls", "xlsb", "xlsm"),
    *("xlsx", "xml", "zip"),
)
_KNOWN = frozenset((*_PROGRAMS, *_OTHERS, *(e for agree in EXTENSIONS.values() for e in agree)))
"""What says which kind of file it is; what else stands after a dot is a part of the name."""

TYPE_NOT_ALLOWED, TYPE_MISMATCH = "type-not-allowed", "type-mismatch"
ACTIVE_CONTENT, ENCRYPTED, PHOTO_FORMAT = "active-content", "encrypted", "photo-format"

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_IMAGES = frozenset({"image/jpeg", "image/png", "image/bmp", "image/webp", "image/tiff"})
_PHOTO_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
"""Of ISO base media files that phones make photos with, and few computers open."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029/\\:*?"<>|]+')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_LONGEST_NAME = 150
_LONGEST_ENCODED = 240
"""Bytes of a name in a header's percent-encoding."""
_LONGEST_EXTENSION = 16


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """The file may not pass; `code` says why."""

    code: str


def examine(name: str, content: bytes) -> str:
    """The media type of the content. Raises Refused.

    `type-not-allowed`, `type-mismatch` (the name says another kind), `active-content` (scripts,
    macros, programs), `encrypted` (a password: nothing can look inside), `photo-format` (a photo
    as some telephones keep it).
    """
    media_type = _detect(content)
    if media_type is None:
        raise Refused(TYPE_NOT_ALLOWED)
    extension = _extension(name)
    if extension and extension not in EXTENSIONS[media_type]:
        raise Refused(TYPE_MISMATCH)
    return media_type


def download_name(name: str, media_type: str) -> str:
    """The name as a file may be called anywhere, with an extension that systems know it by."""
    agreeing = EXTENSIONS.get(media_type, ())
    if not agreeing or _extension(name) in agreeing:
        return file_name(name)
    return file_name(f"{name}.{agreeing[0]}")


def file_name(name: str) -> str:
    """A name for one file in a folder, on every system: no path, no controls, no device's name.

    The one place where names are made harmless, for downloads and for archives.
    """
    plain = unicodedata.normalize("NFC", _UNSAFE.sub("_", name)).strip(" .")
    if len(plain) > _LONGEST_NAME:
        stem, dot, extension = plain.rpartition(".")
        end = f"{dot}{extension}" if stem and len(extension) <= 5 else ""
        plain = plain[: _LONGEST_NAME - len(end)].rstrip(" .") + end
    return f"_{plain}" if _DEVICES.match(plain) else plain or "file"


def disposition(filename: str) -> str:
    """Content-Disposition that saves under `filename` and never displays (RFC 6266, RFC 8187).

    A name that is long once it is encoded is cut before its extension: a presigned address encodes
    it once more, and firewalls refuse long addresses.
    """
    name = file_name(filename)
    stem, dot, extension = name.rpartition(".")
    end = dot + extension if stem and len(quote(extension, safe="")) <= _LONGEST_EXTENSION else ""
    stem = name.removesuffix(end)
    while len(quote(stem + end, safe="")) > _LONGEST_ENCODED:
        stem = stem[:-1]
    return f"attachment; filename*=UTF-8''{quote(stem + end, safe='')}"


def _extension(name: str) -> str:
    """What the name says the file is, if it does."""
    stem, _, extension = name.strip().rpartition(".")
    return extension.lower() if stem and extension.lower() in _KNOWN else ""


def _detect(content: bytes) -> str | None:
    # Imported where files are examined, not where they are listed.
    from telesalud.platform import office_content, pdf_content  # noqa: PLC0415

    if pdf_content.is_pdf(content):
        if fault := pdf_content.fault(content):
            raise Refused(fault)
        return _PDF
    if content.startswith(b"PK\x03\x04"):
        archive, fault = office_content.archive(content)
        if fault:
            raise Refused(fault)
        return {"docx": _DOCX, "odt": _ODT}.get(archive)
    if content.startswith(_OLE):
        if fault := office_content.old_word_fault(content):
            raise Refused(fault)
        return _DOC
    if content[4:8] == b"ftyp" and content[8:12] in _PHOTO_BRANDS:
        raise Refused(PHOTO_FORMAT)
    import filetype  # noqa: PLC0415

    guessed = filetype.guess_mime(content[:8192])
    return guessed if guessed in _IMAGES else None
