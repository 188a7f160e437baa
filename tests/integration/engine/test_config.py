# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can't be is refused or undone on real engines, with the engine's own words where they are needed."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.integration.engine.conftest import Standing

CONFIG = "/etc/docker/daemon.json"
State = t.Tuple[str, str]


def state(standing: Standing) -> State:
    """The file and the engine's process, neither of which a refusal changes."""
    return standing.told(f"cat {CONFIG}"), standing.daemon


def by_hand(standing: Standing, text: str) -> None:
    """Somebody edits the file."""
    standing.host.ssh(f"cat > {CONFIG} <<'END'\n{text}\nEND\n")


def foreign(standing: Standing, **keys: t.Any) -> None:
    """Somebody adds keys to the file."""
    values = json.loads(standing.told(f"cat {CONFIG}"))
    by_hand(standing, json.dumps({**values, **keys}))


REFUSED: list[tuple[dict[str, t.Any], str]] = [
    (
        {"default-address-pools": [{"base": "10.9.0.0/16", "size": 24}, {"base": "10.9.0.0/20", "size": 24}]},
        "engine docker.config.default-address-pools[1].base: found 10.9.0.0/20, which overlaps 10.9.0.0/16",
    ),
    ({"hosts": ["tcp://0.0.0.0:2375"]}, "systemd's unit of the engine passes -H fd://"),
    ({"firewall-backend": "nftables"}, "it exists since engine 29.0; leave it out, or use a newer"),
    ({"ipv6": True}, "add fixed-cidr-v6, such as fd00:d0c::/64"),
    ({"data-root": "/srv/docker"}, "found '/srv/docker', and it is on overlay, which can't keep"),
    ({"data-root": "/run/docker-data"}, "found '/run/docker-data', and it is on tmpfs, which can't"),
    ({"data-root": "/var/lib/docker/one/in"}, "and it is in /var/lib/docker/one, the old one"),
]  # fmt: skip


def test_what_the_engine_would_die_of_is_refused_before_anything(standing: Standing) -> None:
    assert standing.settle().status == 0
    before = state(standing)
    # From 27 on an engine finds itself a subnet for IPv6.
    finds = standing.host.suite == "forky"
    refused = [each for each in REFUSED if not (finds and "ipv6" in each[0])]
    tasks = [
        {
            "slipway.docker.engine": {"config": {**standing.base, **config}, "consent": CONSENT},
            "ignore_errors": True,
        }
        for config, _told in refused
    ]
    played = standing.play(tasks)

    for (_config, told), result in zip(refused, played.results):
        assert told in result["msg"]
    assert len(played.results) == len(refused)
    assert state(standing) == before
    print(f"\n{standing.host.name}: {len(refused)} settings refused, nothing touched")


CONSENT = ["reload", "restart", "destroy"]


def test_a_key_is_taken_by_the_engines_that_know_it(standing: Standing) -> None:
    played = standing.settle(proxies={"no-proxy": "example.org"})

    if standing.host.suite == "bookworm":
        assert "doesn't know this key; it exists since engine 23.0" in played.message
    else:
        assert played.plan[1].startswith("restart engine docker: proxies added")
        assert standing.told("docker info -f '{{.NoProxy}}'") == "example.org"
    assert standing.settle().status == 0


def test_live_restore_is_refused_on_a_node_of_a_swarm(standing: Standing) -> None:
    assert standing.settle(**{"live-restore": False}).status == 0
    assert standing.host.ssh("docker swarm init --advertise-addr 127.0.0.1").returncode == 0

    played = standing.settle()
    standing.told("docker swarm leave --force")

    assert "live-restore: found true, and this node is in a swarm" in played.message
    assert [line.partition(" engine")[0] for line in standing.settle().plan] == [
        "configure",
        "reload",
    ]


