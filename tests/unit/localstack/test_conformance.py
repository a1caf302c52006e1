"""What is left out of the run against LocalStack is a test that exists."""

import ast

import pytest

from infra.tools import ROOT
from localstack.conformance import DIFFERENT


@pytest.mark.parametrize("test", DIFFERENT)
def test_a_test_that_is_left_out_exists(test: str) -> None:
    file, _, name = test.partition("::")
    functions = {
        node.name
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert name.partition("[")[0] in functions
