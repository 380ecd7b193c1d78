# Sourced by data/demo/run and tests/run: Debian packages from lists, only those that are not there yet.
install_packages() {
	missing=
	for package in $(sed 's/#.*//' "$@"); do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	as_root=
	[ "$(id -u)" = 0 ] || as_root=sudo
	echo "Installing Debian packages:$missing" | fold -s -w 80
	log=$(mktemp)
	{ $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 || { cat "$log"; rm -f "$log"; return 1; }
	rm -f "$log"
}
