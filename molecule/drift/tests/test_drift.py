# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that was changed by hand must have been named, apart from nothing else, and be mended."""

from __future__ import annotations

import typing as t

from tests.hosts.host import hosts_of

testinfra_hosts = hosts_of("drift")
EXPECTED = [
    "engine docker: max-concurrent-downloads 8 -> 4",
    "volume shop_data: not found",
    "tree ",
    "container shop-app-1: networks.shop_back added",
    "container shop-app-1: mem_limit '96m' -> '64m'",
    "container shop-db-1: not found",
    "container shop-web-1: found exited (137)",
]


def test_nothing_had_drifted_when_the_stack_was_made(plays: t.Any) -> None:
    assert plays[0].drift == []
    assert plays[0].edits


def test_every_change_by_hand_is_named_and_nothing_else(plays: t.Any) -> None:
    drift = sorted(plays[1].drift)

    assert len(drift) == len(EXPECTED), drift
    assert [line for line, told in zip(sorted(EXPECTED), drift) if not told.startswith(line)] == []
    assert plays[1].edits == []


def test_what_was_told_is_what_mended_it(plays: t.Any) -> None:
    _made, told, mended, again = plays

    assert mended.plan == told.plan
    assert again.plan == []


def test_the_stack_is_as_it_was(host: t.Any, inspect: t.Any) -> None:
    for service in ("web", "app", "db"):
        assert host.docker(f"shop-{service}-1").is_running

    app = inspect("shop-app-1")
    assert app["HostConfig"]["Memory"] == 64 << 20
    assert sorted(app["NetworkSettings"]["Networks"]) == ["shop_back", "shop_default"]
    motd = host.check_output("docker exec shop-web-1 cat /www/motd.txt")
    assert motd == "Carried here from the controller"
    config = host.file("/etc/docker/daemon.json").content_string
    assert '"max-concurrent-downloads": 4' in config
