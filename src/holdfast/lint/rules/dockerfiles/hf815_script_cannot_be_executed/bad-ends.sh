#!/bin/sh # here
set -e
exec server
