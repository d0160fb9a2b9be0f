"""The API describes itself, with an example that is true to its own words."""

import jsonschema_rs
import pytest

from app.api.application import OPERATIONS
from app.types import Answer, Question
from tests.app.api.script import client


@pytest.fixture(scope="module")
def described() -> dict:
    return client().get("/openapi.json").json()


def test_the_description_is_openapi_3_1_of_our_own_routes(described: dict):
    assert described["openapi"].startswith("3.1")
    assert {(path, method) for path, methods in described["paths"].items() for method in methods} == set(OPERATIONS)


def test_every_operation_has_an_example_of_its_answer(described: dict):
    bare = [
        (path, method)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        for content in next(iter(operation["responses"].values()))["content"].values()
        if "example" not in content
    ]
    assert bare == []


def test_every_example_is_what_its_schema_says(described: dict):
    wrong = [
        (path, method, error.message)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        for body in (operation.get("requestBody", {}), next(iter(operation["responses"].values())))
        for kind, content in body.get("content", {}).items()
        if kind == "application/json"
        for error in jsonschema_rs.Draft202012Validator(
            content["schema"] | {"components": described["components"]}
        ).iter_errors(content["example"])
    ]
    assert wrong == []


def test_the_examples_are_a_question_and_an_answer(described: dict):
    ask = described["paths"]["/api/v1/ask"]["post"]
    question = Question.model_validate(ask["requestBody"]["content"]["application/json"]["example"])
    example = ask["responses"]["200"]["content"]["application/json"]["example"]
    answer = Answer.model_validate(example)
    assert answer.question == question.question
    assert answer.model_dump(mode="json") == example


def test_every_error_is_described_as_a_problem(described: dict):
    kinds = {
        kind
        for path in described["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for kind in response["content"]
    }
    assert kinds == {"application/problem+json"}
    assert {"HTTPValidationError", "ValidationError"} & set(described["components"]["schemas"]) == set()


def test_every_reference_of_the_description_leads_somewhere(described: dict):
    def references(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [each for inner in value.values() for each in references(inner)]
        return [each for inner in value for each in references(inner)] if isinstance(value, list) else []

    schemas = described["components"]["schemas"]
    missing = [each for each in references(described) if each.rpartition("/")[2] not in schemas]
    assert missing == []
