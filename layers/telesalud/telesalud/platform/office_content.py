"""Word and OpenDocument files: what is one, and what in it could act or cannot be looked into.

Parts are judged by what they declare and contain, not by their names: a macro works under any name
that the package's relationships give it (ECMA-376 part 2, OpenDocument 1.3 part 2).
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final

_ODT = b"application/vnd.oasis.opendocument.text"
_WORD: Final = b"wordprocessingml.document.main+xml"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAX_UNPACKED = 256 * 1024 * 1024
_MAX_MEMBERS = 5000
_MAX_RATIO = 200
_LONGEST_TEXT = 64 * 1024 * 1024
_PROGRAMS = (_OLE, b"\x7fELF", b"#!")
_DECLARED = re.compile(rb"(?i)macroenabled|vbaproject|vbadata|activex|oleobject")
_MACROS = re.compile(r"(?i)vbaproject\.bin$")
_RELATIONSHIP = re.compile(rb"<[\w:]*Relationship\b[^>]*>")
_TYPE = re.compile(rb"""\bType\s*=\s*["']([^"']*)["']""")
_EXTERNAL = re.compile(rb"""(?i)\bTargetMode\s*=\s*["']\s*external""")
_HARMLESS_ABROAD = (b"/hyperlink", b"/image")
"""A link that people click, and a picture that a page was copied with."""
_FIELD = re.compile(rb"<[\w:]*instrText[^>]*>([^<]*)<|\binstr\s*=\s*[\"']([^\"']*)")
_ACTING_FIELD = re.compile(rb"(?i)\b(DDE|DDEAUTO|INCLUDETEXT)\b")
_ODF_SCRIPT = re.compile(
    rb"""(?i)<script:|<text:dde-|<office:dde|href\s*=\s*["']\s*(vnd\.sun\.star\.\w+|macro):"""
)

Verdict = tuple[str, str]
"""What the archive is (`docx`, `odt`, or nothing that is known), and what is against it."""
_UNKNOWN: Verdict = ("", "")


def archive(content: bytes) -> Verdict:
    """What a ZIP archive is. The fault is `active-content` or `encrypted`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            members = opened.infolist()
            if any(member.flag_bits & 1 for member in members):
                return "", "encrypted"
            if not _bounded(members, len(content)):
                return _UNKNOWN
            names = {member.filename for member in members}
            if "mimetype" in names:
                return _open_document(opened, names)
            return _word(opened, names)
    # zipfile raises NotImplementedError for a compression it lacks, RuntimeError for encryption.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return _UNKNOWN


def old_word_fault(content: bytes) -> str:
    """What is against a compound file, the container of Word's old format and of encrypted files.

    `type-not-allowed` when it is no Word document. Names of its streams are UTF-16.
    """

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        return "encrypted"  # what Word makes of any document with a password (MS-OFFCRYPTO)
    if not has("WordDocument"):
        return "type-not-allowed"
    for at in range(512, len(content), 512):
        # The stream's first bytes (FIB, MS-DOC 2.5.1); the flag is fEncrypted.
        if content[at : at + 2] == b"\xec\xa5" and content[at + 11 : at + 12]:
            if content[at + 11] & 1:
                return "encrypted"
            break
    acts = any(has(name) for name in ("_VBA_PROJECT", "Ole10Native", "\x03OCXNAME"))
    return "active-content" if acts else ""


def parts(content: bytes) -> Iterator[bytes]:
    """What a bounded archive's members hold; nothing for what is no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            members = opened.infolist()
            if _bounded(members, len(content)):
                for member in members:
                    yield opened.read(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return


def _bounded(members: list[zipfile.ZipInfo], size: int) -> bool:
    unpacked = sum(member.file_size for member in members)
    within = unpacked <= min(_MAX_UNPACKED, size * _MAX_RATIO + 1024 * 1024)
    return len(members) <= _MAX_MEMBERS and within


def _open_document(opened: zipfile.ZipFile, names: set[str]) -> Verdict:
    if opened.getinfo("mimetype").file_size > 200 or opened.read("mimetype").strip() != _ODT:
        return _UNKNOWN
    manifest = _text(opened, "META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    if b"encryption-data" in manifest:
        return "odt", "encrypted"
    folders = any(name.startswith(("Basic/", "Scripts/")) for name in names)
    xml = (name for name in names if name.endswith(".xml"))
    acts = folders or _program(opened) or any(_ODF_SCRIPT.search(_text(opened, n)) for n in xml)
    return "odt", "active-content" if acts else ""


def _word(opened: zipfile.ZipFile, names: set[str]) -> Verdict:
    if "[Content_Types].xml" not in names:
        return _UNKNOWN
    types = _text(opened, "[Content_Types].xml")
    if _DECLARED.search(types) or any(map(_MACROS.search, names)):
        return "docx", "active-content"
    if "word/document.xml" not in names and _WORD not in types:
        return _UNKNOWN
    related = (_text(opened, name) for name in names if name.endswith(".rels"))
    acts = any(map(_acting_relation, related)) or _program(opened)
    xml = (name for name in names if name.startswith("word/") and name.endswith(".xml"))
    return "docx", "active-content" if acts or any(_acting(opened, n) for n in xml) else ""


def _acting_relation(relationships: bytes) -> bool:
    """Whether a part leads to a program within the package, or to one that is fetched."""
    text = _plain(relationships)
    if b"<!" in text.replace(b"<!--", b""):
        return True  # a document type: entities could spell anything
    for found in _RELATIONSHIP.findall(text):
        kind = _TYPE.search(found)
        name = kind[1].strip() if kind else b""
        if _DECLARED.search(name) or name.endswith((b"/control", b"/attachedToolbars")):
            return True
        if _EXTERNAL.search(found) and not name.endswith(_HARMLESS_ABROAD):
            return True
    return False


def _acting(opened: zipfile.ZipFile, name: str) -> bool:
    """Whether a part's fields start another program or fetch a document; runs may cut a word."""
    text = _text(opened, name)
    fields = b"".join(inner or outer for inner, outer in _FIELD.findall(text))
    return _ACTING_FIELD.search(fields) is not None


def _program(opened: zipfile.ZipFile) -> bool:
    """Whether a member is a program or a compound file, which may hold one, under any name."""
    for member in opened.infolist():
        with opened.open(member) as part:
            head = part.read(1024)
            windows = head.startswith(b"MZ") and b"PE\0\0" in head
            if windows or head.startswith(_PROGRAMS):
                return True
    return False


def _text(opened: zipfile.ZipFile, name: str) -> bytes:
    """A part's text in an encoding that the expressions read. Raises ValueError when too long."""
    if opened.getinfo(name).file_size > _LONGEST_TEXT:
        raise ValueError("the part is too long")
    return _plain(opened.read(name))


def _plain(text: bytes) -> bytes:
    """The text in UTF-8, also where XML is UTF-16; letters that are written as numbers as such."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.decode("utf-16", "replace").encode()

    def letter(found: re.Match[bytes]) -> bytes:
        number = int(found[1], 16) if found[1] else int(found[2])
        return chr(number).encode() if 32 <= number < 0xD800 else b" "

    return re.sub(rb"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));", letter, text)
