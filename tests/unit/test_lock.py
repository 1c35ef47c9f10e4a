"""requirements.lock has everything that pyproject.toml asks for, at versions that its specifiers admit."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CLONE = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13")


def lock_lines() -> list[str]:
    text = (CLONE / "requirements.lock").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def locked() -> dict[str, Version]:
    pairs = (line.split("==") for line in lock_lines())
    return {name: Version(version) for name, version in pairs}


def wanted() -> list[Requirement]:
    """What the wheel's metadata, the development tools and the build ask for."""
    file = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    project = file["project"]
    texts = [*project["dependencies"], *file["build-system"]["requires"]]
    texts += [text for extra in project["optional-dependencies"].values() for text in extra]
    return [Requirement(text) for text in texts]


def test_every_line_is_one_exact_version_and_names_no_place_to_fetch_it_from() -> None:
    lines = lock_lines()
    assert list(locked()) == sorted(locked())
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[a-z0-9.]+", line), line
    assert len(locked()) == len(lines), "a package stands there once"


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_each_dependency_of_ours_is_locked_at_a_version_that_its_specifier_admits(
    requirement: Requirement,
) -> None:
    version = locked().get(canonicalize_name(requirement.name))
    assert version is not None, "make lock"
    assert requirement.specifier.contains(version, prereleases=True), f"{version}: make lock"


@pytest.mark.parametrize("python", PYTHONS)
def test_what_the_locked_packages_need_themselves_is_locked_for_each_python(python: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    lock = locked()
    for name in lock:
        for text in distribution(name).requires or []:
            need = Requirement(text)
            if need.marker is not None and not need.marker.evaluate(environment):
                continue
            version = lock.get(canonicalize_name(need.name))
            assert version is not None, f"{name} needs {need}: make lock"
            assert need.specifier.contains(version, prereleases=True), f"{name} needs {need}: make lock"


def test_what_is_installed_is_what_is_locked() -> None:
    """The tests speak of the locked versions only where those run."""
    found = {name: Version(distribution(name).version) for name in locked()}
    assert found == locked(), "make installs requirements.lock"
