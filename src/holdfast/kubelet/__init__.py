"""The kubelet as a state machine without I/O, clock or randomness, and its closed formulas.

What belongs here: what the kubelet does, when, for which version. What does not: reading a cluster,
opinions about causes, and driving the machine through time (`simulation`, `rehearsal`).
"""
