"""HF5xx: images and tags."""
