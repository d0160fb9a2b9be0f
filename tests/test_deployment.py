"""The deployment files name only what exists: settings, commands with their options, probes, volumes and each other."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.api.access import door_of
from app.cli.main import COMMANDS, load_command
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "app" / "deploy"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
SERVICES = yaml.safe_load(TEXTS["compose.yaml"])["services"]
ITEMS = yaml.safe_load(TEXTS["kubernetes.yaml"])["items"]


def _found(node: Any, key: str) -> Iterator[Any]:
    """Every value of a key, however deep."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from _found(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _found(value, key)


def _named(kind: str) -> set[str]:
    return {item["metadata"]["name"] for item in ITEMS if item["kind"] == kind}


def _commands() -> list[list[str]]:
    """Every command of the files, comments and `CMD` included."""
    listed = [*_found(SERVICES, "command"), *_found(ITEMS, "command")]
    written = re.findall(r"^# .*?(?:-- |ingest )(coe [^#\n]+)", "\n".join(TEXTS.values()), re.MULTILINE)
    [default] = re.findall(r"^CMD (\[.+\])$", TEXTS["Dockerfile"], re.MULTILINE)
    return [*listed, *(line.split() for line in written), yaml.safe_load(default)]


def test_every_setting_exists() -> None:
    known = {f"COE_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"\bCOE_[A-Z_]+", "\n".join(TEXTS.values()))) - known == set()


def test_every_process_runs_as_somebody_who_owns_nothing_but_the_data() -> None:
    users = re.findall(r"^USER (\w+)$", TEXTS["Dockerfile"], re.MULTILINE)
    assert users == ["coe"]
    assert TEXTS["Dockerfile"].index("USER coe") > TEXTS["Dockerfile"].rindex("RUN ")
    contexts = [spec for spec in _found(ITEMS, "securityContext") if "runAsUser" in spec]
    assert {(spec["runAsNonRoot"], spec["runAsUser"]) for spec in contexts} == {(True, 10001)}


def test_the_values_of_the_settings_are_valid() -> None:
    [values] = [item["data"] for item in ITEMS if item["metadata"]["name"] == "coe-settings"]
    settings = Settings(_env_file=None, **{name.removeprefix("COE_").lower(): value for name, value in values.items()})
    assert (settings.chroma_url, settings.allow_anonymous) == ("http://coe-chroma:8000", True)


@pytest.mark.parametrize("command", _commands(), ids=" ".join)
def test_every_command_exists_with_its_options(command: list[str]) -> None:
    program, name, *rest = command
    if program == "chroma":
        assert (name, Path(sys.executable).with_name("chroma").exists()) == ("run", True)
        return
    assert (program, name in COMMANDS) == ("coe", True)
    found: Any = load_command(name)
    while hasattr(found, "commands") and rest and rest[0] in found.commands:
        found = found.commands[rest.pop(0)]
    known = {option for parameter in found.params for option in parameter.opts}
    assert [word for word in rest if word.startswith("-") and word not in known] == []


def test_every_probe_asks_for_an_address_that_is_open() -> None:
    paths = {probe["path"] for probe in _found(ITEMS, "httpGet")}
    assert paths == {"/healthz", "/readyz"}
    assert [door.scope for path in paths if (door := door_of("GET", path))] == [None, None]


def test_every_address_of_the_ingress_is_served() -> None:
    served = {"/api/": "/api/v1/search", "/v1/": "/v1/models", "/": "/"}
    paths = {path["path"] for paths in _found(ITEMS, "paths") for path in paths}
    assert paths == {*served, "/mcp"}
    assert all(door_of("GET", path) for path in served.values())
    assert door_of("POST", "/mcp")


def test_what_the_pods_refer_to_is_there() -> None:
    claims = {claim["claimName"] for claim in _found(ITEMS, "persistentVolumeClaim")}
    configured = {reference["name"] for reference in _found(ITEMS, "configMapRef")}
    labels = [template["metadata"]["labels"] for template in _found(ITEMS, "template") if "metadata" in template]
    selectors = [item["spec"]["selector"] for item in ITEMS if item["kind"] == "Service"]
    assert claims == _named("PersistentVolumeClaim")
    assert configured == _named("ConfigMap")
    assert all(any(selector.items() <= each.items() for each in labels) for selector in selectors)
    assert {backend["name"] for backend in _found(ITEMS, "service")} <= _named("Service")


def test_what_the_header_of_the_manifest_makes_is_what_the_pods_use() -> None:
    made = re.findall(r"create (secret generic|configmap) ([\w-]+)", TEXTS["kubernetes.yaml"])
    used = {reference["name"] for reference in _found(ITEMS, "secretKeyRef")}
    mounted = {volume["name"] for volume in _found(ITEMS, "configMap")}
    assert set(made) == {("secret generic", "coe-chroma"), ("configmap", "coe-gate")}
    assert (used, mounted) == ({"coe-chroma"}, {"coe-gate"})
    assert set(re.findall(r"deploy/([\w-]+) --", TEXTS["kubernetes.yaml"])) <= _named("Deployment")


def test_a_chroma_server_listens_to_its_own_machine_only() -> None:
    served = [command for command in _commands() if command[0] == "chroma"]
    assert [command[command.index("--host") + 1] for command in served] == ["127.0.0.1", "127.0.0.1"]


def test_the_gate_asks_for_the_token_and_lets_a_batch_through() -> None:
    gate = TEXTS["chroma-gate.conf.template"]
    assert 'if ($http_authorization != "Bearer ${COE_CHROMA_TOKEN}") {\n            return 401;' in gate
    assert "proxy_pass http://127.0.0.1:8001;" in gate
    assert "client_max_body_size 64m;" in gate


def test_everything_that_the_image_copies_is_there() -> None:
    copied = [line.split()[1:-1] for line in TEXTS["Dockerfile"].splitlines() if line.startswith("COPY")]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []


def test_the_files_name_each_other_and_are_named_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"app/deploy/([\w.-]+\w)", readme + "".join(TEXTS.values())))
    assert named == set(TEXTS)
