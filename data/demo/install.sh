# Sourced by data/demo/run and tests/run: Debian packages from a list, only those that are not there yet.
install_packages() {
	missing=
	for package in $(sed 's/#.*//' "$@"); do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	as_root=
	[ "$(id -u)" = 0 ] || as_root=sudo
	echo "installing:$missing"
	export DEBIAN_FRONTEND=noninteractive
	# Servers that the tests start themselves must not be started by their packages.
	$as_root apt-get update -qq
	$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
