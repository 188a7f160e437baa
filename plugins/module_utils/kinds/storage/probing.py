# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that touch a share: they run in children of ours, since a dead server may never answer."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts

# Long enough for a server that is slow, short enough for a run that shall say what is dead.
PATIENCE = 5.0
PURGE_PATIENCE = 3600.0
LOST = ("ENOTCONN", "ESTALE", "EIO", "ECONNABORTED", "EHOSTDOWN")
# Asking for the file system's size and opening a file are answered by the server, by no cache.
HEAD = """\
import errno, json, os, sys
point, subdir, name = sys.argv[1:4]
told = {}
def path(what):
    return os.path.join(point, what)
def read(what):
    try:
        with open(path(what)) as file:
            return file.read().strip()
    except FileNotFoundError:
        return None
"""
TAIL = """\
    told.update(
        marker=read("{marker}"), claim=read("{claim}" + name), has_directory=os.path.isdir(path(subdir))
    )
except OSError as error:
    told["problem"] = errno.errorcode.get(error.errno, "EIO")
    told["says"] = os.strerror(error.errno or 5)
print(json.dumps(told))
""".format(marker=facts.MARKER, claim=facts.CLAIM)
LOOK = HEAD + "try:\n    os.statvfs(point)\n" + TAIL
# Made only where nothing is: what somebody wrote meanwhile is read back, and told.
WRITE = (
    HEAD
    + """\
def write(what, text):
    try:
        with open(path(what), "x") as file:
            file.write(text + "\\n")
    except FileExistsError:
        pass
try:
    os.statvfs(point)
    for what, text in json.loads(sys.argv[4]).items():
        write(what, text)
"""
    + TAIL
)
MAKE = (
    HEAD
    + """\
try:
    owner, group, mode = [int(word) for word in sys.argv[4:7]]
    if not os.path.isdir(path(subdir)):
        os.makedirs(path(subdir))
        try:
            os.chmod(path(subdir), mode)
            if (owner, group) != (-1, -1):
                os.chown(path(subdir), owner, group)
        except OSError:
            os.rmdir(path(subdir))
            raise
"""
    + TAIL
)
DROP = (
    HEAD
    + """\
try:
    if read(sys.argv[4]) == sys.argv[5]:
        os.unlink(path(sys.argv[4]))
"""
    + TAIL
)
# A share in a share stays: what is on another device is never walked into.
PURGE = (
    HEAD
    + """\
def empty(place, device):
    for item in list(os.scandir(place)):
        if not item.is_dir(follow_symlinks=False):
            os.unlink(item.path)
        elif item.stat(follow_symlinks=False).st_dev == device:
            empty(item.path, device)
            os.rmdir(item.path)
try:
    if os.path.isdir(path(subdir)) and not os.path.islink(path(subdir)):
        empty(path(subdir), os.stat(point).st_dev)
        os.rmdir(path(subdir))
"""
    + TAIL
)

# Whether a share can be had at all: its server has an address, or its path is a directory.
REACH = """\
import os, socket, sys
kind, what = sys.argv[1:3]
if kind == "path":
    problem = "" if os.path.isdir(what) else "no such directory"
    if not problem and os.path.realpath(what) != what:
        problem = "it leads through a link to " + os.path.realpath(what)
else:
    try:
        problem = "" if socket.getaddrinfo(what, None) else "no address"
    except (OSError, UnicodeError) as error:
        problem = str(error)
print(problem)
"""


def command(outside: t.Any, script: str, name: str, subdir: str, *more: str) -> list[str]:
    """The child that runs a script on a mounted share."""
    return [outside.machine.python, "-c", script, facts.point(name), subdir, name, *more]


def ask(
    outside: t.Any, script: str, name: str, subdir: str, *more: str, timeout: float = PATIENCE
) -> facts.Answer:
    """What a script on a mounted share tells, within a bounded time."""
    asked = {name: command(outside, script, name, subdir, *more)}
    return read(outside.probe(asked, timeout)[name])


def read(ran: t.Any) -> facts.Answer:
    """The answer of a child; one that didn't end is late, which says nothing of the share."""
    if ran.status == 124:
        return facts.Answer(ran.err, is_late=True)
    try:
        told = json.loads(ran.out)
    except ValueError:
        return facts.Answer(ran.err.strip()[-200:] or "status {0}".format(ran.status))
    if "problem" in told:
        return facts.Answer("{0} ({1})".format(told["says"], told["problem"]))
    return facts.Answer(
        marker=told["marker"], claim=told["claim"], has_directory=told["has_directory"]
    )
