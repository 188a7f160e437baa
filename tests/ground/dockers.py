# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages under the names of Docker's own, made out of Debian's: other names, the same programs."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from tests.ground.debian import make_root
from tests.ground.engine import CACHE

DEBIANS = {"bookworm": ("docker.io",), "trixie": ("docker.io", "docker-cli")}
VERSIONS = {"bookworm": "5:20.10.24-1~slipway", "trixie": "5:26.1.5-1~slipway"}
CONTAINERD = "1.7.24-1~slipway"
# An engine that is fine until it is started.
BROKEN = "5:27.0.1-1~slipway"
BROKEN_PROGRAM = """\
#!/bin/sh
case "$*" in *--validate*) exit 0 ;; esac
echo "failed to start daemon: this engine is broken" >&2
exit 1
"""
# As Docker's own package does it.
RESTART = """
if [ "$1" = configure ] && [ -n "$2" ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke restart docker.service >/dev/null || true
fi
"""
CONTROL = """\
Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: Slipway authors <slipway@example.org>
{relations}Description: {name} for tests
"""
OURS = ("containerd", "runc", "tini", "docker-cli")
CLIENT = "usr/bin/docker"


@dataclass(frozen=True)
class Part:
    """What a package is made of: trees of packages, and those of their files that it takes."""

    name: str
    version: str
    trees: tuple[Path, ...]
    takes: t.Callable[[str], bool]
    relations: t.Mapping[str, str]


def dockers(folder: Path) -> list[Path]:
    """The package files, each made once."""
    parts = [*_of("bookworm"), *_of("trixie"), _containerd()]
    made = [_build(part, folder) for part in parts]
    return [*made, *(_build(part, folder, BROKEN_PROGRAM) for part in _of("trixie", BROKEN))]


def _of(suite: str, version: str = "") -> list[Part]:
    """An engine and its client."""
    version = version or VERSIONS[suite]
    trees = tuple(_unpacked(suite, name) for name in DEBIANS[suite])
    depends = [
        word.strip()
        for word in _field(_debian(suite, "docker.io"), "Depends").split(",")
        if word.split()[0] not in OURS
    ]
    engine = {
        "Depends": ", ".join([*depends, "containerd.io"]),
        "Conflicts": "docker.io",
        "Replaces": "docker.io",
    }
    client = {"Conflicts": "docker-cli", "Replaces": "docker-cli, docker.io"}
    return [
        Part("docker-ce", version, trees[:1], lambda path: path != CLIENT, engine),
        Part("docker-ce-cli", version, trees[-1:], lambda path: path == CLIENT, client),
    ]


def _containerd() -> Part:
    trees = tuple(_unpacked("trixie", name) for name in ("containerd", "runc"))
    others = dict.fromkeys(("Conflicts", "Replaces", "Provides"), "containerd, runc")
    return Part("containerd.io", CONTAINERD, trees, lambda path: True, others)


def _build(part: Part, folder: Path, program: str = "") -> Path:
    file = folder / f"{part.name}_{part.version.replace(':', '%3a')}.deb"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        tree = Path(place) / "tree"
        for source in part.trees:
            _copy(source, tree, part)
        if program and (tree / "usr/sbin/dockerd").exists():
            (tree / "usr/sbin/dockerd").write_text(program)
        script = tree / "DEBIAN/postinst"
        if part.name == "docker-ce":
            script.write_text(script.read_text() + RESTART)
        relations = "".join(f"{name}: {value}\n" for name, value in part.relations.items())
        (tree / "DEBIAN/control").write_text(
            CONTROL.format(
                name=part.name,
                version=part.version,
                architecture=_architecture(),
                relations=relations,
            )
        )
        command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree)]
        subprocess.run([*command, str(file)], check=True, stdout=subprocess.DEVNULL)
    return file


def _copy(source: Path, tree: Path, part: Part) -> None:
    """The files that a package takes; the scripts come with the engine's program alone."""
    for path in sorted(source.rglob("*")):
        name = str(path.relative_to(source))
        is_control = name.startswith("DEBIAN/")
        if path.is_dir() and not path.is_symlink():
            continue
        if name.startswith("usr/share/") or not (is_control or part.takes(name)):
            continue
        if is_control and part.name == "docker-ce-cli":
            continue
        target = tree / (f"usr/{name}" if name.startswith("lib/") else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target, follow_symlinks=False)
    (tree / "DEBIAN").mkdir(exist_ok=True)
    (tree / "DEBIAN/md5sums").unlink(missing_ok=True)


def _unpacked(suite: str, name: str) -> Path:
    tree = CACHE / "packages" / suite / "unpacked" / name
    if not tree.exists():
        tree.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg-deb", "-R", str(_debian(suite, name)), str(tree)], check=True)
    return tree


def _debian(suite: str, name: str) -> Path:
    """A package file of Debian's; all that an engine takes is fetched when the first is asked for."""
    root = CACHE / "packages" / suite / "engine"
    if not (root / "usr").exists():
        print(f"Fetching an engine out of Debian's packages for {suite}", flush=True)
        make_root(suite, DEBIANS[suite], [], root, variant="extract")
    return next((root / "var/cache/apt/archives").glob(f"{name}_*.deb"))


def _field(file: Path, name: str) -> str:
    command = ["dpkg-deb", "--field", str(file), name]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@functools.cache
def _architecture() -> str:
    return _field(_debian("trixie", "docker.io"), "Architecture")
