# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images out of recipes; one that this recipe has made already is left as it is."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
import typing as t
from pathlib import Path

from tests.ground.debian import make_root
from tests.ground.engine import LABEL, alone, find_image, import_tree
from tests.ground.programs import SUITE, find
from tests.images.recipes import BUSYBOX, RECIPES, Recipe

REPOSITORY = "slipway-test"
MADE_BY = f"{LABEL}.recipe"
LIBRARIES = ("lib/*-linux-gnu*", "usr/lib/*-linux-gnu*")
LOADERS = ("lib*/ld-linux*.so.*", "lib/*-linux-gnu*/ld-linux*.so.*")


def build(names: t.Iterable[str] = RECIPES) -> list[str]:
    """The references of the images of these names, made where they are not there yet."""
    chosen = {f"{REPOSITORY}/{name}": RECIPES[name] for name in names}
    with alone("images"):
        missing = {name: recipe for name, recipe in chosen.items() if not _is_made(name, recipe)}
        if missing:
            print(f"Making {', '.join(missing)} out of Debian's packages", flush=True)
            _make(missing)
    return list(chosen)


def _is_made(reference: str, recipe: Recipe) -> bool:
    image = find_image(reference)
    return image is not None and image.labels.get(MADE_BY) == recipe.digest()


def _make(recipes: dict[str, Recipe]) -> None:
    packages = sorted({package for recipe in recipes.values() for package in recipe.packages})
    with tempfile.TemporaryDirectory() as place:
        root, archive = Path(place) / "root", Path(place) / "image.tar"
        make_root(SUITE, packages, [], root, variant="extract")
        for reference, recipe in recipes.items():
            _pack(root, recipe, archive)
            made_by = f"LABEL {MADE_BY}={recipe.digest()}"
            import_tree(archive, reference, [made_by, *recipe.settings])


def _pack(root: Path, recipe: Recipe, path: Path) -> None:
    """Write the root file system of an image."""
    programs = {f"bin/{name}": find(root, name) for name in recipe.programs}
    libraries = {each for program in programs.values() for each in _libraries(root, program)}
    programs.update(
        {str(library.relative_to(root)): within(root, library) for library in libraries}
    )
    with tarfile.open(path, "w") as archive:
        for directory, mode in (("bin", 0o755), ("data", 0o755), ("tmp", 0o1777)):
            _add(archive, directory, kind=tarfile.DIRTYPE, mode=mode)
        for name, program in sorted(programs.items()):
            _add(archive, name, program.read_bytes())
        for name in _applets(root, recipe):
            _add(archive, f"bin/{name}", kind=tarfile.SYMTYPE, target="busybox")
        for name, content in recipe.files.items():
            _add(archive, name, content.encode(), mode=0o755 if name.startswith("bin/") else 0o644)


def _add(
    archive: tarfile.TarFile,
    name: str,
    content: bytes = b"",
    mode: int = 0o755,
    kind: bytes = tarfile.REGTYPE,
    target: str = "",
) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.size, info.linkname = kind, mode, len(content), target
    archive.addfile(info, io.BytesIO(content))


def _libraries(root: Path, program: Path) -> list[Path]:
    """What a program needs of libraries, the loader among them; a static one needs none."""
    # Packages of static programs alone bring no loader.
    loader = next((path for pattern in LOADERS for path in sorted(root.glob(pattern))), None)
    places = ":".join(str(path) for pattern in LIBRARIES for path in root.glob(pattern))
    if loader is None or subprocess.call([within(root, loader), "--verify", program]):
        return []
    options = ["--inhibit-cache", "--library-path", places, "--list"]
    listed = subprocess.check_output([within(root, loader), *options, program], text=True)
    words = [line.split("=>")[-1].split()[0] for line in listed.splitlines()]
    return [loader, *(Path(word) for word in words if word.startswith(str(root)))]


def within(root: Path, path: Path) -> Path:
    """A file of a root file system; its links lead to that one's files, and not to this machine's."""
    while path.is_symlink():
        target = os.readlink(path)
        path = root / target.lstrip("/") if target.startswith("/") else path.parent / target
    return path


def _applets(root: Path, recipe: Recipe) -> list[str]:
    """The programs that busybox is, but for those which the image has for real."""
    listed = subprocess.check_output([find(root, BUSYBOX), "--list"], text=True).split()
    taken = {*recipe.programs, *(name.removeprefix("bin/") for name in recipe.files)}
    return [name for name in listed if name not in taken]
