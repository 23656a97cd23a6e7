"""Numbers of the kubelet, each with the file of kubernetes v1.36.2 that defines it.

Durations are seconds. docs/specs/kubelet.md section 11 lists them with their meaning.
"""

# pkg/kubelet/kuberuntime/kuberuntime_manager.go: minimumGracePeriodInSeconds
MINIMUM_GRACE_SECONDS = 2
# pkg/kubelet/pod_workers.go calculateEffectiveGracePeriod: the least grace of a pod's end
LEAST_GRACE_SECONDS = 1.0
# pkg/kubelet/pod_workers.go killPodNow: how long it waits for the end, at least and by the grace
EXCEEDED_LEAST_SECONDS = 10.0
EXCEEDED_FACTOR = 1.5
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
# pkg/kubelet/kubelet.go: housekeepingPeriod, which also collects back-off entries
HOUSEKEEPING_SECONDS = 2
# pkg/kubelet/apis/config/v1beta1/defaults.go: syncFrequency
SYNC_SECONDS = 60
# pkg/kubelet/kubelet.go: backOffPeriod, the requeue after an error
BACK_OFF_REQUEUE_SECONDS = 10
# pkg/kubelet/pod_workers.go: the largest base of a requeue for a back-off, and both jitter factors
LARGEST_REQUEUE_SECONDS = 60
JITTER = 0.5
# pkg/kubelet/kubelet.go: the curve of gate ReduceDefaultCrashLoopBackOffDecay
REDUCED_BASE_SECONDS = 1
REDUCED_CAP_SECONDS = 60
# docs/specs/kubelet.md 0.3: hops inside the kubelet take up to some ten milliseconds
UPDATE_SECONDS = 0.02
