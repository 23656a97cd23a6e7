"""Numbers of the kubelet, each with the file of kubernetes v1.36.2 that defines it.

Durations are seconds. docs/specs/kubelet.md section 11 lists them with their meaning.
"""

# pkg/kubelet/kuberuntime/kuberuntime_manager.go: minimumGracePeriodInSeconds
MINIMUM_GRACE_SECONDS = 2
# pkg/kubelet/kubelet.go: MaxCrashLoopBackOff and its base; client-go/util/flowcontrol: factor 2
BACK_OFF_BASE_SECONDS = 10
BACK_OFF_CAP_SECONDS = 300
BACK_OFF_FACTOR = 2
# pkg/kubelet/kubelet.go: an entry is forgotten this long after the last start
BACK_OFF_EXPIRY_SECONDS = 600
# pkg/kubelet/pleg/generic.go: relist period, the longest time until an exit is seen
RELIST_SECONDS = 1
# pkg/kubelet/kubelet.go syncLoop: the ticker that reads the work queue
SYNC_TICK_SECONDS = 1
# The API stores timestamps truncated to whole seconds (pkg/kubelet/status normalizeStatus).
TIMESTAMP_RESOLUTION_SECONDS = 1
# cmd/kube-apiserver: --event-ttl
EVENT_TTL_SECONDS = 3600
