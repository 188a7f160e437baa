# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fault suite breaks: from which stack to which, as data."""

from __future__ import annotations

import dataclasses
import typing as t

from tests.faults.stacks import Keys, Stack

BUSYBOX, WEB_1, WEB_2 = "slipway-test/busybox:1", "slipway-test/web:1", "slipway-test/web:2"
KEPT = "/data/marker"
# Where the pages of the data lie on the host, for volumes that lead there.
SHARE_1, SHARE_2 = "/var/tmp/slipway-faults-1", "/var/tmp/slipway-faults-2"


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A way from one stack to another, on which every run is killed once.

    ``back``: what the way back is called, if that is walked as well; ``then``: what the next run
    goes for, if not for the same; ``fails``: whether `after` can't be had, so `before` stays.
    """

    name: str
    before: Stack
    after: Stack
    back: str = ""
    then: Stack | None = None
    fails: bool = False


def web(image: str = WEB_1, check: str = "/bin/true", **keys: t.Any) -> dict[str, t.Any]:
    """A web server with a health check, and data that has to survive."""
    check_keys = {"test": ["CMD", check], "interval": "100ms", "timeout": "5s", "retries": 2}
    return {
        "image": image,
        "init": True,
        "stop_grace_period": "0s",
        "healthcheck": check_keys,
        "volumes": ["data:/www/data"],
        **keys,
    }


def idle(**keys: t.Any) -> dict[str, t.Any]:
    """A service that does nothing."""
    sleeps = {"image": BUSYBOX, "command": ["sleep", "100000"]}
    return {**sleeps, "init": True, "stop_grace_period": "0s", **keys}


def stack(services: Keys, page: str = "web 1\n", **more: t.Any) -> Stack:
    """A stack with a web server among its services."""
    top = {"volumes": {"data": None}, **more.pop("top", {})}
    pages = {"web": {"/": page, KEPT: "kept\n", **more.pop("pages", {})}}
    return Stack(services, top, pages=pages, **more)


def pointing(directory: str) -> Stack:
    """A volume whose data lies elsewhere, beside one that holds its own."""
    elsewhere = {"driver_opts": {"type": "none", "o": "bind", "device": directory}}
    return stack({"web": web()}, top={"volumes": {"data": None, "share": elsewhere}})


def on_subnet(subnet: str) -> Stack:
    """Two services on a network of this subnet."""
    both = {"web": web(networks=["front"]), "other": idle(networks={"front": {"aliases": ["o"]}})}
    return stack(both, top={"networks": {"front": {"ipam": {"config": [{"subnet": subnet}]}}}})


def configured(content: str) -> Stack:
    """A web server that serves a config."""
    configs = [{"source": "page", "target": "/www/page"}]
    return stack(
        {"web": web(configs=configs)},
        top={"configs": {"page": {"file": "./page"}}},
        files={"page": content},
        pages={"/page": content},
    )


NOTHING = Stack()
ONE = stack({"web": web()})
# An anonymous volume and a second network come along in the replacement.
BESIDE: dict[str, t.Any] = {
    "networks": ["default", "front"],
    "volumes": ["data:/www/data", "/www/scratch"],
}
OLD, NEW = (
    stack(
        {"web": web(image, **BESIDE)},
        page,
        top={"networks": {"front": None}},
        pages={"/scratch/marker": "kept\n"},
    )
    for image, page in ((WEB_1, "web 1\n"), (WEB_2, "web 2\n"))
)

START_FIRST: dict[str, t.Any] = {"deploy": {"update_config": {"order": "start-first"}}}
STANDING, FOLLOWING = (
    stack({"web": web(image, **START_FIRST)}, page)
    for image, page in ((WEB_1, "web 1\n"), (WEB_2, "web 2\n"))
)
IN_BATCHES: dict[str, t.Any] = {"scale": 2, "deploy": {"update_config": {"parallelism": 1}}}
PAIR, NEXT_PAIR = (
    stack({"web": web(image, **IN_BATCHES)}, page)
    for image, page in ((WEB_1, "web 1\n"), (WEB_2, "web 2\n"))
)
TWO = stack({"web": web(), "other": idle()})
TWO_OF_WHICH_ONE_FAILS = stack(
    {
        "web": web(WEB_2),
        "other": idle(healthcheck={**web()["healthcheck"], "test": ["CMD", "false"]}),
    },
    options={"on_failure": "rollback"},
)

SCENARIOS = (
    Scenario("first up", NOTHING, stack({"web": web(), "other": idle()}), back="removal"),
    Scenario("image change", OLD, NEW, back="image change back"),
    Scenario("image change, then nobody wants it", OLD, NEW, then=NOTHING),
    Scenario(
        "network change",
        on_subnet("172.31.248.0/24"),
        on_subnet("172.31.249.0/24"),
        back="network change back",
    ),
    Scenario("scale up", ONE, stack({"web": web(scale=3)}), back="scale down"),
    Scenario("failing healthcheck", ONE, stack({"web": web(WEB_2, "/bin/false")}), fails=True),
    Scenario("config change", configured("one\n"), configured("two\n"), back="config change back"),
    Scenario(
        "service added",
        ONE,
        stack({"web": web(), "old": idle(networks=["back"])}, top={"networks": {"back": None}}),
        back="orphan removal",
    ),
    Scenario("start-first", STANDING, FOLLOWING, back="start-first, back again"),
    Scenario("removal after start-first", STANDING, FOLLOWING, then=NOTHING),
    Scenario("replicas in batches", PAIR, NEXT_PAIR),
    Scenario("transaction that fails", TWO, TWO_OF_WHICH_ONE_FAILS, fails=True),
    Scenario(
        "volume pointed elsewhere", pointing(SHARE_1), pointing(SHARE_2), back="volume pointed back"
    ),
)
