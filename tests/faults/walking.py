# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests of faults do: begin with a stack, and look whether anything is left to do."""

from __future__ import annotations

from tests.faults.runs import run
from tests.faults.stacks import Declared
from tests.faults.world import World


def begin(declared: Declared, world: World) -> None:
    """Have a stack, and data in its volumes."""
    ran = run(declared.arguments, engine=world.socket)
    assert not ran.message, ran.message
    world.put_data()


def left_to_do(declared: Declared, world: World) -> list[str]:
    """What another run does, which should be nothing."""
    ran = run(declared.arguments, engine=world.socket)
    left = [*ran.plan, *filter(None, [ran.message])]
    return [f"one more run does {left}"] if left else []
