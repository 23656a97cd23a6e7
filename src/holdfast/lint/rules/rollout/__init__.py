"""HF6xx: rollout and availability."""
