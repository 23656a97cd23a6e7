"""What a container itself can run out of: disk, memory, descriptors, time, connections.

Rules: the cgroup and the volume are read, never the node: a busy neighbour must not restart a pod
(docs/specs/service.md 6.6). Everything here blocks, if only for a moment: a network volume can
hang.
"""

from holdfast.dependencies.system.certificate import certificate
from holdfast.dependencies.system.disk import disk
from holdfast.dependencies.system.file_descriptors import file_descriptors
from holdfast.dependencies.system.memory import memory
from holdfast.dependencies.system.saturation import saturation

__all__ = ["certificate", "disk", "file_descriptors", "memory", "saturation"]
