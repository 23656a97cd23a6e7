"""The limits of containers, enforced by the kernel: control groups of version 2 and version 1.

Entry point: `find.find_cgroups`. What is written comes from `kubelet/cgroups.py`.
"""
