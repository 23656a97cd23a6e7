"""Pods for the tests of this directory, written as manifests are."""

from typing import Any

import msgspec

from holdfast.model.pod import Pod

Json = dict[str, Any]


def container(name: str = "app", **fields: Any) -> Json:
    """A container with an image; fields in the API's own spelling."""
    return {"name": name, "image": "registry.example/web:1", **fields}


def resources(requests: Json | None = None, limits: Json | None = None) -> Json:
    """The resources of a container or pod."""
    return {"requests": requests or {}, "limits": limits or {}}


def pod(*containers: Json, init: tuple[Json, ...] = (), **spec: Any) -> Pod:
    """A pod named web; without arguments it has one container without anything."""
    body = {"containers": list(containers or (container(),)), **spec}
    if init:
        body["initContainers"] = list(init)
    metadata = {"name": "web", "namespace": "shop", "uid": "u-1"}
    return msgspec.convert({"metadata": metadata, "spec": body}, Pod)
