"""Asks for more memory than its address space holds."""

print("loading the cache", flush=True)
cache = [bytearray(64 * 1024 * 1024) for _ in range(10_000)]
