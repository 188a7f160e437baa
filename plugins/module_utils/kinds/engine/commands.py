# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Package managers that are told in words: a row each. Only their recorded answers are tested."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import restraint, versions
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.orders import (
    Order,
    Packages,
)

Words = t.Tuple[str, ...]
Names = t.Sequence[str]
NETWORK_TIMEOUT = 3600
LAST_LINES = 12


@dataclasses.dataclass(frozen=True)
class Commands:
    """What a package manager is told; the packages follow.

    ``is_needed`` fails where other packages need those that are to go. ``join`` stands between a
    name and its version; ``pins``: what is held is said with its version. ``locks``: the files that
    tell what is held. ``lacking``: what to do where holding fails.
    """

    query: Words
    read: t.Callable[[str, Names], dict[str, str]]
    refresh: Words
    install: Words
    remove: Words
    offered: Words
    read_offered: t.Callable[[str], list[str]]
    hold: Words
    release: Words
    locks: Words
    is_needed: Words = ()
    join: str = "="
    pins: bool = False
    lacking: str = ""


def rows_of_rpm(out: str, names: Names) -> dict[str, str]:
    """The versions in the answer of rpm, which tells of a missing package in words."""
    rows = (line.split() for line in out.splitlines())
    return {row[0]: row[2] for row in rows if len(row) == 3 and row[1] == "installed"}


def rows_of_apk(out: str, names: Names) -> dict[str, str]:
    """The versions in a list of apk's: `docker-cli-26.1.5-r0 x86_64 {docker} (Apache-2.0)`."""
    firsts = [line.split()[0] for line in out.splitlines() if line.strip()]
    found = ((name, first[len(name) + 1 :]) for name in names for first in firsts)
    return {
        name: version
        for name, version in found
        if version[:1].isdigit() and "{0}-{1}".format(name, version) in firsts
    }


def lines_of_dnf(out: str) -> list[str]:
    """The versions of a package in the answer of a repository query."""
    return [line.strip() for line in out.splitlines() if line.strip()]


def column_of_zypper(out: str) -> list[str]:
    """The versions in zypper's table: `v | docker | package | 26.1.5_ce-1.1 | x86_64 | oss`."""
    rows = ([cell.strip() for cell in line.split("|")] for line in out.splitlines())
    return [row[3] for row in rows if len(row) == 6 and row[3][:1].isdigit()]


def headings_of_apk(out: str) -> list[str]:
    """The versions in apk's policy, each a heading over where it comes from."""
    return re.findall(r"^  (\S+):$", out, re.MULTILINE)


RPM = ("rpm", "--query", "--queryformat", "%{NAME} installed %{EPOCHNUM}:%{VERSION}-%{RELEASE}\n")
ERASE_TEST = ("rpm", "--erase", "--test")
DNF, ZYPPER = ("dnf", "--assumeyes", "--quiet"), ("zypper", "--non-interactive", "--quiet")
TABLE = {
    "dnf": Commands(
        query=RPM,
        read=rows_of_rpm,
        refresh=(*DNF, "makecache"),
        # An exact version is had from whichever side.
        install=(*DNF, "--setopt=install_weak_deps=False", "install"),
        remove=(*DNF, "--setopt=clean_requirements_on_remove=False", "remove"),
        offered=("dnf", "--quiet", "repoquery", "--queryformat", "%{evr}\n"),
        read_offered=lines_of_dnf,
        hold=(*DNF, "versionlock", "add"),
        release=(*DNF, "versionlock", "delete"),
        locks=("/etc/dnf/plugins/versionlock.list", "/etc/dnf/versionlock.toml"),
        is_needed=ERASE_TEST,
        join="-",
        lacking="type: dnf install 'dnf-command(versionlock)'; or set hold to false",
    ),
    "zypper": Commands(
        query=RPM,
        read=rows_of_rpm,
        refresh=(*ZYPPER, "refresh"),
        install=(*ZYPPER, "install", "--no-recommends", "--oldpackage"),
        remove=(*ZYPPER, "remove"),
        offered=(*ZYPPER, "search", "--details", "--match-exact", "--type", "package"),
        read_offered=column_of_zypper,
        hold=(*ZYPPER, "addlock"),
        release=(*ZYPPER, "removelock"),
        locks=("/etc/zypp/locks",),
        is_needed=ERASE_TEST,
    ),
    "apk": Commands(
        query=("apk", "list", "--installed"),
        read=rows_of_apk,
        refresh=("apk", "update"),
        install=("apk", "add"),
        remove=("apk", "del"),
        offered=("apk", "policy"),
        read_offered=headings_of_apk,
        hold=("apk", "add"),
        release=("apk", "add"),
        locks=("/etc/apk/world",),
        pins=True,
    ),
}


