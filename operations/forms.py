"""Questionnaires of this copy of the product: they are files, packaged with the functions.

A form whose licence does not allow the product to carry it is added by who has leave to use it, and
one that they may not use is taken out, before the functions are packaged.
"""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands
from telesalud.patients.questionnaires import library

FOLDER = Path(library.__file__).parent / "data"


def listed(_stage: Stage, _arguments: Arguments) -> None:
    """Every form with its version, who holds it, and what they allow."""
    for name in library.available():
        form = library.load(name)
        licence, version = form.licence, form.questionnaire.version
        print(f"{name} {version}: {licence.holder}; {licence.use}: {licence.terms}")


def import_(_stage: Stage, arguments: Arguments) -> None:
    """Check a form and put it among the others. Raises CommandError for one that is there."""
    source = Path(arguments.file)
    form = library.Form.model_validate(json.loads(source.read_text("utf-8"), parse_float=Decimal))
    name = str(form.questionnaire.id)
    target = FOLDER / f"{name}.json"
    if target.exists() and not arguments.replace:
        raise CommandError(f"there is a form {name}: --replace puts this one in its place")
    shutil.copyfile(source, target)
    print(f"{name} is there; package and deploy the functions to offer it")


def remove(_stage: Stage, arguments: Arguments) -> None:
    """Take a form out. Raises CommandError for one that is not there."""
    if arguments.form not in library.available():
        raise CommandError(f"there is no form {arguments.form}")
    (FOLDER / f"{arguments.form}.json").unlink()
    print(f"{arguments.form} is gone; forms that were filled with it keep their answers and scores")


def add(commands: Commands) -> None:
    """`telesalud forms list`, `import` and `remove`."""
    forms = commands.group("forms", "questionnaires of this copy of the product")
    forms.add("list", listed, "show questionnaires and their licences")
    command = forms.add("import", import_, "check a questionnaire and add it")
    command.add_argument("file", help="JSON: questionnaire, licence, scores")
    command.add_argument("--replace", action="store_true", help="in the place of one of this id")
    command = forms.add("remove", remove, "take a questionnaire out")
    command.add_argument("form")
