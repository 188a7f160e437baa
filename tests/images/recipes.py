# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the test images are made of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

BUSYBOX = "busybox"
# Succeeds until the file is there, or the variable says no.
PROBE = """\
#!/bin/sh
[ ! -e /tmp/unhealthy ] && [ "${HEALTHY:-yes}" = yes ] && wget -q -O /dev/null http://127.0.0.1/
"""
JOB = """\
#!/bin/sh
echo "${JOB_SAYS:-done}" | tee -a "${JOB_WRITES_TO:-/tmp/job}"
exit "${JOB_STATUS:-0}"
"""
PASSWD = "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"
REGISTRY = """\
version: 0.1
log: {accesslog: {disabled: true}, level: warn}
storage:
  filesystem: {rootdirectory: /var/lib/registry}
  delete: {enabled: true}
http: {addr: "0.0.0.0:5000"}
"""
SERVE = 'CMD ["httpd", "-f", "-p", "80", "-h", "/www"]'


@dataclass(frozen=True)
class Recipe:
    """An image: programs of Debian's packages with the libraries they need, files, settings."""

    packages: tuple[str, ...]
    programs: tuple[str, ...]
    settings: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """Tells whether an image was made by this recipe."""
        parts = [self.packages, self.programs, self.settings, sorted(self.files.items())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def busybox(files: dict[str, str], *settings: str) -> Recipe:
    """An image of nothing but busybox and some files."""
    return Recipe(("busybox-static",), (BUSYBOX,), settings, {"etc/passwd": PASSWD, **files})


def web(version: str) -> Recipe:
    """A web server whose page says which version it is."""
    return busybox({"www/index.html": f"web {version}\n"}, SERVE, "EXPOSE 80/tcp")


RECIPES = {
    "busybox:1": busybox({}, 'CMD ["sh"]'),
    "web:1": web("1"),
    "web:2": web("2"),
    "health:1": busybox(
        {"bin/probe": PROBE, "www/index.html": "health 1\n"},
        SERVE,
        "EXPOSE 80/tcp",
        'HEALTHCHECK --interval=1s --timeout=2s --retries=2 CMD ["/bin/probe"]',
    ),
    "job:1": busybox({"bin/job": JOB}, 'CMD ["/bin/job"]'),
    "redis:1": Recipe(
        ("redis-server", "busybox-static"),
        ("redis-server", "redis-cli", BUSYBOX),
        (
            'CMD ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--dir", "/data"]',
            "EXPOSE 6379/tcp",
            "VOLUME /data",
            "WORKDIR /data",
        ),
        {"etc/passwd": PASSWD},
    ),
    "memcached:1": Recipe(
        ("memcached", "busybox-static"),
        ("memcached", BUSYBOX),
        ('CMD ["memcached", "-u", "nobody", "-l", "0.0.0.0"]', "EXPOSE 11211/tcp"),
        {"etc/passwd": PASSWD},
    ),
    "registry:1": Recipe(
        ("docker-registry", "busybox-static"),
        ("docker-registry", BUSYBOX),
        (
            'CMD ["docker-registry", "serve", "/etc/registry.yml"]',
            "EXPOSE 5000/tcp",
            "VOLUME /var/lib/registry",
        ),
        {"etc/passwd": PASSWD, "etc/registry.yml": REGISTRY, "var/lib/registry/.keep": ""},
    ),
}
