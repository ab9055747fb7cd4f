"""The OpenAPI document, beside Microsoft's description of the same service and the README's table."""

import pathlib
import re

import pytest

from acceptance.rest import ok
from acceptance.server import REPOSITORY

METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def document(hub):
    return ok(hub.as_(None).get("/emulator/openapi.json", api=None))


@pytest.fixture(scope="module")
def operations(document):
    """{(method, path without the names of its parameters): operation}."""
    return {
        (method.upper(), shape(path)): operation
        for path, entry in document["paths"].items() for method, operation in entry.items() if method in METHODS}


def shape(path):
    return re.sub(r"\{[^}]*\}", "{}", path.split("?")[0])


def microsofts():
    text = (pathlib.Path(__file__).parent / "service-operations.txt").read_text()
    return [line.split() for line in text.splitlines() if not line.startswith("#")]


#: Answers that Microsoft's description has and the real service does not give (rest.md sections 7 and 11), or not beside another.
NEVER_SEEN = {
    "Modules_CreateOrUpdateIdentity": {"201"}, "Configuration_CreateOrUpdate": {"201"}, "Jobs_CancelImportExportJob": {"200"}}


@pytest.mark.parametrize("method, path, name, statuses, body, parameters", microsofts(), ids=[row[2] for row in microsofts()])
def test_microsofts_operation_is_there(operations, method, path, name, statuses, body, parameters):
    """By its name, served as it is described."""
    ours = operations[method, shape(path)]
    assert ours["operationId"] == name
    expected = set(statuses.split(",")) - NEVER_SEEN.get(name, set())
    assert expected <= set(ours["responses"])
    assert body == "-" or "requestBody" in ours
    taken = {parameter["name"].lower() for parameter in ours["parameters"] if parameter["in"] != "path"}
    assert parameters == "-" or set(parameters.lower().split(",")) <= taken


def test_what_the_readme_names_is_in_it(operations):
    rows = re.findall(r"^\| `([A-Z]+) (/[^`]*)` \|.*\| served \|$", (REPOSITORY / "README.md").read_text(), re.MULTILINE)
    assert len(rows) > 40
    for method, path in rows:
        path = path.replace("/emulator/blobs/{d}/{name}", "/emulator/blobs/{}")
        assert (method, shape(path)) in operations, f"{method} {path}"


def test_every_operation_has_a_name_of_its_own(operations):
    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) > 70 and len(set(names)) == len(names)


def test_every_operation_says_what_it_is_and_answers(operations):
    for (method, path), operation in operations.items():
        assert operation["responses"], f"{method} {path}"
        assert operation.get("summary"), f"{method} {path}"
        assert {parameter["name"] for parameter in operation["parameters"]} >= {"api-version"}


def test_its_paths_name_their_parameters(document):
    for path, entry in document["paths"].items():
        for operation in entry.values():
            named = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"]
            assert named == re.findall(r"\{([^}]*)\}", path)


def test_every_reference_leads_somewhere(document):
    text = str(document)
    for reference in set(re.findall(r"'\$ref': '#/components/(\w+/\w+)'", text)):
        kind, name = reference.split("/")
        assert name in document["components"][kind]
