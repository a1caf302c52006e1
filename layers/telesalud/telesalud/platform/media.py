"""What an uploaded file really is, by its content, and whether it may be kept.

The name is only believed where it agrees. Office documents are opened as far as needed to tell
them from other archives, with limits on what they may unpack to; those with macros are refused.
"""

import io
import zipfile
from dataclasses import dataclass

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

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAX_UNPACKED = 256 * 1024 * 1024
_MAX_MEMBERS = 5000
_MAX_RATIO = 200
_IMAGES = frozenset({"image/jpeg", "image/png", "image/bmp", "image/webp", "image/tiff"})


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """The file may not pass; `code` says why."""

    code: str


def examine(name: str, content: bytes) -> str:
    """The media type of the content. Raises Refused: `type-not-allowed`, `type-mismatch`."""
    media_type = _detect(content)
    if media_type is None:
        raise Refused("type-not-allowed")
    stem, dot, extension = name.rpartition(".")
    if dot and stem and extension.lower() not in EXTENSIONS[media_type]:
        raise Refused("type-mismatch")
    return media_type


def download_name(name: str, media_type: str) -> str:
    """The name with an extension that systems know the type by."""
    stem, dot, extension = name.rpartition(".")
    if dot and stem and extension.lower() in EXTENSIONS.get(media_type, ()):
        return name
    return f"{name}.{EXTENSIONS[media_type][0]}" if media_type in EXTENSIONS else name


def _detect(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return _PDF if b"%%EOF" in content[-2048:] else None
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    if content.startswith(_OLE):
        # OLE stream names are UTF-16LE: every Word document has the first, macros the second.
        is_word = "WordDocument".encode("utf-16-le") in content
        has_macros = "_VBA_PROJECT".encode("utf-16-le") in content
        return _DOC if is_word and not has_macros else None
    import filetype  # noqa: PLC0415  # needed where files are examined, not where they are listed

    guessed = filetype.guess_mime(content[:8192])
    return guessed if guessed in _IMAGES else None


def _archive(content: bytes) -> str | None:
    """The kind of office document that a ZIP archive is, if any."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if not _harmless(members, len(content)):
                return None
            names = {member.filename for member in members}
            if "mimetype" in names and not any(n.startswith("Basic/") for n in names):
                declared = archive.read("mimetype").strip() if _small(archive) else b""
                return _ODT if declared == _ODT.encode() else None
            if not {"[Content_Types].xml", "word/document.xml"} <= names:
                return None
            return None if any(n.lower().endswith("vbaproject.bin") for n in names) else _DOCX
    # zipfile raises NotImplementedError for a compression it lacks, RuntimeError for encryption.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return None


def _small(archive: zipfile.ZipFile) -> bool:
    return archive.getinfo("mimetype").file_size < 200


def _harmless(members: list[zipfile.ZipInfo], size: int) -> bool:
    unpacked = sum(member.file_size for member in members)
    encrypted = any(member.flag_bits & 1 for member in members)
    within = unpacked <= min(_MAX_UNPACKED, size * _MAX_RATIO + 1024 * 1024)
    return len(members) <= _MAX_MEMBERS and within and not encrypted
