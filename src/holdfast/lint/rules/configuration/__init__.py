"""HF7xx: init containers, waiting, dependencies, configuration."""
