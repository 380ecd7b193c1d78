#!/bin/sh
# The HTML report under axe-core, which comes from npm's registry: apart from the tests that need no network.
# usage: axe.sh BINARY
set -eu
binary=$(realpath "$1")
tests=$(dirname "$(realpath "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent axe-core@4
tar xzf axe-core-4.*.tgz package/axe.min.js
python3 "$tests/test_html.py" "$binary" --axe "$folder/package/axe.min.js"
