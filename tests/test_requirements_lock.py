"""The pinned packages of `requirements.lock` against what the project asks for."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# A pin and the hashes on the lines after it.
_PIN = re.compile(r"^(?P<requirement>[^\s#].*?)(?P<hashes>(?: \\\n    --hash=\S+)*)$", re.MULTILINE)
PINS = {canonicalize_name(Requirement(pin["requirement"]).name): pin for pin in _PIN.finditer(LOCK)}


def _version(name: str) -> str:
    (specifier,) = Requirement(PINS[canonicalize_name(name)]["requirement"]).specifier
    assert specifier.operator == "=="
    return specifier.version


def _accepted(requirement: str) -> bool:
    wanted = Requirement(requirement)
    return wanted.specifier.contains(_version(wanted.name), prereleases=True)


def test_each_dependency_is_pinned_to_a_version_that_the_project_accepts() -> None:
    assert [one for one in PYPROJECT["project"]["dependencies"] if not _accepted(one)] == []


def test_each_indirect_package_is_pinned_within_its_constraint() -> None:
    constraints = PYPROJECT["tool"]["uv"]["constraint-dependencies"]
    pinned = [one for one in constraints if canonicalize_name(Requirement(one).name) in PINS]
    assert len(pinned) > 50
    assert [one for one in pinned if not _accepted(one)] == []


def test_each_pin_carries_hashes() -> None:
    assert [name for name, pin in PINS.items() if "--hash=sha256:" not in pin["hashes"]] == []


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK
