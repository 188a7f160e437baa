# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts that publish ports: each asks the other what it is let in to, whatever happens to the rules."""

from __future__ import annotations

import time
import typing as t

import pytest

from tests.ground.engine import PREFIX, engine
from tests.integration.engine.conftest import FOREIGN, NEIGHBOURS, PUBLISHED, Ground

IMAGE = "slipway-test/busybox:1"
LET_IN = [8080, 8082]
FLUSHED = {
    "the users' chain": "iptables -F DOCKER-USER",
    "a rule of ours": "iptables -D SLIPWAY-PORTS -m conntrack --ctstate DNAT -j DROP",
    "all that is forwarded": "iptables -F FORWARD",
    "the whole table": "iptables -F; iptables -X",
}


class Pair:
    """A host that publishes, and the other that asks."""

    def __init__(self, publisher: Ground, asker: Ground) -> None:
        self.publisher = publisher
        self.asker = asker

    @property
    def policy(self) -> dict[str, t.Any]:
        """One port for everybody, one for nobody, one for the other host, one for strangers."""
        mine = {"ports": [8082], "from": [self.asker.host.address]}
        strangers = {"ports": ["8083-8090"], "from": ["10.99.0.0/16", "2001:db8::/32"]}
        return {"published_ports": {"allow": [{"ports": [8080]}, mine, strangers]}}

    def reached(self) -> list[int]:
        """The ports that answer the other host."""
        ask = "curl -s -o /dev/null --max-time 1 http://{0}:{1} && echo {1}"
        address = self.publisher.host.address
        asked = " & ".join(f"({ask.format(address, port)})" for port in PUBLISHED)
        return sorted(map(int, self.asker.told(f"{asked} & wait").split()))

    def comes_to(self, ports: list[int], within: float = 20) -> list[int]:
        """The ports that answer, asked until they are these."""
        deadline = time.monotonic() + within
        while (found := self.reached()) != ports and time.monotonic() < deadline:
            time.sleep(0.2)
        return found

    def rules(self) -> list[str]:
        """What the packet filter forwards, and what was decided about it by users."""
        return self.publisher.told("iptables-save -t filter | grep -e DOCKER-USER").splitlines()


@pytest.fixture(params=list(NEIGHBOURS))
def pair(request: pytest.FixtureRequest, neighbours: list[Ground]) -> Pair:
    """One that publishes and one that asks; then the other way round."""
    publisher, asker = sorted(neighbours, key=lambda ground: ground.host.name != request.param)
    return Pair(publisher, asker)


def test_a_policy_names_what_it_closes_and_closes_it(pair: Pair) -> None:
    assert pair.reached() == list(PUBLISHED)

    foreseen = pair.publisher.engine(check=True, **pair.policy)
    played = pair.publisher.engine(**pair.policy)

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert [line.partition(" engine")[0] for line in played.plan] == [
        "place", "configure", "restart", "await ready", "guard-ports",
    ]  # fmt: skip
    asker = pair.asker.host.address
    assert played.plan[-1].endswith(
        f"; closes web 8081/tcp; only from {asker}/32 to web 8082/tcp"
        "; only from 10.99.0.0/16, 2001:db8::/32 to web 8083/tcp"
    )
    assert pair.comes_to(LET_IN) == LET_IN
    assert FOREIGN in pair.rules()


def test_a_second_run_finds_everything_in_force(pair: Pair) -> None:
    again = pair.publisher.engine(**pair.policy)

    assert (again.status, again.changed, again.plan) == (0, False, [])


def test_what_containers_open_is_not_judged(pair: Pair) -> None:
    told = pair.publisher.told
    ask = f'docker run --rm {{}} {IMAGE} sh -c "echo GET / | nc -w 3 {{}} {{}}"'
    told("docker network create other")
    neighbour = told("docker inspect -f '{{.NetworkSettings.IPAddress}}' web")

    # It has no page to give, and says so.
    assert told(ask.format("", pair.asker.host.address, 8080)).startswith("HTTP/1.1 4")
    assert told(ask.format("", neighbour, 80)).startswith("HTTP/1.1 4")
    published = ask.format("--network other", pair.publisher.host.address, 8081)
    assert told(published).startswith("HTTP/1.1 4")
    assert told("curl -si http://127.0.0.1:8081").startswith("HTTP/1.1 4")
    told("docker network rm other")


def test_a_neighbour_does_not_get_past_it_by_a_containers_own_address(pair: Pair) -> None:
    inner = pair.publisher.told("docker inspect -f '{{.NetworkSettings.IPAddress}}' web")
    pair.asker.told(f"ip route replace {inner}/32 via {pair.publisher.host.address}")
    answer = pair.asker.host.ssh(f"curl -s -o /dev/null --max-time 1 http://{inner}")
    pair.asker.told(f"ip route del {inner}/32")

    assert answer.returncode == 28


