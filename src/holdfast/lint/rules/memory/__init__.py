"""HF3xx: memory."""
