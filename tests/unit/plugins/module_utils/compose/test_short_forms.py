# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short forms of ports, volumes, devices, commands, durations and sizes mean what Compose says."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.compose import codecs, shellwords
from ansible_collections.slipway.docker.plugins.module_utils.compose.mounts import (
    parse_device,
    parse_volume,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.ports import parse_port
from ansible_collections.slipway.docker.plugins.module_utils.compose.scalars import resolve, spell
from ansible_collections.slipway.docker.plugins.module_utils.compose.units import (
    read_size,
    read_span,
    spell_span,
)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("80", [(None, None, 80, "tcp")]),
        ("8080:80/udp", [(None, "8080", 80, "udp")]),
        ("127.0.0.1:8080:80", [("127.0.0.1", "8080", 80, "tcp")]),
        ("[::1]:8080:80", [("::1", "8080", 80, "tcp")]),
        ("::1:8080:80", [("::1", "8080", 80, "tcp")]),
        ("127.0.0.1::80", [("127.0.0.1", None, 80, "tcp")]),
        ("8000-8001:80-81", [(None, "8000", 80, "tcp"), (None, "8001", 81, "tcp")]),
        ("8000-8010:80", [(None, "8000-8010", 80, "tcp")]),
        ("9-10", [(None, None, 10, "tcp"), (None, None, 9, "tcp")]),
        ("53:53/UDP", [(None, "53", 53, "udp")]),
    ],
)
def test_a_port_is(text: str, ports: list[t.Any]) -> None:
    keys = ("host_ip", "published", "target", "protocol")
    assert [tuple(port.get(key) for key in keys) for port in parse_port(text)] == ports


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "8080:",
        "abc",
        "80:0",
        "70000:80",
        "80:70000",
        "81-80",
        "1.2.3:80:80",
        "80/icmp",
        "1-3:1-2",
        "８0",
    ],
)
def test_a_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        parse_port(text)


BIND = {"create_host_path": True}


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("/data", {"type": "volume", "target": "/data", "volume": {}}),
        ("a", {"type": "volume", "target": "a"}),
        ("data:/d", {"type": "volume", "source": "data", "target": "/d", "volume": {}}),
        ("./d:/d", {"type": "bind", "source": "./d", "target": "/d", "bind": BIND}),
        ("~/d:/d", {"type": "bind", "source": "~/d", "target": "/d", "bind": BIND}),
        ("v:/d", {"type": "volume", "target": "v:/d", "volume": {}}),
        (
            "/a:/d:ro,z,rslave",
            {
                "type": "bind",
                "source": "/a",
                "target": "/d",
                "read_only": True,
                "bind": {**BIND, "selinux": "z", "propagation": "rslave"},
            },
        ),
        (
            "data:/d:rw,nocopy,unknown",
            {"type": "volume", "source": "data", "target": "/d", "volume": {"nocopy": True}},
        ),
        (
            "C:\\a:D:\\b",
            {"type": "bind", "source": "C:\\a", "target": "D:\\b", "bind": BIND},
        ),
        (
            "data:/${X:-d}/e",
            {"type": "volume", "source": "data", "target": "/${X:-d}/e", "volume": {}},
        ),
    ],
)
def test_a_volume_is(text: str, volume: dict[str, t.Any]) -> None:
    assert parse_volume(text) == volume


@pytest.mark.parametrize("text", ["", "/a::ro", ":/abc", "/a:/b:ro:x", "/a:/b:"])
def test_a_volume_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="colon|empty"):
        parse_volume(text)


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("/dev/a", ("/dev/a", "/dev/a", "rwm")),
        ("/dev/a:/dev/b", ("/dev/a", "/dev/b", "rwm")),
        ("/dev/a:/dev/b:r", ("/dev/a", "/dev/b", "r")),
    ],
)
def test_a_device_is(text: str, device: tuple[str, ...]) -> None:
    assert tuple(parse_device(text).values()) == device


