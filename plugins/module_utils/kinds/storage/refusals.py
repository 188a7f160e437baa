# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is touched: hosts, mounts of others, shares that aren't the one."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    Refused,
    SlipwayError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    packages,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.scene import Scene

Problem = t.Optional[SlipwayError]


def refuse(scene: Scene) -> None:
    """Raise the first reason for which nothing is done."""
    checks = GONE if scene.request.wanted.state == "absent" else THERE
    for check in checks:
        problem = check(scene)
        if problem is not None:
            raise problem


def _not_root(scene: Scene) -> Problem:
    if scene.host.is_root:
        return None
    problem = "it needs root, and this run is {0!r}".format(scene.host.user)
    return InputError(scene.where, problem, "add become: true to the play, or log in as root")


def _no_systemd(scene: Scene) -> Problem:
    if scene.host.has_systemd:
        return None
    hint = "with driver: local the engine mounts by itself"
    return InputError(scene.where, "systemd doesn't run this host, and mounts are its units", hint)


def _no_packages(scene: Scene) -> Problem:
    lacking = [name for name in scene.driver.packages if name not in scene.host.installed]
    if not lacking or scene.host.system in packages.SYSTEMS:
        return None
    problem = "{0} isn't installed, and this is {1}".format(lacking[0], scene.host.system)
    return InputError(scene.where + ".driver", problem, "install it first")


def _entry_of_another(scene: Scene) -> Problem:
    point = facts.point(scene.name)
    if point in scene.host.fstab:
        hint = "take the line out, or give this storage another name"
        return Refused(scene.where, "/etc/fstab mounts something at {0}".format(point), hint)
    for unit in facts.units(scene.name):
        text = scene.seen.files[facts.UNITS + unit].text
        if text is not None and units.parse(text) is None:
            problem = "{0}{1} isn't ours".format(facts.UNITS, unit)
            hint = "move it away, or give this storage another name"
            return Refused(scene.where, problem, hint)
    return None


def _stacked(scene: Scene) -> Problem:
    for layers in (scene.seen.layers, scene.seen.data):
        if len(layers) > 1:
            problem = "{0} is mounted {1} times, one over the other ({2})".format(
                layers[0].point, len(layers), ", ".join(layer.source for layer in layers)
            )
            hint = "removing anything there could remove files of the share; unmount all but one"
            return Refused(scene.where, problem, "{0} (umount {1})".format(hint, layers[0].point))
    return None


def _mount_of_another(scene: Scene) -> Problem:
    if not scene.seen.is_mounted or scene.is_ours:
        return None
    mount = scene.seen.layers[-1]
    ours = scene.old.get("source") or "nothing of ours"
    return Refused(
        scene.where,
        "what is mounted at {0} isn't ours: {1} ({2}) instead of {3}".format(
            mount.point, mount.source + _seen_root(mount.root), mount.type, ours
        ),
        "look who uses it, unmount it (umount {0}), and run again".format(mount.point),
    )


def _seen_root(root: str) -> str:
    return "" if root == "/" else "[{0}]".format(root)


def _mounted_below(scene: Scene) -> Problem:
    goes = scene.request.wanted.state == "absent" or scene.is_remounted
    if not goes or not scene.seen.below:
        return None
    problem = "something is mounted inside of it: {0}".format(scene.seen.below[0].point)
    return Refused(scene.where, problem, "unmount that first")


def _silent(scene: Scene) -> Problem:
    if not scene.seen.answer.is_late:
        return None
    return Unreachable(
        scene.where,
        "{0} is mounted and gives {1}: what it holds is unknown".format(
            scene.seen.layers[-1].source, scene.seen.answer.problem
        ),
        "nothing was touched; see to the server, and run again",
    )


def _source_out_of_reach(scene: Scene) -> Problem:
    if not scene.is_to_mount or not scene.seen.where:
        return None
    which = "server" if scene.driver.has_address else "path"
    problem = "{0!r}: {1}".format(scene.options[which], scene.seen.where)
    return InputError("{0}.source.{1}".format(scene.where, which), problem, "nothing was touched")


def _littered(scene: Scene) -> Problem:
    if not scene.seen.litter:
        return None
    return Refused(
        scene.where,
        "nothing is mounted at {0}, and yet it holds {1}".format(
            facts.point(scene.name), ", ".join(scene.seen.litter[:3])
        ),
        "somebody wrote there while the share was away; move it to where it belongs",
    )


