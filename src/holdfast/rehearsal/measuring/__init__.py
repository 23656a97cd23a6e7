"""What a rehearsal measures of a program, and the workload file that says it.

Entry points: `measurements.Measurements`, `write_workload.write_workload`, `summarize.summarize`.
"""
