# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of sources: which packages make an engine, by distribution."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
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
    """A package: ``applies`` says on which hosts; ``goes``: it leaves with the engine.

    ``versioned``: its version is the engine's.
    """

    name: str
    applies: Applies = always
    goes: bool = False
    versioned: bool = False


@dataclasses.dataclass(frozen=True)
class Source:
    """Where an engine comes from, for one family of distributions.

    ``brought``: packages that the others bring along; they leave with the engine if they came
    with it.
    ``conflicts``: other engines' packages, which the installation would have to remove.
    ``packages``: the first one holds the engine's program. ``manager``: who installs them; ``needs_repository``: the distribution doesn't have them.
    """

    name: str
    distributions: tuple[str, ...]
    packages: tuple[Package, ...]
    brought: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    manager: str = "apt"
    needs_repository: bool = False


SDK = "python3-docker"
CERTIFICATES = "ca-certificates"
# What an engine on Debian needs of what its packages only recommend.
AROUND = (
    Package("iptables"),
    Package(CERTIFICATES),
    # What a build unpacks and an image is loaded from may be compressed so.
    Package("xz-utils"),
    Package("apparmor", has_apparmor),
    Package(SDK, lacks_sdk),
)
AROUND_RPM = (Package("iptables"), Package(CERTIFICATES), Package("xz"), Package(SDK, lacks_sdk))
UPSTREAM = (
    Package("docker-ce", goes=True, versioned=True),
    Package("docker-ce-cli", goes=True, versioned=True),
    Package("containerd.io", goes=True),
)
OTHERS = ("podman-docker", "moby-engine")
DOCKERS = ("docker-ce", "docker-ce-cli", "docker-ce-rootless-extras", "containerd.io")
SOURCES = (
    Source(
        "distro",
        ("debian", "ubuntu"),
        (
            Package("docker.io", goes=True, versioned=True),
            Package("docker-cli", splits_the_client, goes=True, versioned=True),
            *AROUND,
        ),
        brought=("containerd", "runc", "tini"),
        conflicts=(*DOCKERS, *OTHERS),
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
        conflicts=("docker.io", "containerd", *DOCKERS, *OTHERS),
    ),
    Source(
        "upstream",
        ("debian", "ubuntu"),
        (*UPSTREAM, *AROUND),
        conflicts=("docker.io", "docker-cli", "containerd", "runc", *OTHERS),
        needs_repository=True,
    ),
    Source(
        "distro",
        ("fedora",),
        (
            Package("moby-engine", goes=True, versioned=True),
            Package("docker-cli", goes=True, versioned=True),
            *AROUND_RPM,
        ),
        brought=("containerd", "runc", "tini-static"),
        conflicts=("docker-ce", "docker-ce-cli", "docker-ce-rootless-extras", "containerd.io"),
        manager="dnf",
    ),
    Source(
        "upstream",
        ("fedora", "rhel", "centos", "rocky", "almalinux"),
        (*UPSTREAM, *AROUND_RPM),
        conflicts=("moby-engine", "docker-cli", "containerd", "runc", "podman-docker"),
        manager="dnf",
        needs_repository=True,
    ),
    Source(
        "distro",
        ("opensuse-leap", "opensuse-tumbleweed"),
        (Package("docker", goes=True, versioned=True), *AROUND_RPM),
        brought=("containerd", "runc", "docker-bash-completion"),
        conflicts=("docker-ce", "docker-ce-cli", "containerd.io"),
        manager="zypper",
    ),
)
NAMES = tuple(dict.fromkeys(source.name for source in SOURCES))


def from_repository(wanted: t.Iterable[Resource]) -> bool:
    """Whether any of these engines comes from a repository that has to be declared."""
    named = {resource.fields.get("source") for resource in wanted}
    return any(row.name in named and row.needs_repository for row in SOURCES)


def choose(name: str, host: HostFacts) -> Source | None:
    """The row for a source on a host, or None where that isn't supported."""
    rows = (
        source
        for source in SOURCES
        if source.name == name and host.system.get("ID") in source.distributions
    )
    return next(rows, None)


def of_interest(extra: t.Iterable[str], manager: str = "apt") -> list[str]:
    """All packages of a package manager whose state has to be known."""
    names = [
        name
        for row in SOURCES
        if row.manager == manager
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


def brought(source: Source, host: HostFacts, names: t.Sequence[str]) -> tuple[str, ...]:
    """What leaves with the engine: of these packages, and what comes along with a new engine."""
    own = [name for name in engines_own(source, host) if name in names]
    if any(name in host.installed for name in versioned(source, host)):
        return tuple(own)
    return tuple(name for name in (*own, *source.brought) if name not in host.installed)


def engine_of(host: HostFacts) -> str:
    """The package that holds the engine's program; empty where there is none."""
    return next((name for name in engines(host.manager) if name in host.installed), "")


def engines(manager: str) -> tuple[str, ...]:
    """The packages that hold an engine's program, a source each."""
    first = (row.packages[0] for row in SOURCES if row.manager == manager)
    return tuple(package.name for package in first if package.goes)


def versioned(source: Source, host: HostFacts) -> list[str]:
    """The packages that carry the engine's version."""
    return [each.name for each in source.packages if each.versioned and each.applies(host)]


def engines_own(source: Source, host: HostFacts) -> list[str]:
    """The packages that make up the engine: those that are held with it."""
    return [each.name for each in source.packages if each.goes and each.applies(host)]


def in_the_way(source: Source, host: HostFacts) -> tuple[str, ...]:
    """Other engines' packages that are installed."""
    return tuple(name for name in source.conflicts if name in host.installed)


def leaving(source: Source, host: HostFacts) -> list[str]:
    """The packages to remove with the engine."""
    names = [package.name for package in source.packages if package.goes]
    came = [name for name in host.note.packages if name not in names]
    return [name for name in (*names, *came) if name in host.installed]
