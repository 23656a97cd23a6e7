"""Real time: one pod under the kubelet machine on this computer, with real processes.

What belongs here: everything that the machine's outputs need from Linux: namespaces, cgroups,
signals, probes, clocks. What does not: deciding what a kubelet does, which is the machine's.

Entry point: `pod_rehearsal.PodRehearsal`.
"""
