# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client asks a service all the time while it is replaced again and again, the new one started first."""

from __future__ import annotations

import collections
import pathlib
import typing as t

import pytest

from tests.faults import figures
from tests.faults.runs import run
from tests.faults.scenarios import FOLLOWING, STANDING
from tests.faults.stacks import PROJECT, declare
from tests.ground.engine import LABEL, engine

REPLACEMENTS = 50
# A request every 20 ms, by the service's name. The retry is what curl and most libraries do by themselves: where one
# address of a name refuses the connection, they try the others.
CLIENT = """
addresses() { nslookup -type=a web 127.0.0.11 | sed -n 's/^Address: *\\([0-9.]*\\)$/\\1/p'; }
ask() { for one; do timeout 1 wget -q -O /dev/null "http://$one/" 2>/dev/null && return; done; return 1; }
while :; do
  set -- $(addresses)
  if ask "$1"; then echo answered; elif ask $(addresses); then echo retried; else echo failed; fi
  usleep 20000
done
"""


@pytest.fixture
def client(clean: None) -> t.Iterator[t.Callable[[], collections.Counter[str]]]:
    """Starts a client beside the service when it is called; called again it tells what became of its requests."""
    made: list[t.Any] = []

    def ask() -> collections.Counter[str]:
        if not made:
            network = f"{PROJECT}_default"
            words: dict[str, t.Any] = {
                "init": True,
                "network": network,
                "labels": {LABEL: "client"},
            }
            image = "slipway-test/busybox:1"
            made.append(engine().containers.run(image, ["sh", "-c", CLIENT], detach=True, **words))
            return collections.Counter()
        made[0].stop(timeout=0)
        return collections.Counter(made[0].logs().decode().split())

    yield ask
    for container in made:
        container.remove(force=True)


def test_a_client_that_tries_the_names_other_address_never_fails(
    client: t.Callable[[], collections.Counter[str]], tmp_path: pathlib.Path
) -> None:
    stacks = [declare(each, tmp_path / name) for each, name in ((STANDING, "a"), (FOLLOWING, "b"))]
    run(stacks[0].arguments)
    client()
    for number in range(1, REPLACEMENTS + 1):
        replaced = run(stacks[number % 2].arguments)
        assert not replaced.message, replaced.message
        assert any(line.startswith("start new ") for line in replaced.plan)

    told = client()
    figures.SAID.append(
        f"{REPLACEMENTS} replacements, start-first: {sum(told.values())} requests, "
        f"{told['retried'] + told['failed']} failed without a retry, {told['failed']} with one"
    )

    # The engine's own name server is slow while it is at work on a network, so these are fewer than one every 20 ms.
    assert sum(told.values()) > REPLACEMENTS // 2
    assert told["failed"] == 0
