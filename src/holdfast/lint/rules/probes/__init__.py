"""HF1xx: probes."""