def look(words: Commands, outside: t.Any, names: Names) -> Packages:
    """Those of the packages that are installed, and which of them are held."""
    installed = words.read(outside.run([*words.query, *names]).out, names)
    texts = (outside.read_bytes(path) or b"" for path in words.locks)
    locked = "\n".join(text.decode("utf-8", "replace") for text in texts)
    return Packages(installed, tuple(name for name in installed if _is_locked(words, name, locked)))


def install(words: Commands, outside: t.Any, order: Order) -> None:
    """Have packages as an order says: what goes, goes first."""
    refresh(words, outside, "")
    exact = [_exactly(words, outside, name, order.wishes.get(name)) for name in order.names]
    if order.unlocks:
        # One that isn't held is nothing to complain about.
        outside.run([*words.release, *order.names])
    with restraint.held_back(outside):
        if order.goes:
            remove(words, outside, order.goes)
        _must(outside, [*words.install, *exact])


def remove(words: Commands, outside: t.Any, names: Names) -> None:
    """Remove packages, unless others need them."""
    if words.is_needed:
        trial = outside.run([*words.is_needed, *names])
        if not trial.ok:
            raise StepError(words.remove[0], trial.err.strip(), "remove these first")
    _must(outside, [*words.remove, *names])


def refresh(words: Commands, outside: t.Any, path: str) -> None:
    """Fetch what is offered."""
    _must(outside, words.refresh)


def hold(words: Commands, outside: t.Any, names: Names) -> None:
    """Have packages stay at their version."""
    known = look(words, outside, names).installed if words.pins else {}
    exact = [_at(words, name, known.get(name)) for name in names]
    _must(outside, [*words.hold, *exact], words.lacking)


def release(words: Commands, outside: t.Any, names: Names) -> None:
    """Let packages be upgraded again."""
    _must(outside, [*words.release, *names])


def offered(words: Commands, outside: t.Any, name: str) -> list[str]:
    """The versions of a package that can be had, newest first."""
    found = words.read_offered(outside.run([*words.offered, name], timeout=NETWORK_TIMEOUT).out)
    return sorted(dict.fromkeys(found), key=versions.order, reverse=True)


def _exactly(words: Commands, outside: t.Any, name: str, wish: str | None) -> str:
    if wish is None:
        return name
    there = offered(words, outside, name)
    version = versions.choose(wish, there)
    if version is None:
        raise versions.not_offered(name, wish, there)
    return _at(words, name, version)


def _at(words: Commands, name: str, version: str | None) -> str:
    return name if version is None else "{0}{1}{2}".format(name, words.join, version)


def _is_locked(words: Commands, name: str, text: str) -> bool:
    """Whether a file of locks names a package, with a version where it has to."""
    after = r"\s*[=<>~]" if words.pins else r"(?:-\d.*|[\"\s].*)?$"
    return bool(re.search(r"(?:^|[\"\s]){0}{1}".format(re.escape(name), after), text, re.MULTILINE))


def _must(outside: t.Any, command: Names, hint: str = "") -> None:
    ran = outside.run(command, timeout=NETWORK_TIMEOUT)
    if not ran.ok:
        said = [line for line in (*ran.out.splitlines(), *ran.err.splitlines()) if line.strip()]
        problem = said[-1] if said else "status {0}".format(ran.status)
        hint = hint or "mend what {0} complains about, and run again".format(command[0])
        raise StepError(command[0], problem, hint, {command[0]: said[-LAST_LINES:]})
