# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused of a declaration by looking at it alone, with the reason."""

from __future__ import annotations

import posixpath
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import (
    LOCAL,
    Driver,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.options import (
    OFF,
    plain,
)

Given = t.Mapping[str, t.Any]
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")
SERVER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*\Z")
NOT_FROM = ("/proc", "/sys", "/dev", "/run", "/etc", "/boot", "/var/lib/docker", facts.ROOT)
OF_ONE_LINE = ("username", "password", "domain")
HARDNESS = ("hard", "soft", "softerr")


def check(wanted: Resource) -> None:
    """Refuse a name that Docker refuses."""
    if not NAME.match(wanted.name):
        raise InputError(
            wanted.identity,
            "a name that Docker refuses",
            "two or more of letters, digits, '_', '.' and '-', a letter or digit first",
        )


def source(where: str, driver: Driver, given: Given) -> None:
    """Refuse a source that lacks something, has too much, or leads where nothing may."""
    known = (*driver.needs, *driver.takes)
    for name in driver.needs:
        if not given.get(name):
            problem = "the driver {0} needs it".format(driver.name)
            raise InputError("{0}.source.{1}".format(where, name), "found nothing", problem)
    for name, value in given.items():
        if value not in (None, [], "") and name not in known:
            hint = "its source has: {0}".format(", ".join(known))
            place = "{0}.source.{1}".format(where, name)
            raise InputError(place, "the driver {0} has no use for it".format(driver.name), hint)
    for name in ("server", "path", "user"):
        if name in known and given.get(name):
            _word("{0}.source.{1}".format(where, name), given[name])
    if "server" in driver.needs and not SERVER.match(str(given["server"])):
        problem = "found {0!r}".format(given["server"])
        raise InputError(where + ".source.server", problem, "accepted is a name or an address")
    _path(where + ".source.path", driver, str(given["path"]))


def subdir(where: str, path: str) -> None:
    """Refuse a directory that isn't inside of the share, or is the share itself."""
    place = where + ".subdir"
    if not path or path in (".", "/"):
        raise InputError(
            place,
            "found {0!r}".format(path),
            "an unmounted share would look like an empty volume; let source.path be the directory"
            " above, and subdir the last part",
        )
    parts = path.split("/")
    outside = path.startswith("/") or ".." in parts or posixpath.normpath(path) != path
    if outside or not path.isprintable() or parts[0].startswith(".slipway-"):
        hint = "accepted is a path inside of the share, such as data or app/data"
        raise InputError(place, "found {0!r}".format(path), hint)


def secrets(where: str, driver: Driver, given: Given) -> None:
    """Refuse a secret that is lacking, or of which there is no use."""
    for name in driver.secrets:
        if not given.get(name):
            hint = "the driver {0} needs it".format(driver.name)
            raise InputError("{0}.secret.{1}".format(where, name), "found nothing", hint)
    for name, value in given.items():
        if value and name not in (*driver.secrets, *driver.may_have):
            hint = "the driver {0} has no use for it".format(driver.name)
            raise InputError("{0}.secret.{1}".format(where, name), "found a value", hint)
        if value and name in OF_ONE_LINE and not str(value).isprintable():
            hint = "accepted is a text of one line"
            raise InputError("{0}.secret.{1}".format(where, name), "found more", hint)


def hardness(where: str, access: str, chosen: Given) -> None:
    """Refuse what loses writes without a word, and what contradicts itself."""
    found = [name for name in HARDNESS if chosen.get(name, OFF) != OFF]
    if len(found) > 1:
        place = "{0}.mount.{1}".format(where, found[1])
        raise InputError(place, "{0} is there as well".format(found[0]), "leave one of them out")
    if found == ["soft"] and access != "rox":
        raise InputError(
            where + ".mount.soft",
            "a soft mount drops writes when its server is slow, and this one is written to",
            "leave it out (hard), say softerr, or access: rox",
        )


def purge(where: str, name: str, given: Given) -> None:
    """Refuse a word that doesn't name what it gives up."""
    if given["purge"] and given["purge"] != name:
        problem = "found {0!r}".format(given["purge"])
        raise InputError(where + ".purge", problem, "accepted is its own name, {0!r}".format(name))
    if given["purge"] and given["state"] != "absent":
        raise InputError(where + ".purge", "it is wanted", "say state: absent as well")


def driver_of(where: str, given: Given) -> str:
    """The driver that is declared, or an error where there is none."""
    if not given.get("driver"):
        raise InputError(where + ".driver", "found nothing", "see docs/storage.md for the choice")
    return str(given["driver"])


def only_for_local(where: str, given: Given) -> None:
    """Refuse, with the driver local, what only a mount on the host can keep."""
    for name in ("required", "create_subdir", "share_id", "secret"):
        said = given.get(name)
        if any(said.values()) if isinstance(said, dict) else said:
            hint = "the driver {0} has no mount on the host".format(LOCAL)
            raise InputError("{0}.{1}".format(where, name), "it can't be had here", hint)
    if given["access"] == "rwo":
        hint = "the driver {0} can't claim a share for one writer".format(LOCAL)
        raise InputError(where + ".access", "found 'rwo'", hint)


def _word(place: str, value: t.Any) -> None:
    try:
        plain(value)
    except ValueError as error:
        problem = "found {0!r}".format(value)
        raise InputError(place, problem, "accepted is {0}".format(error)) from None


def _path(place: str, driver: Driver, path: str) -> None:
    if driver.is_supervised and driver.name == "rclone":
        return
    if not path.startswith("/") and driver.name not in ("cifs", "glusterfs"):
        raise InputError(place, "found {0!r}".format(path), "accepted is an absolute path")
    if ".." in path.split("/"):
        raise InputError(place, "found {0!r}".format(path), "accepted is a path without ..")
    if driver.is_remote:
        return
    if posixpath.normpath(path) != path or path.startswith("//"):
        raise InputError(place, "found {0!r}".format(path), "write it without '//' and a last '/'")
    for base in NOT_FROM:
        if path == "/" or path == base or path.startswith(base + "/"):
            raise InputError(
                place, "found {0!r}".format(path), "nothing is shared from {0}".format(base)
            )
