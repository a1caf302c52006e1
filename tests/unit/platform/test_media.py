"""What a file is and carries: forgiving where nothing is at risk, true where something is."""

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.platform.media import Refused, download_name, examine, file_name
from telesalud.platform.ports.blobs import BlobKey
from telesalud.platform.ports.scanner import Quarantined
from telesalud.platform.scanners import EicarScanner

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 40
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504
TYPES = (
    b'<Types><Override PartName="/word/document.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODT = b"application/vnd.oasis.opendocument.text"


def archive(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return made.getvalue()


def docx(parts: dict[str, bytes] | None = None, types: bytes = TYPES) -> bytes:
    usual = {"[Content_Types].xml": types, "word/document.xml": b"<w:document/>"}
    return archive(usual | (parts or {}))


def related(kind: bytes, target: bytes, *, abroad: bool = False) -> dict[str, bytes]:
    mode = b' TargetMode="External"' if abroad else b""
    line = b'<Relationship Id="r1" Type="%s" Target="%s"%s/>' % (kind, target, mode)
    return {"word/_rels/document.xml.rels": b"<Relationships>" + line + b"</Relationships>"}


def odt(parts: dict[str, bytes] | None = None) -> bytes:
    return archive({"mimetype": ODT, "content.xml": b"<office:scripts/>"} | (parts or {}))


def pdf(body: bytes) -> bytes:
    return b"%PDF-1.7\n" + body + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def packed(objects: bytes, dictionary: bytes = b"/Type/ObjStm/Filter/FlateDecode") -> bytes:
    return pdf(
        b"5 0 obj<<%s/N 1/First 4>>stream\r\n%s\nendstream endobj"
        % (dictionary, zlib.compress(objects))
    )


def old_word(*names: str, encrypted: bool = False) -> bytes:
    fib = b"\xec\xa5" + b"\0" * 9 + (b"\1" if encrypted else b"\0") + b"\0" * 500
    return OLE + fib + b"".join(n.encode("utf-16-le") for n in ("WordDocument", *names))


def refusal(name: str, content: bytes) -> str:
    try:
        examine(name, content)
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Examen Dr. García", JPEG),
        ("Control 12.11.2026", PNG),
        ("Informe v1.2 final", PDF),
        ("receta.", PDF),
        (".pdf", JPEG),
        ("RX torax.JPEG", JPEG),
        ("con marca.pdf", b"\xef\xbb\xbf" + PDF),
        ("con correo.pdf", b"\r\n\r\n  " + PDF),
        ("con basura.pdf", b"x" * 1000 + PDF),
        ("carta.docx", docx()),
        ("carta con enlace.docx", docx(related(OFFICE + b"/hyperlink", b"https://x", abroad=True))),
        ("carta con foto.docx", docx(related(OFFICE + b"/image", b"media/image1.png"))),
        ("carta.odt", odt({"content.xml": b"<text:p>Visi\xc3\xb3n macro: normal</text:p>"})),
        ("carta.doc", old_word()),
        ("dice JS.pdf", pdf(b"1 0 obj<</A(JavaScript)/JSON 1/EFG 2>>endobj")),
        ("objetos.pdf", packed(b"1 0 <</Type/Page>>")),
    ],
)
def test_nothing_is_refused_that_contradicts_nothing(name: str, content: bytes) -> None:
    assert refusal(name, content) == ""


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("foto.png", PDF, "type-mismatch"),
        ("examen.pdf.exe", PDF, "type-mismatch"),
        ("pagina.HTML ", PDF, "type-mismatch"),
        ("planilla.xlsx", docx(), "type-mismatch"),
        ("lejos.pdf", b"x" * 1100 + PDF, "type-not-allowed"),
        ("programa.pdf", b"MZ" + b"\0" * 60 + PDF, "type-not-allowed"),
        ("pagina.pdf", b"\xef\xbb\xbf <html>" + PDF, "type-not-allowed"),
        ("archivo.pdf", b"PK\x05\x06" + PDF, "type-not-allowed"),
        ("foto.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo-format"),
        ("foto.jpg", b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "photo-format"),
        ("js.pdf", pdf(b"1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj"), "active-content"),
        ("js.pdf", pdf(b"1 0 obj<</S/Java#53cript/J#53(x)>>endobj"), "active-content"),
        ("js.pdf", packed(b"1 0 <</S/JavaScript/JS(x)>>"), "active-content"),
        (
            "js.pdf",
            packed(b"1 0 <</S/#4aavaScript>>", b"/Filter[/Fl#61teDecode]/Type/Obj#53tm"),
            "active-content",
        ),
        (
            "js.pdf",
            packed(b"x", b"/Type/ObjStm/Filter/LZWDecode/DecodeParms<</Predictor 12>>"),
            "active-content",
        ),
        ("bomba.pdf", packed(b"\0" * 70_000_000), "active-content"),
        ("lanza.pdf", pdf(b"1 0 obj<</S/Launch/F(cmd.exe)>>endobj"), "active-content"),
        (
            "adjunto.pdf",
            pdf(b"1 0 obj<</Type/EmbeddedFile>>stream\nMZ\nendstream"),
            "active-content",
        ),
        ("adjunto.pdf", pdf(b"1 0 obj<</Type/Filespec/EF <</F 2 0 R>>>>"), "active-content"),
        ("formulario.pdf", pdf(b"1 0 obj<</XFA[(a) 2 0 R]>>endobj"), "active-content"),
        ("clave.pdf", pdf(b"1 0 obj<<>>endobj trailer<</Encrypt 9 0 R>>"), "encrypted"),
        ("clave.pdf", pdf(b"1 0 obj<<>>endobj trailer<</Encry#70t<</V 5>>>>"), "encrypted"),
        ("clave.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("clave.doc", old_word(encrypted=True), "encrypted"),
        ("clave.odt", odt({"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "encrypted"),
        ("macro.docx", docx({"word/vbaProject.bin": OLE}), "active-content"),
        ("macro.docx", docx({"word/evil.bin": OLE}), "active-content"),
        (
            "macro.docx",
            docx(types=TYPES.replace(b"document.main", b"document.macroEnabled.main")),
            "active-content",
        ),
        (
            "macro.docx",
            docx(
                types=TYPES + b"<Override ContentType='application/vnd.ms-office.vba&#80;roject'/>"
            ),
            "active-content",
        ),
        (
            "macro.docx",
            docx(
                related(
                    b"http://schemas.microsoft.com/office/2006/relationships/vbaProject",
                    b"evil.bin",
                )
            ),
            "active-content",
        ),
        (
            "plantilla.docx",
            docx(related(OFFICE + b"/attachedTemplate", b"https://x", abroad=True)),
            "active-content",
        ),
        (
            "plantilla.docx",
            docx(
                {
                    "word/_rels/settings.xml.rels": related(
                        OFFICE + b"/frame", b"//x", abroad=True
                    )["word/_rels/document.xml.rels"]
                    .decode()
                    .encode("utf-16")
                }
            ),
            "active-content",
        ),
        (
            "objeto.docx",
            docx(related(OFFICE + b"/oleObject", b"embeddings/a.bin")),
            "active-content",
        ),
        (
            "dde.docx",
            docx(
                {
                    "word/document.xml": b"<w:instrText>DD</w:instrText><w:instrText "
                    b'xml:space="preserve">EAUTO c:\\\\cmd</w:instrText>'
                }
            ),
            "active-content",
        ),
        (
            "dde.docx",
            docx({"word/header1.xml": b'<w:fldSimple w:instr=" DDE cmd "/>'}),
            "active-content",
        ),
        ("programa.docx", docx({"word/media/image1.png": b"\x7fELF\2\1"}), "active-content"),
        ("macro.odt", odt({"Basic/Standard/Module1.xml": b"x"}), "active-content"),
        ("macro.odt", odt({"Scripts/python/a.py": b"x"}), "active-content"),
        ("macro.odt", odt({"content.xml": b"<script:event-listener/>"}), "active-content"),
        ("macro.odt", odt({"styles.xml": b'xlink:href="vnd.sun.star.script:a"'}), "active-content"),
        ("objeto.odt", odt({"Object 1": OLE}), "active-content"),
        ("macro.doc", old_word("_VBA_PROJECT"), "active-content"),
        ("paquete.doc", old_word("\x01Ole10Native"), "active-content"),
        ("hoja.doc", OLE + "Workbook".encode("utf-16-le"), "type-not-allowed"),
        ("nada.pdf", b"", "type-not-allowed"),
    ],
)
def test_what_is_refused_is_refused_with_the_true_reason(
    name: str, content: bytes, code: str
) -> None:
    assert refusal(name, content) == code


def test_a_packed_virus_is_found_by_the_local_scanner() -> None:
    def infected(content: bytes) -> str:
        key = BlobKey("t", "o", "f")
        return EicarScanner().infected(Quarantined(key, "etag", content))

    assert infected(docx({"word/media/a.png": EicarScanner.SIGNATURE}))
    assert not infected(docx())
    assert not infected(b"PK\x03\x04 not an archive")


@given(st.binary(max_size=300))
def test_no_content_makes_the_examination_fail(content: bytes) -> None:
    for head in (b"", b"%PDF-1.4", b"PK\x03\x04", OLE[:8]):
        refusal("a.pdf", head + content)
        refusal("a.pdf", head + content + b"%%EOF")


@pytest.mark.parametrize(
    ("name", "media_type", "saved"),
    [
        ("Examen Dr. García", "image/jpeg", "Examen Dr. García.jpg"),
        ("foto.JPG", "image/jpeg", "foto.JPG"),
        ("..\\..\\win.pdf", "application/pdf", "_.._win.pdf"),
        ("../../etc/passwd", "application/pdf", "_.._etc_passwd.pdf"),
        ("C:\\autoexec.bat", "application/pdf", "C_autoexec.bat.pdf"),
        ("a\r\nb\u2028c\x85d.pdf", "application/pdf", "a_b_c_d.pdf"),
        ("con.pdf", "application/pdf", "_con.pdf"),
        ("LPT1", "application/pdf", "_LPT1.pdf"),
        ("...", "application/pdf", "pdf"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 146 + ".pdf"),
        ("sin tipo", "", "sin tipo"),
    ],
)
def test_a_name_is_made_harmless_and_gets_its_extension(
    name: str, media_type: str, saved: str
) -> None:
    assert download_name(name, media_type) == saved


@given(st.text(max_size=400))
def test_every_name_is_one_name_on_every_system(name: str) -> None:
    plain = file_name(name)
    assert plain
    assert len(plain) <= 152
    assert not set(plain) & set('/\\:*?"<>|\r\n\0\u2028\u2029\x85')
    assert plain not in (".", "..")
    assert plain == plain.strip(" .")
    assert file_name(plain) == plain
