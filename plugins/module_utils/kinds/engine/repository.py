# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker's own repository: what is wanted of it, and the files that declare it on a host."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import display
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import openpgp

WHERE = "engine docker.repository"
URL = "https://download.docker.com/linux"
MARK = "# slipway.docker writes this file anew; what else apt or dnf reads is not ours.\n"
# Where Docker has packages of its own for a distribution, and where it takes another one's.
DIRECTORIES = {
    "debian": "debian",
    "ubuntu": "ubuntu",
    "fedora": "fedora",
    "rhel": "rhel",
    "centos": "centos",
    "rocky": "centos",
    "almalinux": "centos",
}
ADDRESS = re.compile(r"https?://[^\s\[\]@]+\Z")
WORD = re.compile(r"[A-Za-z0-9][\w.-]*\Z")
FINGERPRINT = re.compile(r"[0-9A-F]{40}\Z")
SUBOPTIONS: dict[str, t.Any] = {
    "url": {"type": "str", "default": URL},
    "channel": {"type": "str", "default": "stable"},
    "suite": {"type": "str"},
    "key": {"type": "str", "no_log": False},
    "fingerprint": {"type": "str"},
}


@dataclasses.dataclass(frozen=True)
class Repository:
    """The repository as a host declares it.

    ``key``: an address, a path on the host, or the key's own text; ``fingerprint``: the only key
    that is accepted.
    """

    url: str
    channel: str
    suite: str
    key: str
    fingerprint: str


@dataclasses.dataclass(frozen=True)
class Layout:
    """How one package manager is told of a repository; ``rivals``: where others tell it."""

    source: str
    key: str
    fingerprint: str
    text: t.Callable[[Repository, Layout], str]
    rivals: tuple[str, ...]


def deb822(wanted: Repository, layout: Layout) -> str:
    """The file that apt reads."""
    return (
        "{mark}Types: deb\nURIs: {0.url}\nSuites: {0.suite}\n"
        "Components: {0.channel}\nSigned-By: {1.key}\n"
    ).format(wanted, layout, mark=MARK)


def repo(wanted: Repository, layout: Layout) -> str:
    """The file that dnf reads."""
    return (
        "{mark}[slipway-docker]\nname=Docker\nbaseurl={0.url}/{0.suite}/$basearch/{0.channel}\n"
        "enabled=1\ngpgcheck=1\ngpgkey=file://{1.key}\n"
    ).format(wanted, layout, mark=MARK)


LAYOUTS = {
    "apt": Layout(
        "/etc/apt/sources.list.d/slipway-docker.sources",
        "/etc/apt/keyrings/slipway-docker.asc",
        "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
        deb822,
        ("/etc/apt/sources.list", "/etc/apt/sources.list.d"),
    ),
    "dnf": Layout(
        "/etc/yum.repos.d/slipway-docker.repo",
        "/etc/pki/rpm-gpg/RPM-GPG-KEY-slipway-docker",
        "060A61C51B558A7F742B77AAC52FEB6B621E9F35",
        repo,
        ("/etc/yum.repos.d",),
    ),
}


def completed(options: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """The suboptions that are given, and the defaults of the others."""
    given = {name: value for name, value in (options or {}).items() if value not in (None, "")}
    return {**{name: spec.get("default") for name, spec in SUBOPTIONS.items()}, **given}


def wanted(options: t.Mapping[str, t.Any], system: t.Mapping[str, str], manager: str) -> Repository:
    """The repository that the options mean on a host of this distribution."""
    name = system.get("ID", "")
    url = "{0}/{1}".format(options["url"].rstrip("/"), DIRECTORIES.get(name, name))
    own = system.get("VERSION_CODENAME", "") if manager == "apt" else "$releasever"
    suite = options.get("suite") or own
    if not suite:
        raise InputError(WHERE + ".suite", "this host doesn't say its own", "set it: bookworm")
    fingerprint = options.get("fingerprint") or LAYOUTS[manager].fingerprint
    key = options.get("key") or url + "/gpg"
    return Repository(url, options["channel"], suite, key, spaceless(fingerprint))


def check(options: t.Mapping[str, t.Any]) -> None:
    """Refuse what can't be an address, a word, or the key that the fingerprint names."""
    for name, pattern, accepted in (
        ("url", ADDRESS, "http:// or https://, without a login: apt has /etc/apt/auth.conf.d"),
        ("channel", WORD, "a word, such as stable or test"),
        ("suite", WORD, "a word, such as bookworm"),
    ):
        value = options.get(name)
        if value is not None and not pattern.match(value):
            raise _refusal(name, "found " + display(name, value), accepted)
    fingerprint, key = options.get("fingerprint"), options.get("key")
    if fingerprint is not None and not FINGERPRINT.match(spaceless(fingerprint)):
        raise _refusal("fingerprint", "found {0!r}".format(fingerprint), "40 hexadecimal digits")
    if key is not None and not (is_text(key) or key.startswith("/") or ADDRESS.match(key)):
        accepted = "an address, a path on the host, or the text that begins with " + openpgp.BEGIN
        raise _refusal("key", "it is none of what is accepted", accepted)


def is_text(key: str) -> bool:
    """Whether a key is given by its own text."""
    return key.lstrip().startswith(openpgp.BEGIN)


def spaceless(fingerprint: str) -> str:
    """A fingerprint without the spaces that make it readable."""
    return "".join(fingerprint.split()).upper()


def proven(data: bytes, fingerprint: str, where: str) -> str:
    """The text of the only key that a file holds, if it is the one that the fingerprint names."""
    try:
        packets = openpgp.dearmored(data)
        found = openpgp.fingerprint(packets)
    except ValueError as error:
        raise InputError(where, str(error), "one public key is accepted") from None
    if found != fingerprint:
        raise InputError(
            where,
            "this key has the fingerprint {0}, not {1}".format(found, fingerprint),
            "if the key was changed by its owner, set repository.fingerprint; nothing was used",
        )
    return openpgp.armored(packets)


def differences(before: str | None, after: str) -> list[str]:
    """What a file says else than it should, as a person would say it."""
    if before is None:
        return ["its repository not found"]
    old, new = _entries(before), _entries(after)
    told = [
        "{0} {1!r} -> {2!r}".format(name, old.get(name, ""), value)
        for name, value in new.items()
        if old.get(name) != value
    ]
    return told or ([] if before == after else ["its repository changed"])


def _entries(text: str) -> dict[str, str]:
    pairs = (re.split(r"[:=] *", line, maxsplit=1) for line in text.splitlines())
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and not pair[0].startswith("#")}


def _refusal(name: str, problem: str, accepted: str) -> InputError:
    return InputError("{0}.{1}".format(WHERE, name), problem, "accepted is " + accepted)
