# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy without a fault: the engine's own client notices nothing of it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import time
import typing as t

import pytest

from tests.faults.proxy import Fault, Proxy
from tests.faults.scenarios import BUSYBOX

NAME = f"slipway-proxied-{os.getpid()}"


@pytest.fixture
def proxy(images: None, tmp_path: pathlib.Path) -> t.Iterator[Proxy]:
    """A proxy that passes everything on."""
    proxy = Proxy(str(tmp_path / "proxy.sock"))
    proxy.open(Fault())
    with contextlib.closing(proxy):
        yield proxy


def docker(folder: pathlib.Path, *words: str, given: str = "") -> str:
    """What the client prints that speaks through the proxy."""
    command = ["docker", "-H", f"unix://{folder}/proxy.sock", *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout


def test_a_connection_may_become_a_stream_both_ways(proxy: Proxy, tmp_path: pathlib.Path) -> None:
    told = docker(
        tmp_path, "run", "--rm", "-i", "--network=none", BUSYBOX, "cat", given="to and fro\n"
    )

    assert told == "to and fro\n"
    assert [call.split()[0] for call in proxy.calls] == ["POST"] * 4
    assert any("/attach?" in call for call in proxy.calls)


def test_a_streamed_answer_comes_as_it_is_given(proxy: Proxy, tmp_path: pathlib.Path) -> None:
    docker(tmp_path, "create", "--name", NAME, BUSYBOX)
    docker(tmp_path, "rm", NAME)

    span = ["--since", "1m", "--until", str(int(time.time()) + 1), "--filter", f"container={NAME}"]
    told = docker(tmp_path, "events", *span, "--format", "{{.Action}}")

    assert told.split() == ["create", "destroy"]
