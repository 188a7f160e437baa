# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the kernel by their names."""

from __future__ import annotations

import types

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel import files, live
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import read_bytes


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward"),
        ("net/ipv4/conf/eth0.100/rp_filter", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter"),
        ("net.ipv4.conf.eth0/100.rp_filter", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter"),
    ],
)
def test_the_first_separator_of_a_name_is_the_one_that_separates(name: str, path: str) -> None:
    assert files.path_of(name) == path


@pytest.mark.parametrize(
    ("name", "value"),
    [("kernel.ostype", "Linux"), ("kernel.ostype.x", None), ("net.ipv4", None), ("no.such", None)],
)
def test_what_can_not_be_read_is_no_setting(name: str, value: str | None) -> None:
    assert live.value(types.SimpleNamespace(read_bytes=read_bytes), name) == value


def test_the_name_of_a_setting_may_hold_an_interface() -> None:
    said = {"net/ipv4/conf/eth0.100/rp_filter": 2}

    with pytest.raises(ValueError, match="names such as"):
        files.read_sysctls({"ip_forward": 1})
    with pytest.raises(ValueError, match="a mapping"):
        files.read_sysctls(["net.ipv4.ip_forward=1"])
    assert files.read_sysctls(said) == {"net/ipv4/conf/eth0.100/rp_filter": "2"}
