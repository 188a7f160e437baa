# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of daemon.json one by one: what is accepted, where a refusal points, what is the same."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    IGNORED,
    KEYS,
    NOT_YET,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.key import is_before
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.keys import (
    check_keys,
    check_versions,
)

REFUSED: list[tuple[str, t.Any, str]] = [
    ("debug", "perhaps", "debug: found 'perhaps'; accepted is true or false"),
    ("log-level", "loud", "log-level: found 'loud'; accepted is debug, info, warn, error"),
    ("log-format", "xml", "accepted is text or json"),
    ("default-cgroupns-mode", "shared", "accepted is host or private"),
    ("default-ipc-mode", "host", "accepted is private or shareable"),
    ("firewall-backend", "ebtables", "accepted is iptables or nftables"),
    ("bip", "10.0.0.0/24", "bip: found '10.0.0.0/24'; accepted is an IPv4 address with its prefix"),
    ("bip", "10.0.0.1", "such as 10.0.0.1/24"),
    ("bip", "fd00::1/64", "accepted is an IPv4 address with its prefix"),
    ("bip6", "10.0.0.1/24", "accepted is an IPv6 address with its prefix"),
    ("fixed-cidr", "10.0.0.1", "accepted is an IPv4 network"),
    ("fixed-cidr-v6", "10.0.0.0/8", "accepted is an IPv6 network"),
    ("default-gateway", "fd00::1", "accepted is an IPv4 address"),
    ("ip", "localhost", "accepted is an IP address"),
    ("default-shm-size", "much", "accepted is a size such as 64m"),
    ("default-shm-size", "-1m", "accepted is a size such as 64m"),
    ("dns", ["9.9.9.9", "nope"], "dns[1]: found 'nope'; accepted is an IP address"),
    ("dns-search", ["a b"], "dns-search[0]: found 'a b'"),
    ("metrics-addr", "127.0.0.1", "accepted is an address and a port"),
    ("metrics-addr", "127.0.0.1:70000", "accepted is an address and a port"),
    ("mtu", 20, "accepted is a whole number from 68 to 65535"),
    ("mtu", "big", "accepted is a whole number from 68 to 65535"),
    ("max-concurrent-downloads", -1, "accepted is a whole number, 0 or more"),
    ("max-download-attempts", 0, "accepted is a whole number, 1 or more"),
    ("registry-mirrors", ["mirror.example.org"], "registry-mirrors[0]: found 'mirror.example.org'"),
    ("registry-mirrors", ["https://u:p@m.example.org"], "without login or query"),
    ("insecure-registries", ["a b"], "accepted is a registry's host, host:port or network"),
    ("labels", ["stage"], "labels[0]: found 'stage'; accepted is a label such as stage=test"),
    ("bridge-accept-fwmark", "0x1/0x2/0x3", "accepted is a firewall mark"),
    ("bridge-accept-fwmark", "0x100000000", "accepted is a firewall mark"),
    ("min-api-version", "v1.44", "accepted is an API version such as 1.44"),
    ("node-generic-resources", ["gpu"], "accepted is a resource such as"),
    ("data-root", "srv/docker", "accepted is an absolute path"),
    ("seccomp-profile", "mine.json", "accepted is builtin, unconfined, or an absolute path"),
    ("userns-remap", "a:b:c", "accepted is default, or the names of a user and"),
    ("features", {"buildkit": "maybe"}, "features.buildkit: found 'maybe'; accepted is true or"),
    ("features", ["buildkit"], "features: found ['buildkit']; accepted is a mapping"),
    ("default-address-pools", [{"base": "10.10.0.0/16"}], "[0]: found {'base': '10.10.0.0/16'}"),
    (
        "default-address-pools",
        [{"base": "10.10.0.0/16", "size": 24}, {"base": "10.11.0.0", "size": 24}],
        "engine docker.config.default-address-pools[1].base: found '10.11.0.0'; accepted is a network",
    ),
    (
        "default-address-pools",
        [{"base": "10.10.0.0/16", "size": 8}],
        "default-address-pools[0].size: found 8; accepted is a prefix length from 16 to 32",
    ),
    (
        "default-address-pools",
        [{"base": "10.10.0.0/16", "size": "x"}],
        "default-address-pools[0].size: found 'x'; accepted is a prefix length",
    ),
    (
        "default-address-pools",
        [{"bas": "10.10.0.0/16"}],
        "[0].bas: found '10.10.0.0/16'; accepted is",
    ),
    ("default-ulimits", {"nofiles": 5}, "default-ulimits.nofiles: found 5; accepted is a limit of"),
    ("default-ulimits", {"nofile": {"Soft": 5}}, "accepted is a number, or a mapping of Hard and"),
    ("default-ulimits", {"nofile": {"Hard": 5, "Name": "core"}}, "default-ulimits.nofile: found"),
    (
        "default-ulimits",
        {"nofile": {"Hard": 5, "Soft": 9}},
        "default-ulimits.nofile.Soft: found 9; accepted is a number up to the hard limit, 5",
    ),
    ("default-ulimits", {"core": {"Hard": -1, "Soft": -2}}, "default-ulimits.core.Soft: found -2"),
    (
        "runtimes",
        {"runc": {"path": "x"}},
        "runtimes.runc: found {'path': 'x'}; accepted is another",
    ),
    ("runtimes", {"x": {}}, "accepted is a mapping of either path"),
    ("runtimes", {"x": {"pfad": "y"}}, "runtimes.x.pfad: found 'y'; accepted is one of path,"),
    (
        "runtimes",
        {"x": {"path": "y", "options": {"a": 1}}},
        "runtimes.x.options: found {'a': 1}; accepted is nothing here beside path",
    ),
    ("runtimes", {"x": {"path": "y", "runtimeArgs": [["z"]]}}, "runtimes.x.runtimeArgs[0]: found"),
    ("proxies", {"ftp-proxy": "x"}, "proxies.ftp-proxy: found 'x'; accepted is one of http-proxy"),
    ("builder", {"gc": True}, "builder.gc: found True; accepted is a mapping"),
    ("nri-opts", {"enable": "perhaps"}, "nri-opts.enable: found 'perhaps'; accepted is true or"),
    ("default-network-opts", {"bridge": 5}, "default-network-opts.bridge: found 5"),
    ("log-opts", {"max-size": ["10m"]}, "log-opts: found"),
]
SAME: list[tuple[str, t.Any, t.Any]] = [
    ("default-shm-size", "64m", "64MiB"),
    ("default-shm-size", "1g", "1024m"),
    ("insecure-registries", ["a:5000", "b"], ["b", "http://a:5000"]),
    ("labels", ["a=1", "b=2"], ["b=2", "a=1"]),
    ("registry-mirrors", ["https://m.example.org"], ["https://m.example.org/"]),
    ("dns", ["fd00::1"], ["FD00:0:0::1"]),
    ("bip6", "fd00::1/64", "fd00:0::1/64"),
    ("fixed-cidr", "10.0.0.0/24", "10.0.0.9/24"),
    (
        "default-address-pools",
        [{"base": "10.10.0.0/16", "size": 24}],
        [{"base": "10.10.3.0/16", "size": 24}],
    ),
    ("default-ulimits", {"nofile": 64000}, {"nofile": {"Hard": 64000, "Soft": 64000}}),
    ("default-ulimits", {"nofile": {"hard": 9, "soft": 5}}, {"nofile": {"Hard": 9, "Soft": 5}}),
    ("runtimes", {"x": {"path": "/x"}}, {"x": {"path": "/x", "runtimeArgs": []}}),
    ("bridge-accept-fwmark", "0x10", "16"),
    ("features", {}, None),
]
OTHER: list[tuple[str, t.Any, t.Any]] = [
    ("dns", ["9.9.9.9", "1.1.1.1"], ["1.1.1.1", "9.9.9.9"]),
    ("registry-mirrors", ["https://a", "https://b"], ["https://b", "https://a"]),
    ("default-shm-size", "64m", "65m"),
    ("default-shm-size", "64m", "a lot"),
    # No engine takes these types, so they have to be mended.
    ("default-shm-size", "64m", 64 << 20),
    ("debug", True, "true"),
    ("mtu", 1400, "1400"),
]


