# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a module as Ansible sends it to a host: one program with all that it imports, uncompiled.

Usage: as_sent.py MODULE PROGRAM, the module's arguments as JSON on standard input
"""

from __future__ import annotations

import json
import pathlib
import sys

from ansible.executor import module_common
from ansible.parsing.dataloader import DataLoader
from ansible.plugins import loader
from ansible.template import Templar


def main(name: str, program: str) -> None:
    """Ansible's own way, with what it knows of our collection."""
    loader.init_plugin_loader()
    built = module_common.modify_module(
        module_name=name,
        module_path=loader.module_loader.find_plugin(name),
        module_args=json.load(sys.stdin),
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_python_interpreter": sys.executable},
    )
    pathlib.Path(program).write_bytes(built.b_module_data)


if __name__ == "__main__":
    main(*sys.argv[1:])
