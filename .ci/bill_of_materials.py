"""Writes what the notifier is made of as CycloneDX 1.6, from requirements.lock; refuses licences we do not accept.

    .venv/bin/python .ci/bill_of_materials.py build/notifier.cdx.json

Names, versions and hashes are the lock file's; licences are what each installed package says of itself. What only
the tests and the gate need has the scope `excluded`. Packages for other systems have no licence here. Asks no network.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

# What may be in the program that is handed out: no licence that asks anything of those who run it. LGPL binds who
# alters the PostgreSQL driver, which is an extra of its own.
ACCEPTED = frozenset(
    {
        "MIT",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Apache-2.0",
        "ISC",
        "PSF-2.0",
        "Unlicense",
        "MIT-CMU",
        "LGPL-3.0-only",
    }
)
# Older packages name theirs in words, or by classifiers.
WORDS = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "The Unlicense (Unlicense)": "Unlicense",
}
_PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """One package of the lock file."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pinned(lock: str) -> Iterator[Pinned]:
    """Every package of a lock file's text."""
    found = list(_PINNED.finditer(lock))
    ends = [*(match.start() for match in found[1:]), len(lock)]
    for match, end in zip(found, ends, strict=True):
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", lock[match.start() : end])
        yield Pinned(name=match[1], version=match[2], hashes=tuple(hashes))


def needed(name: str, *extras: str) -> set[str]:
    """Every package that one needs to run, itself too."""
    found: dict[str, set[str]] = {}
    waiting = [(name, {*extras})]
    while waiting:
        package, wanted = waiting.pop()
        if package in found and found[package] >= wanted:
            continue
        found.setdefault(package, set()).update(wanted)
        for requirement in map(Requirement, _requires(package)):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in wanted or {""}):
                waiting.append((_normal(requirement.name), set(requirement.extras)))
    return {*found}


def licence_of(name: str) -> str:
    """What an installed package says of itself as an SPDX expression; "" when it is not installed or says nothing."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    if said["License-Expression"]:
        return str(said["License-Expression"])
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in said.get_all("Classifier") or []
        if text.startswith("License ::")
    ]
    named = [said["License"] or "", *classifiers]
    known = dict.fromkeys(WORDS.get(text, text) for text in named if WORDS.get(text, text) in ACCEPTED)
    return " OR ".join(known) or next((text for text in named if text), "")


def is_accepted(expression: str) -> bool:
    """Whether we accept a licence; of alternatives one is enough."""
    return any(
        all(part.strip(" ()") in ACCEPTED for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


def bill(lock: str) -> tuple[Bom, list[str]]:
    """What it is made of, and what is wrong with that."""
    own = metadata("notifier")
    root = Component(
        name="notifier", version=own["Version"], type=ComponentType.APPLICATION, bom_ref="notifier"
    )
    handed_out = needed("notifier", "postgres")
    bom, problems, components = Bom(), [], []
    bom.metadata.component = root
    for package in pinned(lock):
        runs = package.name in handed_out
        licence = licence_of(package.name)
        if runs and not is_accepted(licence):
            problems.append(f"{package.name}: the licence “{licence}” is not accepted")
        components.append(_component(package, licence if is_accepted(licence) else "", runs=runs))
    bom.components.update(components)
    bom.register_dependency(root, [each for each in components if each.scope is ComponentScope.REQUIRED])
    missing = handed_out - {each.name for each in components} - {"notifier"}
    return bom, problems + [f"{name}: not in the lock file" for name in sorted(missing)]


def _component(package: Pinned, licence: str, *, runs: bool) -> Component:
    address = PackageURL("pypi", None, package.name, package.version)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(address),
        purl=address,
        scope=ComponentScope.REQUIRED if runs else ComponentScope.EXCLUDED,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in package.hashes],
        licenses=[LicenseExpression(licence)] if licence else [],
    )


def _requires(name: str) -> list[str]:
    try:
        return distribution(name).requires or []
    except PackageNotFoundError:
        return []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(target: Path) -> int:
    """Write it; answers the exit code."""
    lock = Path(__file__).resolve().parents[1] / "requirements.lock"
    bom, problems = bill(lock.read_text(encoding="utf-8"))
    written = JsonV1Dot6(bom).output_as_string(indent=1)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(written)
    if wrong is not None:
        problems.append(f"not CycloneDX 1.6: {wrong}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written, encoding="utf-8")
    runs = [each for each in bom.components if each.scope is ComponentScope.REQUIRED]
    counted = Counter(str(licence.value) for each in runs for licence in each.licenses)
    print(f"{target}: {len(bom.components)} packages, {len(runs)} of them run")
    print(", ".join(f"{count} {licence}" for licence, count in counted.most_common()))
    for problem in problems:
        print(f"• {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
