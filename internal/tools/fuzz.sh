#!/usr/bin/env bash
# fuzz.sh TIME: runs each fuzz test of the project for TIME.
set -euo pipefail
time=${1:?usage: fuzz.sh TIME, such as 60s}
grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do
	package=./$(dirname "$file")
	for name in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/p' "$file"); do
		echo "$package $name"
		go test "$package" -run '^$' -fuzz "^$name\$" -fuzztime "$time"
	done
done
