"""The scales that come with the code. Reading packaged data is reading code: no other I/O."""

from __future__ import annotations

import functools
from importlib import resources
from importlib.resources.abc import Traversable

from heling.contexts.assessment.domain.reading import parse_scale
from heling.contexts.assessment.domain.scale import Scale
from heling.kernel.errors import BadInput

GBT42195 = "gbt42195-2022"
LTC2021 = "ltc-2021-37"


def scale_folder() -> Traversable:
    return resources.files("heling.contexts.assessment") / "scales"


def scale_ids() -> tuple[str, ...]:
    """Ids of all scales, sorted. Older versions (``id@version.yaml``) are not listed."""
    names = (f.name for f in scale_folder().iterdir() if f.name.endswith(".yaml"))
    return tuple(sorted(n.removesuffix(".yaml") for n in names if "@" not in n))


@functools.cache
def load_scale(scale_id: str, version: str | None = None) -> Scale:
    """The scale in its current version, or in the version that a stored result names.

    BadInput when there is no such scale or version, or when its file is wrong.
    """
    known = scale_ids()
    if scale_id not in known:
        raise BadInput.single("量表", f"没有编号为“{scale_id}”的量表，现有：{'、'.join(known)}")
    current = _read(f"{scale_id}.yaml")
    if version is None or version == current.version:
        return current
    name = f"{scale_id}@{version}.yaml"
    if name not in {f.name for f in scale_folder().iterdir()}:
        raise BadInput.single(
            "量表", f"{scale_id} 没有第 {version} 版，现行的是第 {current.version} 版"
        )
    return _read(name)


def _read(name: str) -> Scale:
    return parse_scale((scale_folder() / name).read_text(encoding="utf-8"), name)