@pytest.mark.parametrize(("key", "value", "told"), REFUSED, ids=lambda part: str(part)[:40])
def test_what_does_not_fit_is_refused_in_its_place(key: str, value: t.Any, told: str) -> None:
    with pytest.raises(InputError) as error:
        check_keys({key: value})

    assert str(error.value).startswith("engine docker.config.{0}".format(key))
    assert told in str(error.value)


@pytest.mark.parametrize(("key", "one", "other"), SAME)
def test_two_spellings_of_one_thing_are_the_same(key: str, one: t.Any, other: t.Any) -> None:
    kind = KEYS[key].type

    assert kind.match(kind.read(one), other)


@pytest.mark.parametrize(("key", "one", "other"), OTHER)
def test_what_means_something_else_differs(key: str, one: t.Any, other: t.Any) -> None:
    kind = KEYS[key].type

    assert not kind.match(kind.read(one), other)


def test_a_secret_in_a_value_is_not_told() -> None:
    with pytest.raises(InputError) as error:
        check_keys({"registry-mirrors": ["https://me:geheim@m.example.org"]})

    assert "geheim" not in str(error.value)


@pytest.mark.parametrize("key", sorted(NOT_YET))
def test_the_way_to_the_engine_is_not_changed_yet(key: str) -> None:
    with pytest.raises(InputError, match="not supported yet; .*leave it out"):
        check_keys({key: "x"})


