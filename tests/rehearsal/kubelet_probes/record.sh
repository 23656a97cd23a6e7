#!/bin/sh
# Builds the recorder with the packages of kubernetes v1.36.2 and writes recorded.json again.
# It needs Go and its module proxy. Its version stands in the build flags, as in a release.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp main.go "$work/"
kubernetes=$(go mod download -json k8s.io/kubernetes@v1.36.2 | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
{
    echo "module recorder"
    echo "go 1.26"
    echo "require k8s.io/kubernetes v1.36.2"
    sed -n 's|^\s*\(k8s.io/[a-z-]*\) => ./staging.*|replace \1 => \1 v0.36.2|p' "$kubernetes/go.mod"
} > "$work/go.mod"
version=k8s.io/component-base/version
(cd "$work" && go mod tidy && go build -o recorder \
    -ldflags "-X $version.gitMajor=1 -X $version.gitMinor=36" .)
"$work/recorder"
