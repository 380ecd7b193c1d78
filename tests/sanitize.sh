#!/bin/sh
# Builds with sanitizers by both compilers and runs the unit tests and the cases; then some cases under valgrind.
# usage: tests/sanitize.sh [gcc|clang|valgrind]...   (default: all three). Build folders: build-asan-gcc, build-asan-clang,
# build-valgrind.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- gcc clang valgrind

# The receiver limits its memory and its system calls, which the sanitizers' run time cannot live with: see
# src/receiver/. Leaks of libraries that keep tables for the life of the process stand in tests/leaks.supp.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0:exitcode=99
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
export LSAN_OPTIONS=suppressions="$PWD/tests/leaks.supp":print_suppressions=0

valgrind='-q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite'

with_compiler() {
	dir=build-asan-$1
	[ -f "$dir/build.ninja" ] || CC=$1 meson setup "$dir" -Dbuildtype=debug -Db_sanitize=address,undefined \
		-Db_lundef=false
	ninja -C "$dir"
	meson test -C "$dir" --no-rebuild --suite unit --suite conformance --suite cases --timeout-multiplier 4 --num-processes 2
}

with_valgrind() {
	dir=build-valgrind
	[ -f "$dir/build.ninja" ] || meson setup "$dir" -Dbuildtype=debug
	ninja -C "$dir"
	meson test -C "$dir" --no-rebuild --suite unit --num-processes 2 --timeout-multiplier 20 \
		--wrap "valgrind $valgrind"
	tests/cases/run.py --wrap "valgrind $valgrind" --limit 3 "$dir/domaincheck" tests/cases/*/
}

for how; do
	case $how in
	gcc | clang) with_compiler "$how" ;;
	valgrind) with_valgrind ;;
	*)
		echo "usage: tests/sanitize.sh [gcc|clang|valgrind]..." >&2
		exit 2
		;;
	esac
done
