# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test images from a shell: `python -m tests.images build|push|registry|down`."""

from __future__ import annotations

import argparse

from tests.images.build import build
from tests.images.recipes import RECIPES
from tests.images.registry import down, push, up


def main() -> None:
    """Do what the words say."""
    root = argparse.ArgumentParser(prog="python -m tests.images", description=__doc__)
    verbs = root.add_subparsers(dest="verb", required=True)
    for verb, sentence in (
        ("build", "make images, all if none is named"),
        ("push", "make images and push them to the registry"),
        ("registry", "start the registry"),
        ("down", "take the registry away"),
    ):
        words = verbs.add_parser(verb, help=sentence)
        if verb in ("build", "push"):
            words.add_argument("names", nargs="*", default=list(RECIPES), metavar="NAME")
        else:
            words.add_argument("--name", default="registry")
        if verb == "registry":
            words.add_argument("--secured", action="store_true")
    _do(root.parse_args())


def _do(words: argparse.Namespace) -> None:
    if words.verb == "build":
        print("\n".join(build(words.names)))
    elif words.verb == "push":
        print("\n".join(push(up(), words.names)))
    elif words.verb == "registry":
        registry = up(words.name, words.secured)
        print(f"{registry.here} on this machine, {registry.there} on the test hosts")
    else:
        down(words.name)


if __name__ == "__main__":
    main()
