"""Write `docs/security/permissions.md` anew."""

from tests.permissions import table, walk


def main() -> None:
    """Ask, and write what was answered."""
    with walk.clinic() as clinic, walk.nothing_written():
        written = table.text(clinic)
    table.PATH.parent.mkdir(parents=True, exist_ok=True)
    table.PATH.write_text(written, "utf-8")


if __name__ == "__main__":
    main()
