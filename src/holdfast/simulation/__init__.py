"""Virtual time: pods under the kubelet machine, with processes that behave as a workload says.

Entry points: `read_workload.read_workload`, `driver.Simulation`, `process.Process`.
"""
