"""The documents cannot lie: commands, settings and the tree in them exist, and everything public is explained."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from app.cli.main import COMMANDS
from app.settings import Settings
from evals.training.cli import app as training

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
MODULES = sorted(path for package in ("app", "evals", "ingest") for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_stands_in_the_readme_and_the_example(field: str) -> None:
    name = f"COE_{field.upper()}"
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert (f"`{name}`" in README, f"{name}=" in example) == (True, True)


def test_the_documents_name_no_setting_that_does_not_exist() -> None:
    known = {f"COE_{field.upper()}" for field in Settings.model_fields}
    text = README + CONTRIBUTING + (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"COE_[A-Z][A-Z_]*[A-Z]", text)) - known == set()


def test_every_make_target_in_the_documents_exists() -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README + CONTRIBUTING, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert named - targets == set()


def test_every_coe_command_in_the_documents_exists() -> None:
    named = set(re.findall(r"(?:`|^)coe ([a-z]+)", README + CONTRIBUTING, re.MULTILINE))
    assert named - set(COMMANDS) == set()


def test_every_training_command_is_documented_with_options_that_exist() -> None:
    group = typer.main.get_command(training)
    assert isinstance(group, typer.core.TyperGroup)
    known = {name: {opt for one in command.params for opt in one.opts} for name, command in group.commands.items()}
    named = [line.split() for line in re.findall(r"evals\.training\.cli ([^`\n]+)", CONTRIBUTING)]
    assert {command for command, *_ in named} == set(known)
    assert [
        part for command, *parts in named for part in parts if part.startswith("-") and part not in known[command]
    ] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", command, "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, "Usage:" in done.stdout) == (0, True)


def test_the_tree_in_the_readme_is_the_real_one() -> None:
    block = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert block
    named = {line.split()[0].rstrip("/") for line in block[1].splitlines() if line.strip()}
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_files_named_in_contributing_exist() -> None:
    named = re.findall(r"`((?:app|ingest|evals|tests|docs_corpus)/[\w./-]+)`", CONTRIBUTING)
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_public_function_and_class_is_explained(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert ast.get_docstring(tree) is not None
    assert [node.name for node in public if ast.get_docstring(node) is None] == []


def test_help_answers_without_loading_a_model() -> None:
    probe = (
        "import sys, runpy\nsys.argv = ['coe', '--help']\n"
        "try:\n    runpy.run_module('app.cli.main', run_name='__main__')\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'gradio', 'chromadb', 'langchain_core', 'fastapi'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