def test_it_holds_over_a_restart_of_the_engine(pair: Pair) -> None:
    pair.publisher.told("systemctl restart docker")

    assert pair.comes_to(LET_IN) == LET_IN
    assert pair.publisher.engine(**pair.policy).plan == []


@pytest.mark.parametrize("command", FLUSHED.values(), ids=list(FLUSHED))
def test_what_somebody_flushed_is_back_at_once(pair: Pair, command: str) -> None:
    pair.publisher.told(command)

    assert pair.comes_to(LET_IN, within=5) == LET_IN


def test_an_engine_whose_own_rules_are_gone_is_restarted(pair: Pair) -> None:
    """The last flush took those of the filter; without any, nothing is published."""
    pair.publisher.told("iptables -t nat -F DOCKER")
    assert pair.reached() == []

    drifted = pair.publisher.engine(**pair.policy)

    assert drifted.plan[0] == (
        "restart engine docker: its own rules are gone from iptables; stops web (drift)"
    )
    assert pair.comes_to(LET_IN) == LET_IN
    assert pair.publisher.engine(**pair.policy).plan == []


def test_a_change_by_hand_that_nobody_watched_is_told_by_its_rules(pair: Pair) -> None:
    told = pair.publisher.told
    told("systemctl stop slipway-docker-ports")
    told(
        "iptables -I SLIPWAY-PORTS -s 192.0.2.7/32 -j RETURN; iptables -D DOCKER-USER -j SLIPWAY-PORTS"
    )
    assert pair.reached() == list(PUBLISHED)

    drifted = pair.publisher.engine(**pair.policy)

    assert len(drifted.plan) == 1
    assert "iptables rule gone: -A DOCKER-USER -j SLIPWAY-PORTS" in drifted.plan[0]
    assert "by somebody else: -A SLIPWAY-PORTS -s 192.0.2.7/32 -j RETURN" in drifted.plan[0]
    assert drifted.results[-1]["drift"]
    assert pair.comes_to(LET_IN) == LET_IN


def test_it_holds_over_a_reload_of_firewalld(neighbours: list[Ground]) -> None:
    pair = Pair(neighbours[1], neighbours[0])
    told = pair.publisher.told
    told("systemctl start firewalld && systemctl restart docker")
    assert pair.comes_to(LET_IN) == LET_IN

    for command in ("firewall-cmd --reload", "systemctl restart firewalld"):
        told(command)
        seen = {port for _time in range(3) for port in pair.reached()}
        assert seen <= set(LET_IN)
        assert pair.comes_to(LET_IN) == LET_IN
    assert pair.publisher.engine(**pair.policy).plan == []


def test_it_is_in_force_after_a_reboot(pair: Pair) -> None:
    engine().containers.get(PREFIX + pair.publisher.host.name).restart(timeout=20)
    # Never more than these, however early it is asked.
    seen: set[int] = set()
    deadline = time.monotonic() + 60
    while (found := pair.reached()) != LET_IN and time.monotonic() < deadline:
        seen.update(found)

    assert (found, seen - set(LET_IN)) == (LET_IN, set())
    assert pair.publisher.told("systemctl is-active slipway-docker-ports") == "active"
    assert pair.publisher.engine(**pair.policy).plan == []


def test_a_policy_that_is_no_longer_wanted_leaves_the_users_chain_as_it_was(
    neighbours: list[Ground],
) -> None:
    pair = Pair(neighbours[1], neighbours[0])
    told = pair.publisher.told
    told(FOREIGN.replace("-A", "iptables -I", 1))

    gone = pair.publisher.engine()

    assert gone.status == 0, gone.text
    assert gone.plan[0] == "unguard-ports engine docker: published_ports removed"
    assert pair.comes_to(list(PUBLISHED)) == list(PUBLISHED)
    assert pair.rules() == [
        ":DOCKER-USER - [0:0]", "-A FORWARD -j DOCKER-USER", FOREIGN, "-A DOCKER-USER -j RETURN",
    ]  # fmt: skip
    assert told("iptables-save | grep SLIPWAY; ip6tables-save | grep -E 'SLIPWAY|DOCKER'") == ""
    assert told("ls /etc/systemd/system/*/slipway* /var/lib/slipway/docker-ports") == ""
    assert pair.publisher.engine().plan == []


def test_absent_takes_the_rules_along(neighbours: list[Ground]) -> None:
    played = neighbours[0].engine(state="absent")

    assert played.status == 0, played.text
    told = neighbours[0].told
    assert told("iptables-save | grep SLIPWAY; ip6tables-save | grep SLIPWAY") == ""
    assert told("find /etc/systemd /var/lib/slipway -name '*docker-ports*'") == ""