@pytest.mark.parametrize(
    ("text", "words", "rest"),
    [
        ("", [], ""),
        ("a  b", ["a", "b"], ""),
        ("a 'b c' \"d 'e'\" f\\ g", ["a", "b c", "d 'e'", "f g"], ""),
        ("a '' b", ["a", "", "b"], ""),
        ("a $(b c) d", ["a", "$(b c)", "d"], ""),
        ("a `b c` d", ["a", "`b c`", "d"], ""),
        ("a && b", ["a"], "&& b"),
        ("a 2>b", ["a"], ">b"),
        ("sh -c 'a && b'", ["sh", "-c", "a && b"], ""),
    ],
)
def test_a_command_is(text: str, words: list[str], rest: str) -> None:
    assert shellwords.split(text) == (words, rest)


@pytest.mark.parametrize("text", ["'a", '"a', "a\\", "(a)", "$(a", "`a", ")"])
def test_a_command_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a command"):
        shellwords.split(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("0", "0s"),
        ("90s", "1m30s"),
        ("1h", "1h0m0s"),
        ("1.5s", "1.5s"),
        ("1500ms", "1.5s"),
        ("250ms", "250ms"),
        ("10us", "10µs"),
        ("3ns", "3ns"),
        ("-1m", "-1m0s"),
        (".5h", "30m0s"),
    ],
)
def test_a_duration_is(text: str, span: str) -> None:
    assert spell_span(read_span(text)) == span


@pytest.mark.parametrize("text", ["", "1", "s", "1x", "1 s", "."])
def test_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a duration"):
        read_span(text)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (5, 5),
        ("5", 5),
        ("1k", 1024),
        ("1.5 GiB", 3 << 29),
        ("64MB", 64 << 20),
        ("7b", 7),
        ("-1", -1),
    ],
)
def test_a_size_is(value: int | str, size: int) -> None:
    assert read_size(value) == size


@pytest.mark.parametrize("text", ["", "k", "1x", "1kk", "-2", "1ib"])
def test_a_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        read_size(text)


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("yes", "yes"),
        ("22:22", "22:22"),
        ("0o440", "288"),
        ("012", "10"),
        ("08", "8"),
        ("1_000", "1000"),
        ("-0b11", "-3"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("1234567.0", "1.234567e+06"),
        ("0.00001", "1e-05"),
        ("-.inf", "-Inf"),
        (".nan", "NaN"),
        ("2001-12-14T21:59:43.10-05:00", "2001-12-14 21:59:43.1 -0500 -0500"),
        ("2001-13-14", "2001-13-14"),
        ("+", "+"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_a_plain_scalar_is_spelt(text: str, spelt: str) -> None:
    assert spell(resolve(text)) == spelt


@pytest.mark.parametrize(
    ("codec", "value", "found"),
    [
        (codecs.mode, 0o440, "0440"),
        (codecs.mode, "0440", "0440"),
        (codecs.mode, "440", "0440"),
        (codecs.count, "all", -1),
        (codecs.count, "2", 2),
        (codecs.flag, "on", True),
        (codecs.whole, "3", 3),
        (codecs.number, "0.5", 0.5),
        (
            codecs.hosts,
            {"b": ["1.1.1.1", "[::1]"], "a": "2.2.2.2"},
            ["a=2.2.2.2", "b=1.1.1.1", "b=::1"],
        ),
        (codecs.pairs, ["A=1=2", "B"], {"A": "1=2", "B": None}),
        (codecs.mapping, ["A=1", "B"], {"A": "1", "B": ""}),
        (codecs.texts, "a", ["a"]),
        (codecs.health_test, "a b", ["CMD-SHELL", "a b"]),
    ],
)
def test_a_value_is_read(codec: codecs.Codec, value: t.Any, found: t.Any) -> None:
    assert codec(value) == found


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (codecs.mode, "9"),
        (codecs.count, "many"),
        (codecs.flag, "maybe"),
        (codecs.flag, 1),
        (codecs.whole, "1.5"),
        (codecs.whole, True),
        (codecs.number, "x"),
        (codecs.number, []),
        (codecs.hosts, ["x"]),
        (codecs.hosts, {"a=b": "1"}),
        (codecs.pairs, "A=1"),
        (codecs.text, []),
    ],
)
def test_a_value_is_refused(codec: codecs.Codec, value: t.Any) -> None:
    with pytest.raises(ValueError, match="."):
        codec(value)
