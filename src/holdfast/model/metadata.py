"""The part of object metadata that a diagnosis uses (k8s.io/api meta/v1 ObjectMeta)."""

import msgspec


class OwnerReference(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """Who made an object (meta/v1 OwnerReference)."""

    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


class ManagedFields(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """Who wrote an object, how and when (meta/v1 ManagedFieldsEntry); kubectl hides it."""

    manager: str = ""
    operation: str = ""
    time: str | None = None
    subresource: str = ""


class Metadata(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """meta/v1 ObjectMeta. Times stay text: most are never looked at (see model/instant.py)."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None
    generation: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: tuple[OwnerReference, ...] | None = None
    managed_fields: tuple[ManagedFields, ...] | None = None

    @property
    def controller(self) -> OwnerReference | None:
        """The owner that manages this object, or None."""
        for owner in self.owner_references or ():
            if owner.controller:
                return owner
        return None
