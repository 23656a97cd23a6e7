"""Control groups that nobody may write, as in most containers: told, and done without."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.real.programs import need
from tests.rehearsal.play import need_root

pytestmark = pytest.mark.real

# In a mount namespace of its own, every hierarchy becomes read-only.
_READ_ONLY = """
for place in $(awk '$3 ~ /^cgroup/ {print $2}' /proc/mounts); do
    mount --bind "$place" "$place" && mount -o remount,bind,ro "$place" || exit 9
done
exec "$@"
"""


def test_groups_that_cannot_be_written_are_a_loss(tmp_path: Path) -> None:
    """The pod runs; what does not hold is said with the kernel's reason, before and afterwards."""
    need_root()
    limits = {"resources": {"limits": {"memory": "64Mi", "cpu": "500m"}}}
    spec = {"restartPolicy": "Never", "containers": [{"name": "app", "image": "x:1", **limits}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(json.dumps(pod), encoding="utf-8")
    holdfast = str(Path(sys.executable).with_name("holdfast"))
    command = [holdfast, "rehearse", "-f", str(manifest), "--for", "20s", "-o", "json"]

    done = subprocess.run(
        [need("unshare", "util-linux"), "-m", "sh", "-c", _READ_ONLY, "sh", *command, "--", "true"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["state"] == "completed"
    for limit in ("memory", "CPU"):
        assert f"no control group for {limit}" in done.stderr
        assert any(f"no control group for {limit}" in gap["what"] for gap in finding["unread"])
    assert "Read-only file system" in done.stderr
