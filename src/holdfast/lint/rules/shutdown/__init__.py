"""HF2xx: shutdown and signals."""
