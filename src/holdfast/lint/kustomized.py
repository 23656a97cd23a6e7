"""Images that a Kustomization of the set gives another name or tag before they are applied."""

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.world import World
from holdfast.model.image_reference import ImageReference, parse_reference

_REPLACES = ("newName", "newTag", "digest")


def own_reference(container: ContainerSubject, world: World) -> ImageReference | None:
    """The image that the manifest itself decides; None where a Kustomization replaces it."""
    image = container.spec.image
    reference = parse_reference(image)
    return reference if image and reference.repository not in world.once(_replaced) else None


def _replaced(world: World) -> frozenset[str]:
    """The names that some Kustomization replaces: of kustomize itself, or of Flux."""
    return frozenset(
        str(image.get("name"))
        for subject in world.of_kind("Kustomization")
        for image in (*subject.items("images"), *subject.items("spec", "images"))
        if isinstance(image, dict) and any(image.get(field) for field in _REPLACES)
    )
