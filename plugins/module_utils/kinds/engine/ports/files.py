# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that keep a policy in force: a script that holds its rules, and a unit that runs it."""

from __future__ import annotations

import functools
import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.policy import Policy
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.rules import (
    CHAIN,
    ENGINES_CHAIN,
    JUMP,
    TOOLS,
    USER_CHAIN,
    WAY,
    rules,
)

SCRIPT = "/var/lib/slipway/docker-ports"
UNIT = "slipway-docker-ports.service"
UNIT_PATH = "/etc/systemd/system/" + UNIT
# It is there as long as the unit runs.
RUNNING = "/run/slipway-docker-ports"
ENABLED = "/etc/systemd/system/docker.service.wants/" + UNIT
# The second line of both files, by which they are read back.
MARK = "# policy: "
HEAD = "# Written by slipway.docker; changes made here are undone."
# apply: have the policy in force; watch: keep it so; remove: take it away.
FUNCTION = "rules_of_{0}() {{\n  cat <<'END'\n{1}\nEND\n}}\n"
TEMPLATE = """\
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

families() {
  echo iptables
  [ ! -e /proc/net/if_inet6 ] || echo ip6tables
}

# In one transaction: no packet sees half of the rules, and what others put into {user} stays.
put() {
  saved=$("$1-save" -t filter) || return
  {
    echo '*filter'
    echo "$saved" | grep -q -e '^:{user} ' || echo ':{user} - [0:0]'
    echo ':{chain} - [0:0]'
    "rules_of_$1"
    echo "$saved" | grep -q -x -e '{jump}' || echo '-I {user} -j {chain}'
    echo "$saved" | grep -q -x -e '{way}' || echo '-I FORWARD -j {user}'
    echo COMMIT
  } | "$1-restore" -w 10 --noflush
}

is_in_force() {
  saved=$("$1-save" -t filter) || return
  [ "$(echo "$saved" | grep -e '^-A {chain} ')" = "$("rules_of_$1")" ] || return
  echo "$saved" | grep -q -x -e '{jump}' && echo "$saved" | grep -q -x -e '{way}'
}

apply() {
  failed=0
  for tool in $(families); do
    is_in_force "$tool" || put "$tool" || failed=1
  done
  return $failed
}

# A change of our chains is mended when its transaction ends. An older iptables tells nobody of
# changes: there, and for what falls between two watches, a minute is what it takes.
watch() {
  while :; do
    apply
    {
      timeout 60 stdbuf -oL xtables-monitor --event 2>/dev/null
      [ $? = 124 ] || sleep 60
    } | while read -r line; do
      case $line in
        *{user}* | *{chain}* | *FORWARD*) touched=yes ;;
        NEWGEN:*) [ -z "$touched" ] || apply; touched= ;;
      esac
    done
  done
}

remove() {
  for tool in $(families); do
    while "$tool" -w 10 -D {user} -j {chain} 2>/dev/null; do :; done
    "$tool" -w 10 -F {chain} 2>/dev/null && "$tool" -w 10 -X {chain}
    # Where the engine has no rules, the way was made by us. A chain in use, or with rules, stays.
    "$tool-save" -t filter | grep -q -e '^{engines chain}' ||
      "$tool" -w 10 -D FORWARD -j {user} 2>/dev/null
    "$tool" -w 10 -X {user} 2>/dev/null
  done
  [ -z "$(iptables-save -t filter 2>/dev/null | grep -e {chain})" ]
}

"$1"
"""
NAMES = {
    "{user}": USER_CHAIN,
    "{chain}": CHAIN,
    "{jump}": JUMP,
    "{engines chain}": ENGINES_CHAIN,
    "{way}": WAY,
}
SHELL = functools.reduce(lambda text, pair: text.replace(*pair), NAMES.items(), TEMPLATE)
SERVICE = """
[Unit]
Description=The policy for ports that Docker's containers publish
Before=docker.service
After=firewalld.service ufw.service nftables.service netfilter-persistent.service
PartOf=docker.service
StartLimitIntervalSec=0

[Service]
RuntimeDirectory={running}
ExecStartPre=/bin/sh {script} apply
ExecStart=/bin/sh {script} watch
Restart=always
RestartSec=5

[Install]
WantedBy=docker.service
""".replace("{running}", RUNNING.rpartition("/")[2]).replace("{script}", SCRIPT)


def render_script(policy: Policy) -> str:
    """The script, with the rules of both families."""
    functions = (
        FUNCTION.format(tool, "\n".join(rules(policy, family))) for family, tool in TOOLS.items()
    )
    return "\n".join(["#!/bin/sh", HEAD, _mark(policy), "", *functions, SHELL])


def render_unit(policy: Policy) -> str:
    """The unit that has the rules in force before the engine starts a container."""
    return "\n".join([HEAD, _mark(policy)]) + SERVICE


def parse(text: str) -> t.Any:
    """The policy that a file of ours was written for; None where it isn't one."""
    marked = [line[len(MARK) :] for line in text.splitlines() if line.startswith(MARK)]
    try:
        return json.loads(marked[0]) if marked else None
    except ValueError:
        return None


def _mark(policy: Policy) -> str:
    return MARK + json.dumps(policy)
