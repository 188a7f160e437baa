# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of sources: which packages make an engine, by distribution."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import HostFacts

Applies = t.Callable[[HostFacts], bool]


def always(host: HostFacts) -> bool:
    """On every host."""
    return True


def splits_the_client(host: HostFacts) -> bool:
    """Debian has the client in a package of its own from 13 on (unstable has no number)."""
    number = host.system.get("VERSION_ID", "").partition(".")[0]
    return host.system.get("ID") == "debian" and (not number.isdigit() or int(number) >= 13)


def has_apparmor(host: HostFacts) -> bool:
    """On a kernel with AppArmor, since no container starts without its tools."""
    return host.has_apparmor


def lacks_sdk(host: HostFacts) -> bool:
    """Where the interpreter of the modules can't import the SDK yet, from wherever."""
    return bool(host.sdk_problem)


@dataclasses.dataclass(frozen=True)
class Package:
    """A package: ``applies`` says on which hosts; ``goes``: it leaves with the engine."""

    name: str
    applies: Applies = always
    goes: bool = False


@dataclasses.dataclass(frozen=True)
class Source:
    """Where an engine comes from, for one family of distributions.

    ``brought``: packages that the others bring along; they leave with the engine if they came
    with it.
    ``conflicts``: other engines' packages, which the installation would have to remove.
    """

    name: str
    distributions: tuple[str, ...]
    packages: tuple[Package, ...]
    brought: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


SDK = "python3-docker"
OTHERS = (
    "docker-ce",
    "docker-ce-cli",
    "docker-ce-rootless-extras",
    "containerd.io",
    "podman-docker",
    "moby-engine",
)
SOURCES = (
    Source(
        "distro",
        ("debian", "ubuntu"),
        (
            Package("docker.io", goes=True),
            Package("docker-cli", splits_the_client, goes=True),
            Package("iptables"),
            Package("ca-certificates"),
            # What a build unpacks and an image is loaded from may be compressed so.
            Package("xz-utils"),
            Package("apparmor", has_apparmor),
            Package(SDK, lacks_sdk),
        ),
        brought=("containerd", "runc", "tini"),
        conflicts=OTHERS,
    ),
    # The programs come in the archive; of packages it needs what it doesn't bring.
    Source(
        "archive",
        ("debian", "ubuntu"),
        (
            Package("iptables"),
            Package("apparmor", has_apparmor),
            Package(SDK, lacks_sdk),
        ),
        conflicts=("docker.io", "containerd", *OTHERS),
    ),
)
NAMES = tuple(dict.fromkeys(source.name for source in SOURCES))
ENGINES = ("docker.io",)


def choose(name: str, host: HostFacts) -> Source | None:
    """The row for a source on a host, or None where that isn't supported."""
    rows = (
        source
        for source in SOURCES
        if source.name == name and host.system.get("ID") in source.distributions
    )
    return next(rows, None)


def of_interest(extra: t.Iterable[str]) -> list[str]:
    """All packages whose state has to be known."""
    names = [
        name
        for row in SOURCES
        for name in (*(package.name for package in row.packages), *row.brought, *row.conflicts)
    ]
    return sorted({*names, *extra})


def missing(source: Source, host: HostFacts, extra: t.Sequence[str], sdk: bool) -> list[str]:
    """The packages to install, in the order of the table."""
    names = [
        package.name
        for package in source.packages
        if package.applies(host) and (sdk or package.name != SDK)
    ]
    return [name for name in dict.fromkeys([*names, *extra]) if name not in host.installed]


def brought(source: Source, host: HostFacts) -> tuple[str, ...]:
    """What comes along with an engine that isn't there yet."""
    if any(name in host.installed for name in ENGINES):
        return ()
    return tuple(name for name in source.brought if name not in host.installed)


def leaving(source: Source, host: HostFacts) -> list[str]:
    """The packages to remove with the engine."""
    names = [package.name for package in source.packages if package.goes]
    came = [name for name in source.brought if name in host.note.packages]
    return [name for name in (*names, *came) if name in host.installed]