@pytest.mark.parametrize("key", sorted(IGNORED))
def test_what_the_engine_does_not_look_at_is_refused(key: str) -> None:
    with pytest.raises(InputError, match="has no effect in daemon.json"):
        check_keys({key: "x"})


@pytest.mark.parametrize("meant", ["registry-mirror", "insecure-registry", "label", "log-opt"])
def test_the_name_of_a_flag_is_not_the_name_of_its_key(meant: str) -> None:
    with pytest.raises(InputError, match="did you mean {0}".format(meant[:5])):
        check_keys({meant: "x"})


@pytest.mark.parametrize(
    ("key", "version", "told"),
    [
        (
            "proxies",
            "20.10.24+dfsg1",
            "engine 20.10.24+dfsg1 doesn't know this key; it exists since",
        ),
        ("firewall-backend", "28.5.2", "it exists since engine 29.0"),
        ("log-format", "5:24.0.9-1~debian", "it exists since engine 25.0"),
        ("api-cors-header", "28.0.0", "it is gone since engine 28.0; use a reverse proxy"),
        ("cluster-store", "26.1.5", "it is gone since engine 23.0; use a swarm's"),
        ("oom-score-adjust", "26.1.5", "set OOMScoreAdjust in a drop-in"),
    ],
)
def test_a_key_of_other_versions_is_refused(key: str, version: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        check_versions({key: "x"}, version)

    assert told in str(error.value)


@pytest.mark.parametrize("version", ["", "dev", "29.0.1", "master"])
def test_an_engine_that_knows_a_key_or_is_not_known_takes_it(version: str) -> None:
    check_versions({"firewall-backend": "nftables", "source": "distro"}, version)
    check_versions({"oom-score-adjust": 5}, version if version != "29.0.1" else "24.0.9")


@pytest.mark.parametrize(
    ("version", "bound", "older"),
    [
        ("20.10.24", "23.0", True),
        ("9.0", "23.0", True),
        ("23.0.0", "23.0", False),
        ("28.10", "28.2", False),
        ("5:28.1.1-1~debian.12", "28.2", True),
        ("", "23.0", False),
        ("20.10", "", False),
    ],
)
def test_versions_are_compared_as_numbers(version: str, bound: str, older: bool) -> None:
    assert is_before(version, bound) is older


def test_every_key_says_what_it_is_for() -> None:
    rows = list(KEYS.values())

    assert [key.name for key in rows if not key.purpose or key.purpose.endswith(".")] == []
    assert [key.name for key in rows if key.until and not key.instead] == []