def _another_share(scene: Scene) -> Problem:
    seen = scene.seen
    skip = not scene.share or not seen.is_mounted or scene.moves or scene.is_dead
    if skip or seen.answer.marker == scene.share:
        return None
    marker = "{0}/{1}".format(facts.point(scene.name), facts.MARKER)
    if seen.answer.marker is None:
        return _wiped(scene, marker) if scene.was_marked else None
    return Refused(
        scene.where,
        "another share is mounted: it is {0}, and wanted is {1}".format(
            seen.answer.marker, scene.share
        ),
        "nothing was written; if it is the right one, say share_id: {0}".format(seen.answer.marker),
    )


def _wiped(scene: Scene, marker: str) -> SlipwayError:
    return Refused(
        scene.where,
        "the share has lost its marker, so it is another one or was emptied",
        "nothing was written; if it is the right one, type: echo {0} > {1}".format(
            scene.share, marker
        ),
    )


def _claimed(scene: Scene) -> Problem:
    claim = scene.seen.answer.claim
    if not scene.claim or scene.moves or claim in (None, scene.claim):
        return None
    path = "{0}/{1}{2}".format(facts.point(scene.name), facts.CLAIM, scene.name)
    problem = "another host is its one writer: {0}".format(claim)
    return Refused(scene.where + ".access", problem, "let it go there first, or remove " + path)


def _no_directory(scene: Scene) -> Problem:
    seen = scene.seen
    if scene.is_to_mount or seen.answer.has_directory or scene.options["create_subdir"]:
        return None
    problem = "the share has no directory {0!r}".format(scene.options["subdir"])
    return InputError(scene.where + ".subdir", problem, "make it, or say create_subdir: {}")


def _holder(scene: Scene) -> Problem:
    volume = scene.volume
    if volume is None or volume.fields.get("driver_opts", {}).get("device"):
        return None
    return Refused(
        scene.where,
        "the engine has a volume {0} that holds data itself".format(scene.name),
        "it is never replaced by a share; give this storage another name",
    )


def _in_use(scene: Scene) -> Problem:
    if not scene.is_remounted or scene.is_dead:
        return None
    how, users = scene.options["replace"], sorted(scene.seen.running)
    if how == "never":
        problem = "it has to be mounted anew, and replace is never"
        return Refused(scene.where, problem, "nothing was touched; say replace: when_unused")
    if scene.seen.data and not users:
        return _used_by_nobody(scene)
    if not users or how == "stop_containers":
        return None
    return Refused(
        scene.where,
        "it has to be mounted anew, and {0} run with it".format(", ".join(users)),
        "stop them first, or say replace: stop_containers",
    )


def _volume_in_use(scene: Scene) -> Problem:
    volume, users = scene.volume, sorted(scene.seen.all)
    wanted = facts.device(scene.name, scene.options["subdir"])
    ro = "bind,ro" if scene.options["access"] == "rox" else "bind"
    opts = {} if volume is None else volume.fields.get("driver_opts", {})
    if volume is None or not users or (opts.get("device"), opts.get("o")) == (wanted, ro):
        return None
    return Refused(
        scene.where,
        "its volume has to be made anew, and these have it: {0}".format(", ".join(users)),
        "remove these containers first (a stopped one counts)",
    )


def _still_used(scene: Scene) -> Problem:
    users = sorted(scene.seen.all)
    if users:
        problem = "these containers have its volume: {0}".format(", ".join(users))
        return Refused(scene.where, problem, "remove them first (a stopped one counts)")
    return _used_by_nobody(scene) if scene.seen.data else None


def _used_by_nobody(scene: Scene) -> SlipwayError:
    problem = "{0} is mounted although no container runs with it".format(scene.seen.data[0].point)
    return Refused(scene.where, problem, "somebody did that by hand; unmount it first")


def _can_not_purge(scene: Scene) -> Problem:
    seen = scene.seen
    # Where the volume is gone as well, a run that was killed has done it.
    is_done = not seen.unit or (not seen.is_mounted and scene.volume is None)
    if not scene.options["purge"] or is_done or seen.answer.marker:
        return None
    problem = "it isn't mounted, or shows no marker, so nobody knows what would be given up"
    return Refused(scene.where + ".purge", problem, "have it mounted first, or leave purge out")


THERE: tuple[t.Callable[[Scene], Problem], ...] = (
    _not_root, _no_systemd, _no_packages, _entry_of_another, _stacked, _mount_of_another, _silent,
    _holder, _volume_in_use, _littered, _source_out_of_reach, _another_share, _claimed,
    _mounted_below, _in_use, _no_directory,
)  # fmt: skip
GONE: tuple[t.Callable[[Scene], Problem], ...] = (
    _not_root, _stacked, _mount_of_another, _holder, _still_used, _mounted_below, _can_not_purge,
)  # fmt: skip
