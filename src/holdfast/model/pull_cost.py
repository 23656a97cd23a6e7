"""How long a pull takes at least, by arithmetic.

Rules: a node downloads layers side by side and unpacks them one after another, each on top of the
one before (containerd, pkg/unpack/unpacker.go), so the two parts overlap. The transfer alone is
therefore a lower bound, and the only one that needs no measurement of the node.
"""

import msgspec

from holdfast.model.image import Image

# A burstable cloud node's share, and a whole port: two scales to read one's own from.
RATES = (100_000_000, 1_000_000_000)


class Transfer(msgspec.Struct, frozen=True):
    """Seconds at a rate in bits per second."""

    rate: int
    seconds: float


def transfers(image: Image) -> tuple[Transfer, ...]:
    """The least time for a node that has none of the layers."""
    return tuple(Transfer(rate, image.packed_bytes * 8 / rate) for rate in RATES)
