"""holdfast: why Kubernetes pods keep restarting, and proof that the fix holds.

The package is a set of layers, see docs/architecture.md. This file holds the version only, so that
`holdfast --version` stays cheap.
"""

__version__ = "0.1.0"
