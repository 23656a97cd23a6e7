"""Which way leads to the API server from here."""

import shutil
from collections.abc import Sequence

from holdfast.sources.kubectl_proxy import start_kubectl_proxy
from holdfast.sources.transport import ClusterError, KubectlTransport, Transport, own_account


def choose_transport(flags: Sequence[str]) -> Transport:
    """kubectl where it is installed, else the service account; raises ClusterError for neither.

    `flags` are complete kubectl flags. The transport is the caller's to close.
    """
    if shutil.which("kubectl"):
        return start_kubectl_proxy(flags) or KubectlTransport(flags)
    account = own_account()
    if account is not None:
        return account
    raise ClusterError(
        "connecting to a cluster",
        "this machine",
        "no kubectl on the PATH and no service account; expected one of them",
        "install kubectl, or read a file instead: holdfast why -f pods.json",
    )
