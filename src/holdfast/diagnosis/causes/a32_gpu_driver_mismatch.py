"""The GPU, its driver or its libraries do not fit the program.

What happens
------------
The program asks the driver for a GPU and finds none, an older driver than its libraries need, or
libraries that were not mounted.

Why it hurts
------------
It runs on some nodes and fails on others, so it moves with the scheduler.

How we know
-----------
The last lines hold the words of CUDA, NVML or ROCm about driver and version, or a missing libcuda
or libnvidia-ml.

What else it could be
---------------------
A missing library of another kind is A34. A GPU that failed while in use is E14.

Fix
---
Update the driver, or choose an image for the driver's version; use the runtime class of the vendor,
and ask for the GPU as a resource.

When the fix is wrong
---------------------
When the container asks for no GPU, none is mounted, and no driver helps.

References
----------
docs/specs/causes.md 8 (A32) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A32",
    title="GPU or driver do not fit it",
    lookalikes=("A34", "E14", "A01"),
    signatures=(
        Signature("cuda driver version is insufficient", "cuda"),
        Signature("found no nvidia driver", "cuda"),
        Signature("driver on your system is too old", "cuda"),
        Signature("no cuda gpus are available", "cuda"),
        Signature("no cuda-capable device", "cuda"),
        Signature(
            "cuda error",
            "cuda",
            r"CUDA error: (no kernel image|system not yet|unknown error|initialization)",
        ),
        Signature("no kernel image is available", "cuda"),
        Signature(
            "cuda_error_",
            "cuda",
            r"CUDA_ERROR_(NO_DEVICE|SYSTEM_DRIVER_MISMATCH|COMPAT\w*|NO_BINARY\w*|UNSUPPORTED\w*)",
        ),
        Signature(
            "libcuda.so",
            "cuda",
            r"libcuda\.so.*(cannot open|not found|could not)|(cannot|could not|failed)"
            r".*libcuda\.so",
        ),
        Signature(
            "libnvidia-ml.so",
            "cuda",
            r"libnvidia-ml\.so.*(cannot open|not found)|(could not|failed).*libnvidia-ml",
        ),
        Signature("driver/library version mismatch", "cuda"),
        Signature("failed to initialize nvml", "cuda"),
        Signature("nvml", "cuda", r"NVMLError_|could not load NVML"),
        Signature("nvidia-container-cli", "cuda", r"nvidia-container-cli: .*error"),
        Signature("unsatisfied condition: cuda", "cuda"),
        Signature("no hip gpus are available", "rocm"),
        Signature("hiperrornodevice", "rocm"),
        Signature("unable to open /dev/kfd", "rocm"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a GPU library that finds no fitting driver."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    limits = (case.spec.resources.limits or {}) if case.spec and case.spec.resources else {}
    if case.spec is not None and not any("gpu" in name for name in limits):
        text = "its specification asks for no GPU"
        claim.observed(text, Weight.WEAK, case.spec_origin("resources.limits"))
    where = f" on node {case.pod.spec.node_name}" if case.pod.spec.node_name else ""
    return claim.verdict(
        f"{subject(case)} cannot use a GPU{where}: driver and libraries do not fit"
    )