def test_a_port_that_is_taken_is_undone_with_the_engines_words(standing: Standing) -> None:
    before, _daemon = state(standing)
    played = standing.settle(**{"metrics-addr": "127.0.0.1:22"})

    assert "address already in use" in played.message
    assert "put back: configure engine docker" in played.message
    assert played.changed is False
    assert state(standing)[0] == before
    assert standing.settle().plan == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{not json", "/etc/docker/daemon.json: it isn't JSON"),
        ('["debug"]', "/etc/docker/daemon.json: it holds list, not a mapping"),
    ],
)
def test_a_file_that_is_none_is_refused(standing: Standing, text: str, told: str) -> None:
    before = standing.told(f"cat {CONFIG}")
    by_hand(standing, text)

    played = standing.settle(labels=["a=1"])

    assert told in played.message
    assert "mend it by hand, or move it away; nothing was touched" in played.message
    assert standing.told(f"cat {CONFIG}") == text
    by_hand(standing, before)


# One that can't validate tells it when it is to reload, which is waited for.
FOREIGN: dict[str, list[tuple[dict[str, t.Any], str]]] = {
    "bookworm": [({"shutdown-timeout": "soon"}, "cannot unmarshal string into Go struct field")],
    # And those after it.
    "trixie": [
        ({"nonsense": 1}, "the engine refuses it: unable to configure the Docker daemon"),
        ({"nonsense": 1}, "directives don't match any configuration option: nonsense"),
        ({"shutdown-timeout": "soon"}, "cannot unmarshal string into Go struct field"),
    ],
}


def test_a_foreign_key_that_the_engine_refuses_is_told(standing: Standing) -> None:
    before, daemon = state(standing)
    suite = "bookworm" if standing.host.suite == "bookworm" else "trixie"
    for keys, words in FOREIGN[suite]:
        foreign(standing, **keys)
        spoiled = json.loads(standing.told(f"cat {CONFIG}"))
        played = standing.settle(labels=["a=1"])

        assert words in played.message
        assert json.loads(standing.told(f"cat {CONFIG}")) == spoiled
        by_hand(standing, before)
    assert standing.daemon == daemon
    assert standing.settle().status == 0
    assert standing.settle().plan == []


def test_another_spelling_by_hand_is_no_change(standing: Standing) -> None:
    assert standing.settle(labels=["a=1", "b=2"], **{"default-shm-size": "64m"}).status == 0
    foreign(standing, labels=["b=2", "a=1"], **{"default-shm-size": "64MiB"})

    assert standing.settle(labels=["a=1", "b=2"], **{"default-shm-size": "64m"}).plan == []
    assert standing.settle().status == 0


def test_remapped_users_have_their_ids_and_what_is_out_of_sight_comes_back(
    standing: Standing,
) -> None:
    assert standing.settle().status == 0
    images = standing.told("docker images -q")
    refused = standing.settle(**{"userns-remap": "default"})
    assert "add destroy to the option consent" in refused.message
    consent = {"consent": CONSENT}

    played = standing.settle(options=consent, **{"userns-remap": "default"})

    assert played.status == 0, played.text
    assert played.plan[0].startswith("add-ranges engine docker: group dockremap, user dockremap")
    assert "name=userns" in standing.told("docker info -f '{{.SecurityOptions}}'")
    first = standing.told("grep dockremap /etc/subuid").split(":")[1]
    assert standing.told("docker info -f '{{.DockerRootDir}}'").startswith(
        f"{standing.root}/{first}."
    )
    assert standing.told("docker images -q") == ""
    assert standing.settle(options=consent, **{"userns-remap": "default"}).plan == []

    back = standing.settle(options=consent)
    assert back.plan[-1].startswith("drop-ranges engine docker: ")
    assert standing.told("docker images -q") == images
    assert standing.told("grep dockremap /etc/subuid /etc/subgid /etc/passwd /etc/group") == ""
    print(f"\n{standing.host.name}: {played.plan[0]}")
