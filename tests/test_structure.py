"""The repository itself: public names and their documentation, pins, versions, and what the first command says."""

import ast
import dataclasses
import importlib
import inspect
import json
import os
import pkgutil
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import lowtglass

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(lowtglass.__path__, "lowtglass.")
    if not any(part.startswith("_") for part in name.split("."))
)
DOCUMENTED = re.findall(r"automodule:: ([\w.]+)\n +:members:", (ROOT / "book" / "api.md").read_text(encoding="utf8"))
# missing summary or parameters, parameters that do not exist or stand in the wrong order, layout
DOCSTRING_ERRORS = {"GL01", "GL05", "GL06", "GL07", "GL08", "SS01", "SS03", "PR01", "PR02", "PR03", "PR07"}


def public(module):
    """Public names of a module with their objects."""
    found = importlib.import_module(module)
    return {name: getattr(found, name) for name in getattr(found, "__all__", [])}


def undocumented_fields(record):
    """Fields of a dataclass that its docstring does not name."""
    sections = NumpyDocString(inspect.getdoc(record))
    named = {
        name.strip()
        for section in ("Parameters", "Attributes")
        for parameter in sections[section]
        for name in parameter.name.split(",")
    }
    return {field.name for field in dataclasses.fields(record) if not field.name.startswith("_")} - named


def text_files():
    """Files of the repository that a reader may open."""
    kinds = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".lock", ".cfg", ".cff", ".css", ".bib", ".csv", ""}
    skipped = {"_build", "build", "dist", "__pycache__", "node_modules", ".git", ".venv"}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped and not name.endswith((".egg-info", "_cache"))]
        for name in files:
            path = Path(folder, name)
            if path.suffix in kinds and ".hypothesis" not in path.parts and ".benchmarks" not in path.parts:
                yield path


@pytest.mark.parametrize("module", MODULES)
def test_module_says_what_it_offers(module):
    found = importlib.import_module(module)
    assert (found.__doc__ or "").strip(), "no docstring"
    assert hasattr(found, "__all__"), "no __all__"
    assert len(found.__all__) == len(set(found.__all__))
    missing = [name for name in found.__all__ if not hasattr(found, name)]
    assert not missing
    if not hasattr(found, "__path__"):
        defined = {
            name
            for name, value in vars(found).items()
            if not name.startswith("_") and getattr(value, "__module__", None) == module and callable(value)
        }
        assert defined <= set(found.__all__), "defined here, without an underscore, and not in __all__"


def test_every_public_name_is_documented_in_the_book():
    known = {id(value) for module in DOCUMENTED for value in public(module).values()}
    for module in MODULES:
        for name, value in public(module).items():
            documented = id(value) in known or module in DOCUMENTED
            assert documented, f"{module}.{name} is not in book/api.md, nor re-exported by a module that is"


@pytest.mark.parametrize("module", DOCUMENTED)
def test_docstrings(module):
    errors = {}
    for name, value in public(module).items():
        if callable(value) and getattr(value, "__module__", "").startswith("lowtglass"):
            found = [entry for entry in validate(f"{module}.{name}")["errors"] if entry[0] in DOCSTRING_ERRORS]
            if inspect.isclass(value):
                # the fields of a result stand under Attributes, where numpydoc's own check does not look
                fields = undocumented_fields(value) if dataclasses.is_dataclass(value) else ()
                found = [entry for entry in found if entry[0] != "PR01"] + ([("fields", fields)] if fields else [])
            errors |= {name: found} if found else {}
    assert not errors


def test_import_is_lazy():
    """Nothing heavy is loaded before it is used."""
    program = "import json, sys, lowtglass; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(json.loads(answer.stdout))
    assert not loaded & {"numpy", "numba", "scipy", "matplotlib", "pandas", "ipywidgets"}


def test_every_kernel_is_cached_and_serial():
    for path in (ROOT / "lowtglass").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            for decorator in getattr(node, "decorator_list", []):
                words = ast.unparse(decorator)
                if re.search(r"\bn?jit\b", words):
                    assert "cache=True" in words, f"{path.name}: {node.name}"
                    assert "parallel" not in words, f"{path.name}: {node.name}"


def test_package_is_typed_and_carries_its_data():
    assert (ROOT / "lowtglass" / "py.typed").exists()
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["lowtglass"]
    carried = {path for pattern in patterns for path in (ROOT / "lowtglass").glob(pattern)}
    here = {p for p in (ROOT / "lowtglass").rglob("*") if p.suffix in {".csv", ".toml", ".json", ".npz", ".typed"}}
    assert here == carried


