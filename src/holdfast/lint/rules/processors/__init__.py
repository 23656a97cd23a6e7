"""HF4xx: CPU, threads and scaling."""
