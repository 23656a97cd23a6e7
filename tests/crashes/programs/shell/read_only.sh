#!/bin/sh
# Writes below a directory that is mounted read-only.
set -e
echo "starting"
echo started > "$1/state"
