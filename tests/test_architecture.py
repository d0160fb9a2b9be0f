"""The house keeps its shape: imports point leftwards, heavy packages stay in the files that own them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ("ingest", "app", "evals")
MODULES = sorted(path for package in ORDER for path in (ROOT / package).rglob("*.py"))
OWNERS = {
    "chromadb": {"ingest/vectors.py", "evals/naive.py"},
    "gradio": {"app/ui"},
    "langchain_chroma": {"ingest/vectors.py", "evals/naive.py", "evals/peers/plain.py"},
    "langchain_huggingface": {"ingest/embedding.py", "evals/peers/plain.py"},
    "sentence_transformers": {"ingest/embedding.py", "evals/bench_ingest.py"},
    "torch": {"ingest/embedding.py", "evals/training"},
    "langchain": {"app/answering/chat_model.py"},
    "openai": {"app/answering/chat_model.py"},
    "ray": {"ingest/ray_workers.py"},
    "fastapi": {"app/api", "app/mcp/server.py", "app/serve.py", "app/ui"},
    "mcp": {"app/mcp"},
    "mcp_types": {"app/mcp"},
    "typer": {"app/cli", "evals/cli.py", "evals/training/cli.py"},
    # What opens connections: to the Chroma server, and of clients to this one. No document is fetched from anywhere.
    "httpx": {"ingest/vectors.py", "app/client.py", "evals/bench_users.py", "evals/benchmarks.py"},
    "socket": {"app/serve.py", "app/reception.py", "evals/benchmarks.py", "ingest/ray_workers.py"},
}
FETCHING = {"aiohttp", "ftplib", "http.client", "requests", "urllib.request", "urllib3"}
FORBIDDEN_CALLS = {"eval", "exec"}
FORBIDDEN_FUNCTIONS = {"yaml.full_load", "yaml.unsafe_load", "torch.load", "os.system", "os.popen"}
FORBIDDEN_LOADERS = {"Loader", "FullLoader", "UnsafeLoader"}
FORBIDDEN_MODULES = {"marshal", "pickle", "shelve", "dill", "joblib", "langchain_core.load"}
FORBIDDEN_ARGUMENTS = {"allow_dangerous_deserialization", "shell", "trust_remote_code"}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_first_party_imports_point_leftwards(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    to_the_right = ORDER[ORDER.index(package) + 1 :]
    wrong = [name for name in _imports(_tree(path)) if name.partition(".")[0] in (*to_the_right, "tests")]
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_first_party_import_inside_a_function(path: Path) -> None:
    functions = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = [name for f in functions for name in _imports(f) if name.partition(".")[0] in ORDER]
    assert hidden == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_heavy_packages_are_imported_only_by_their_owners(path: Path) -> None:
    strays = [
        name
        for name in _imports(_tree(path))
        if (owners := OWNERS.get(name.partition(".")[0]))
        and not any(_name(path) == owner or _name(path).startswith(f"{owner}/") for owner in owners)
    ]
    assert strays == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_nothing_stored_is_ever_run(path: Path) -> None:
    calls = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    names = {ast.unparse(call.func) for call in calls}
    arguments = {
        keyword.arg
        for call in calls
        for keyword in call.keywords
        if isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    }
    imported = set(_imports(_tree(path)))
    modules = imported | {name.partition(".")[0] for name in imported}
    functions = FORBIDDEN_CALLS | FORBIDDEN_FUNCTIONS
    loaders = {node.attr for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)} & FORBIDDEN_LOADERS
    found = (names & functions, loaders, arguments & FORBIDDEN_ARGUMENTS, modules & FORBIDDEN_MODULES)
    assert found == (set(), set(), set(), set())


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_fetches_what_a_text_names(path: Path) -> None:
    assert FETCHING & set(_imports(_tree(path))) == set()


def test_there_is_no_import_cycle() -> None:
    graph = {
        _module(path): {name for name in _imports(_tree(path)) if name.partition(".")[0] in ORDER} for path in MODULES
    }
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail, module))
        if module not in done:
            for target in graph.get(module, ()):
                visit(target, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_the_module_that_owns_chroma_opens_no_database_itself() -> None:
    """A second SQLite in the process would make the locks of Chroma's own ineffective."""
    assert "sqlite3" not in set(_imports(_tree(ROOT / "ingest" / "vectors.py")))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=_name)
def test_a_package_says_what_it_is_and_holds_no_code(path: Path) -> None:
    assert [type(node) for node in _tree(path).body] == [ast.Expr]
