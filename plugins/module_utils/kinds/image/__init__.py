# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image kind: pulled, built, loaded, imported, tagged or removed, or left as it is.

``name``: `repository:tag`, `repository@sha256:...`, or (for what is there) an id. The options:

- ``pull``: `missing` (the default), `always` or `never`. What has no other source is pulled; a
  build ignores it. ``platform``: `linux/arm64`, compared with what is there.
- ``build``: Compose's build mapping, canonical, plus ``recipe``, which `outside.contexts.recipe`
  makes where the context lies: on the controller, or on the host, which then adds ``entries``, the
  manifest of the tree. Without ``entries`` the parcel named ``recipe["context"]`` is the tree.
- ``load``: ``archive`` (a path), and what `outside.archives.read` tells of it.
- ``import``: ``archive``, ``digest`` (SHA-256 of the file), ``changes``. In both of them ``parcel``
  is the tree of one file in which the archive comes along; without it the path is the host's.
- ``tag_of``: the image to give this other name to.
- ``force``: do it although nothing changed; remove what stopped containers or other names hold.

An image that is made here carries the label ``slipway.build``: the sealed digests of context,
Dockerfile, arguments and the like. By it an unchanged build is known, whatever the times, owners
and order of its files; by ``slipway.bases`` a base that has changed since.
"""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.plan import plan
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.read import canonical
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import line_up

IMAGE = Kind(
    "image",
    FIELDS,
    observe,
    plan,
    ACTIONS,
    canonical=canonical,
    line_up=line_up,
    immutable=True,
    keeps_orphans=True,
)