def test_requirements_are_bounded_and_the_lock_is_exact():
    direct = [
        Requirement(line.split("#")[0].strip())
        for line in (ROOT / "requirements.txt").read_text(encoding="utf8").splitlines()
        if line.split("#")[0].strip()
    ]
    locked = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf8").splitlines():
        if not line.startswith("#"):
            requirement = Requirement(line)
            (specifier,) = requirement.specifier
            assert specifier.operator == "==" and requirement.url is None, line
            locked[requirement.name.lower().replace("_", "-")] = Version(specifier.version)
    build = {Requirement(line).name for line in PYPROJECT["build-system"]["requires"]}
    for requirement in direct:
        assert requirement.specifier.contains(locked[requirement.name.lower()]), requirement
        bounded = any(specifier.operator in {"~=", "<", "=="} for specifier in requirement.specifier)
        assert bounded or requirement.name in build, f"{requirement} has no upper bound"
    declared = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"]["book"]]
    for requirement in map(Requirement, [*declared, *PYPROJECT["build-system"]["requires"]]):
        assert requirement.specifier.contains(locked[requirement.name.lower()]), requirement


def test_python_versions_agree():
    allowed = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert not allowed.contains("3.10") and allowed.contains("3.11")
    tested = yaml.safe_load((ROOT / ".github/workflows/test-and-publish.yml").read_text(encoding="utf8"))
    versions = tested["jobs"]["test"]["strategy"]["matrix"]["python"]
    classifiers = [c.rpartition(" ")[2] for c in PYPROJECT["project"]["classifiers"] if "Python :: 3." in c]
    assert versions == classifiers == ["3.11", "3.12", "3.13"]
    binder = (ROOT / "runtime.txt").read_text(encoding="utf8").strip()
    assert binder.removeprefix("python-") in versions


def test_version_agrees():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    assert citation["version"] == lowtglass.__version__
    assert f"version = {{{lowtglass.__version__}}}" in (ROOT / "book/cite.md").read_text(encoding="utf8")
    assert f"## {lowtglass.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf8")


def test_repository_address_is_the_same_everywhere():
    configuration = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))
    address = configuration["repository"]["url"]
    assert PYPROJECT["project"]["urls"]["Source"] == address
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))["repository-code"] == address
    for name in ("README.md", "book/index.md", "book/cite.md"):
        for found in re.findall(r"https://github\.com/\S+?(?=[)}\s`])", (ROOT / name).read_text(encoding="utf8")):
            assert found.startswith(address), (name, found)


def test_no_path_of_a_machine_in_the_repository():
    pattern = re.compile(r"(?<![\w.~-])/(?:home|root|work|tmp|Users)/\w")
    for path in text_files():
        for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
            assert not pattern.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"


@pytest.mark.parametrize("name", [".ci/run", "postBuild", "start"])
def test_script_can_be_run(name):
    path = ROOT / name
    assert path.stat().st_mode & stat.S_IXUSR
    shell = path.read_text(encoding="utf8").splitlines()[0].removeprefix("#!")
    subprocess.run([shell, "-n", str(path)], check=True)


def old_python(folder, version="(3, 10, 13, 'final', 0)", without=()):
    """An interpreter that says it is of another version, or that lacks modules."""
    program = (
        f"import sys, runpy; sys.version_info = {version}; sys.modules.update(dict.fromkeys({list(without)!r})); "
        "sys.argv.pop(0) if sys.argv[0] == '-c' and len(sys.argv) > 1 else sys.exit(0); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    path = folder / "python-for-test"
    path.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit 0\nexec "{sys.executable}" -c "{program}" "$@"\n')
    path.chmod(0o755)
    return path


def make_environment(python):
    """What `make environment` says with this interpreter."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    return subprocess.run(
        ["make", "--no-print-directory", f"PYTHON={python}", "environment"], cwd=ROOT, capture_output=True, text=True
    )


def test_make_says_that_python_is_too_old(tmp_path):
    answer = make_environment(old_python(tmp_path))
    assert answer.returncode != 0
    assert "needs Python 3.11 or newer" in answer.stderr and "Python 3.10" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_make_says_that_venv_is_missing(tmp_path, module):
    answer = make_environment(old_python(tmp_path, "(3, 12, 1, 'final', 0)", [module]))
    assert answer.returncode != 0
    assert f"no module '{module}'" in answer.stderr and "python3.12-venv" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_make_says_that_there_is_no_such_python(tmp_path):
    answer = make_environment(tmp_path / "nowhere")
    assert answer.returncode != 0
    assert "does not start" in answer.stdout and "Python 3.11 or newer" in answer.stdout
