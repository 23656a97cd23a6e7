#!/bin/sh
# `make demo`: diagnoses a captured cluster of 34 pods, then one pasted `kubectl describe`, and
# writes the HTML report. Exit code 1 of `holdfast why` means that it found restarting pods.
set -eu
cd "$(dirname "$0")/.."
cluster=examples/cluster
report=${1:-holdfast-report.html}

diagnose() {
    "$@" || [ $? -eq 1 ]
}

inputs="-f $cluster/pods.json -f $cluster/events.json -f $cluster/nodes.json -f $cluster/logs"

printf '\n$ holdfast why -f cluster -o wide        # the whole cluster, worst first\n\n'
# shellcheck disable=SC2086 # a list of flags
diagnose holdfast why $inputs -o wide --replays 0

printf '\n$ kubectl describe pod dev-slow-start-loop | holdfast why -\n\n'
diagnose holdfast why - <"$cluster/describe/dev-slow-start-loop.txt"

# shellcheck disable=SC2086 # a list of flags
diagnose holdfast why $inputs -o html >"$report"
printf '\nThe same as one offline page, with timelines and proofs: %s\n' "$report"
