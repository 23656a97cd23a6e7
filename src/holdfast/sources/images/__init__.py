"""Images as bytes: OCI layouts, archives of `docker save`, and registries, without a daemon.

Nothing is unpacked: layers are streamed once, their entries listed, and their digests compared.
"""
