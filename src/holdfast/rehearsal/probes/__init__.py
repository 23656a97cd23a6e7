"""The kubelet's probe clients, for real: HTTP, TCP, exec and gRPC (docs/specs/kubelet.md 1.8).

Entry point: `ask.ask`. Requests are the kubelet's byte for byte; the answers count as it counts
them. Source: kubernetes v1.36.2 pkg/probe, which the tests compare with.
"""
