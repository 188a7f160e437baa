# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a storage, written from its fields and read back."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts, options
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import (
    CONFIG,
    CREDENTIALS,
    DRIVERS,
    KEY,
    KNOWN_HOSTS,
    RCLONE,
    SSHFS,
    Driver,
)

HEAD = "# Written by slipway.docker; changes made here are undone.\n"
TOLD = "# storage: "
IN_UNIT = ("driver", "source", "options", "required")
Fields = t.Mapping[str, t.Any]
UNIT = """\
[Unit]
Description=Storage {name} of slipway.docker
Before=docker.service
{after}StartLimitIntervalSec=0

{body}
[Install]
WantedBy=docker.service multi-user.target
"""
ONLINE = "Wants=network-online.target\nAfter=network-online.target\n"
# Without it systemd makes a directory that isn't there, and binds it although it is empty.
THERE = "AssertPathIsDirectory={0}\n"
MOUNT = """\
[Mount]
What={source}
Where={point}
Type={type}
Options={options}
TimeoutSec=30
"""
# A dead daemon leaves its mount behind; anything else that is mounted there is not ours to cover.
SERVICE = """\
[Service]
Type=exec
Environment=LC_ALL=C
ExecStartPre=-/bin/sh -c 'stat {point} 2>&1 | grep -q "not connected" && umount {point}'
ExecStartPre=/bin/sh -c '! grep -qF " {point} " /proc/self/mountinfo'
ExecStart={command}
ExecStartPost=/bin/sh -c 'until grep -qF " {point} " /proc/self/mountinfo; do sleep 0.2; done'
ExecStartPost=/bin/sh -c 'stat --file-system {point} >/dev/null'
ExecStop=-/bin/fusermount3 -u {point}
Restart=on-failure
RestartSec=5
TimeoutStartSec=30
TimeoutStopSec=30
"""
REQUIRED = "[Unit]\nAssertPathIsMountPoint={0}\n"


def unit(name: str, driver: Driver) -> str:
    """The unit that mounts a storage."""
    return facts.service_unit(name) if driver.is_supervised else facts.mount_unit(name)


def paths(name: str) -> tuple[str, ...]:
    """All files that a storage may have."""
    which = (KEY, KNOWN_HOSTS, CREDENTIALS, CONFIG)
    return (
        *(facts.UNITS + each for each in facts.units(name)),
        facts.drop_in(name),
        *(facts.secret_file(name, each) for each in which),
    )


def is_secret_file(name: str, path: str) -> bool:
    """Whether a file of a storage is root's alone."""
    return path.startswith(facts.secret_file(name, ""))


def is_ours(name: str, file: facts.File) -> bool:
    """Whether a file is there and was written by us."""
    is_secret = is_secret_file(name, file.path)
    return file.text is not None and (is_secret or file.text.startswith(HEAD))


def wanted(name: str, fields: Fields) -> dict[str, facts.File]:
    """The files of a storage by path, those that it shall not have without a text."""
    files = {path: facts.File(path) for path in paths(name)}
    driver = DRIVERS[fields["driver"]]
    texts = {facts.UNITS + unit(name, driver): render(name, driver, fields)}
    if fields.get("required"):
        texts[facts.drop_in(name)] = HEAD + REQUIRED.format(facts.point(name))
    for which, text in (fields.get("secret") or {}).items():
        texts[facts.secret_file(name, which)] = text
    for path, text in texts.items():
        mode = 0o600 if is_secret_file(name, path) else 0o644
        files[path] = facts.File(path, text, mode)
    return files


def render(name: str, driver: Driver, fields: Fields) -> str:
    """The unit; what it was made of stands in a comment, so that it can be read back whole."""
    told = json.dumps({each: fields[each] for each in IN_UNIT if each in fields}, sort_keys=True)
    body = _service(name, driver, fields) if driver.is_supervised else _mount(name, driver, fields)
    after = ONLINE if driver.is_remote else THERE.format(fields["source"])
    return "".join(
        [HEAD, TOLD, told, "\n", UNIT.format(name=name, after=after, body=_literally(body))]
    )


def parse(text: str | None) -> dict[str, t.Any] | None:
    """The fields that a unit was made of; None where it isn't ours."""
    if not text or not text.startswith(HEAD):
        return None
    line = text[len(HEAD) :].partition("\n")[0]
    try:
        told = json.loads(line[len(TOLD) :]) if line.startswith(TOLD) else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) and told.get("driver") in DRIVERS else {}


def _literally(body: str) -> str:
    # A percent sign would be a specifier to systemd.
    return body.replace("%", "%%")


def _mount(name: str, driver: Driver, fields: Fields) -> str:
    chosen: dict[str, str] = dict(fields["options"])
    words = {"bind": ""} if not driver.is_remote else {"_netdev": ""}
    if driver.secrets:
        words["credentials"] = facts.secret_file(name, CREDENTIALS)
    return MOUNT.format(
        source=fields["source"],
        point=facts.point(name),
        type=driver.mount_type,
        options=options.render({**words, **chosen}),
    )


def _service(name: str, driver: Driver, fields: Fields) -> str:
    command = COMMANDS[driver.name](name, fields["source"], fields["options"])
    return SERVICE.format(point=facts.point(name), command=" ".join(command))


def _sshfs(name: str, source: str, chosen: t.Mapping[str, str]) -> list[str]:
    fixed = {
        "IdentityFile": facts.secret_file(name, KEY),
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": facts.secret_file(name, KNOWN_HOSTS),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "BatchMode": "yes",
    }
    words = options.render({**chosen, **fixed})
    return ["/usr/bin/sshfs", "-f", source, facts.point(name), "-o", words]


def _rclone(name: str, source: str, chosen: t.Mapping[str, str]) -> list[str]:
    flags = [_flag(each, value) for each, value in chosen.items()]
    # Of a remote that stands for another one it would tell the other's name.
    flags.append("--devname={0}".format(source))
    # What isn't uploaded yet lies there, and has to be found again after a restart of the host.
    flags.append("--cache-dir={0}{1}".format(facts.CACHE, name))
    config = "--config={0}".format(facts.secret_file(name, CONFIG))
    return ["/usr/bin/rclone", "mount", source, facts.point(name), config, *flags]


def _flag(name: str, value: str) -> str:
    if name == "ro":
        return "--read-only"
    return "--{0}={1}".format(name, value) if value else "--{0}".format(name)


COMMANDS: t.Mapping[str, t.Callable[[str, str, t.Mapping[str, str]], list[str]]] = {
    SSHFS.name: _sshfs,
    RCLONE.name: _rclone,
}
