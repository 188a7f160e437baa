# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of drivers: what each mounts, with which options, packages and files."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.options import (
    COMMON,
    ON,
    YES_OR_NO,
    Table,
    flag,
    octal,
    one_of,
    plain,
    whole,
)

Source = t.Mapping[str, t.Any]
SAFE = {"nosuid": ON, "nodev": ON}
LOCAL = "local"
KEY, KNOWN_HOSTS, CREDENTIALS, CONFIG = "key", "known_hosts", "credentials", "rclone.conf"


@dataclasses.dataclass(frozen=True)
class Driver:
    """A way to have a share on the host.

    ``types``: what the kernel calls its mounts. ``spell``: the share as the kernel tells it.
    ``needs`` and ``takes``: members of ``source``; ``secrets``: members of ``secret`` that have to
    be there. ``is_supervised``: a daemon holds the mount, so it is a service and no mount unit.
    ``is_remote``: it waits for the network. ``has_address``: its server is a name of a host.
    ``has_flags``: it takes the kernel's own flags, such as nosuid.
    """

    name: str
    types: tuple[str, ...]
    spell: t.Callable[[Source], str]
    options: Table
    defaults: t.Mapping[str, str]
    packages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ("server", "path")
    takes: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    mount_type: str = ""
    is_supervised: bool = False
    is_remote: bool = True
    has_address: bool = True
    has_flags: bool = True

    @property
    def table(self) -> Table:
        """All options that it takes."""
        return {**COMMON, **self.options} if self.has_flags else self.options


def _path(source: Source) -> str:
    return str(source["path"])


def _at_server(source: Source) -> str:
    server = str(source["server"])
    host = "[{0}]".format(server) if ":" in server else server
    return "{0}:{1}".format(host, source["path"])


def _of_user(source: Source) -> str:
    return "{0}@{1}".format(source["user"], _at_server(source))


def _unc(source: Source) -> str:
    return "//{0}/{1}".format(source["server"], str(source["path"]).strip("/"))


def _of_remote(source: Source) -> str:
    return "{0}:{1}".format(source["server"], source["path"])


def _of_volume(source: Source) -> str:
    return "{0}:/{1}".format(source["server"], str(source["path"]).strip("/"))


BIND = Driver(
    "bind", (), _path, {}, SAFE, needs=("path",), mount_type="none", is_remote=False,
    has_address=False,
)  # fmt: skip
SSHFS = Driver(
    "sshfs",
    ("fuse.sshfs",),
    _of_user,
    {
        "reconnect": flag, "ServerAliveInterval": whole, "ServerAliveCountMax": whole,
        "ConnectTimeout": whole, "dir_cache": YES_OR_NO, "max_conns": whole, "compression": YES_OR_NO,
        "Ciphers": plain, "uid": whole, "gid": whole, "umask": octal,
        "idmap": one_of("none", "user"), "auto_cache": flag, "kernel_cache": flag,
        "direct_io": flag, "follow_symlinks": flag, "transform_symlinks": flag,
        "disable_hardlink": flag,
    },
    # With reconnect a server may go and come: containers keep the file system that they have.
    {
        **SAFE, "allow_other": ON, "default_permissions": ON, "reconnect": ON, "ConnectTimeout": "10",
        "ServerAliveInterval": "15", "ServerAliveCountMax": "3",
    },
    packages=("sshfs", "fuse3"),
    needs=("server", "path", "user", "host_keys"),
    takes=("port",),
    secrets=("key",),
    is_supervised=True,
)  # fmt: skip
NFS = Driver(
    "nfs",
    ("nfs", "nfs4"),
    _at_server,
    {
        "vers": one_of("4.2", "4.1", "4.0", "3"), "hard": flag, "soft": flag, "softerr": flag,
        "proto": one_of("tcp", "tcp6", "rdma"), "timeo": whole, "retrans": whole,
        "nconnect": whole, "rsize": whole, "wsize": whole, "noresvport": flag, "nolock": flag,
        "sec": one_of("sys", "krb5", "krb5i", "krb5p"), "acregmin": whole, "acregmax": whole,
        "acdirmin": whole, "acdirmax": whole, "actimeo": whole, "noac": flag, "nocto": flag,
        "lookupcache": one_of("all", "none", "pos", "positive"), "clientaddr": plain,
        "local_lock": one_of("all", "flock", "posix", "none"),
    },
    # The kernel's own default is version 3, without locks that other hosts see.
    {**SAFE, "vers": "4.2", "proto": "tcp", "timeo": "600", "retrans": "2"},
    packages=("nfs-common",),
    takes=("port",),
    mount_type="nfs",
)  # fmt: skip
GLUSTERFS = Driver(
    "glusterfs",
    ("fuse.glusterfs",),
    _of_volume,
    {
        "backup-volfile-servers": plain, "log-level": plain, "log-file": plain,
        "direct-io-mode": one_of("enable", "disable"), "attribute-timeout": whole,
        "entry-timeout": whole, "background-qlen": whole, "use-readdirp": YES_OR_NO,
        "acl": flag, "fopen-keep-cache": flag,
    },
    SAFE,
    packages=("glusterfs-client",),
    mount_type="glusterfs",
)  # fmt: skip
CIFS = Driver(
    "cifs",
    ("cifs", "smb3"),
    _unc,
    {
        "vers": one_of("3.1.1", "3.0.2", "3.0", "2.1"), "seal": flag, "uid": whole, "gid": whole,
        "file_mode": octal, "dir_mode": octal, "soft": flag, "hard": flag, "nobrl": flag,
        "forceuid": flag, "forcegid": flag, "noperm": flag, "mfsymlinks": flag, "serverino": flag,
        "noserverino": flag, "cache": one_of("strict", "loose", "none"), "actimeo": whole,
        "rsize": whole, "wsize": whole, "iocharset": plain,
        "sec": one_of("ntlmssp", "ntlmsspi", "krb5", "krb5i"),
    },
    {**SAFE, "vers": "3.1.1", "file_mode": "0640", "dir_mode": "0750"},
    packages=("cifs-utils",),
    takes=("port",),
    secrets=("username", "password"),
    may_have=("domain",),
    mount_type="cifs",
)  # fmt: skip
RCLONE = Driver(
    "rclone",
    ("fuse.rclone",),
    _of_remote,
    {
        "vfs-cache-mode": one_of("off", "minimal", "writes", "full"), "vfs-cache-max-size": plain,
        "vfs-cache-max-age": plain, "vfs-write-back": plain, "dir-cache-time": plain,
        "attr-timeout": plain, "poll-interval": plain, "buffer-size": plain, "uid": whole,
        "gid": whole, "umask": octal, "dir-perms": octal, "file-perms": octal, "timeout": plain,
        "contimeout": plain, "transfers": whole,
    },
    # What is written is on its way at once; rclone's own habit is to wait for five seconds.
    {
        "allow-other": ON, "default-permissions": ON, "vfs-cache-mode": "writes",
        "vfs-write-back": "0s",
    },
    packages=("rclone", "fuse3"),
    secrets=("config",),
    is_supervised=True,
    has_address=False,
    has_flags=False,
)  # fmt: skip
DRIVERS: t.Mapping[str, Driver] = {
    driver.name: driver for driver in (BIND, SSHFS, NFS, GLUSTERFS, CIFS, RCLONE)
}
NAMES = (BIND.name, SSHFS.name, LOCAL, NFS.name, GLUSTERFS.name, CIFS.name, RCLONE.name)
