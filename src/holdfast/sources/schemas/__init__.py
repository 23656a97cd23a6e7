"""The API of Kubernetes as JSON schemas, and the reader of them.

`kubernetes.json.gz` is written by `python -m tests.house.kubernetes_schemas` from the package
kubernetes-validate (Apache License 2.0), which holds the OpenAPI definitions of Kubernetes itself.
"""
