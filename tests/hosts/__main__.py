# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test hosts from a shell: `python -m tests.hosts up|down|list|inventory|ssh`."""

from __future__ import annotations

import argparse
import json
import os
import sys

from tests.hosts.host import down, hosts, up
from tests.hosts.keys import OPTIONS
from tests.hosts.recipe import SUITES, VARIANTS, ensure_image


def main() -> None:
    """Do what the words say."""
    words = parser().parse_args()
    words.run(words)


def parser() -> argparse.ArgumentParser:
    """What can be said."""
    root = argparse.ArgumentParser(prog="python -m tests.hosts", description=__doc__)
    verbs = root.add_subparsers(required=True)
    for name, run, sentence in (
        ("build", _build, "make the image of a host"),
        ("up", _up, "bring hosts up"),
        ("down", _down, "take hosts away"),
        ("list", _list, "say which are up"),
        ("inventory", _inventory, "print an inventory of those that are up, or of these"),
        ("ssh", _ssh, "run a command on a host"),
    ):
        verb = verbs.add_parser(name, help=sentence)
        verb.set_defaults(run=run)
        if name in ("build", "up"):
            verb.add_argument("--suite", choices=list(SUITES), default="bookworm")
            verb.add_argument("--variant", choices=sorted(VARIANTS), default="usual")
        if name in ("up", "down", "inventory"):
            verb.add_argument("names", nargs="*")
        if name == "down":
            verb.add_argument("--all", action="store_true")
        if name == "inventory":
            verb.add_argument("--user", default="root")
        if name == "ssh":
            verb.add_argument("name")
            verb.add_argument("command", nargs="*")
    return root


def _build(words: argparse.Namespace) -> None:
    print(ensure_image(words.suite, words.variant))


def _up(words: argparse.Namespace) -> None:
    for name in words.names:
        host = up(name, words.suite, words.variant)
        print(f"{host.name}  {host.address}  {host.suite}  {host.variant}")


def _down(words: argparse.Namespace) -> None:
    for name in [host.name for host in hosts()] if words.all else words.names:
        down(name)


def _list(words: argparse.Namespace) -> None:
    for host in hosts():
        print(f"{host.name}  {host.address}  {host.suite}  {host.variant}")


def _inventory(words: argparse.Namespace) -> None:
    chosen = [host for host in hosts() if not words.names or host.name in words.names]
    listed = {host.name: host.variables(words.user) for host in chosen}
    print(json.dumps({"all": {"hosts": listed}}, indent=2))


def _ssh(words: argparse.Namespace) -> None:
    host = next((host for host in hosts() if host.name == words.name), None)
    if host is None:
        sys.exit(f"{words.name}: no such host is up; type: python -m tests.hosts up {words.name}")
    os.execvp("ssh", ["ssh", *OPTIONS, f"root@{host.address}", *words.command])


if __name__ == "__main__":
    main()
