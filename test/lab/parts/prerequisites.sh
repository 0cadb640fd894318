# shellcheck shell=bash
# What the machine must have, checked before anything starts. Each miss is one message that names the fix.

# check_prerequisites : sets GO_VERSION; looks for make, Node >= 20, Go >= 1.24, root, and the host packages (installed when missing).
check_prerequisites() {
  local node
  command -v make > /dev/null || die "make is missing; install it (apt-get install make)"
  node=$(node --version 2> /dev/null) || die "Node.js is missing; install version 20 or newer (https://nodejs.org/en/download)"
  at_least 20 "${node#v}" || die "Node.js $node is too old; install version 20 or newer (https://nodejs.org/en/download)"
  GO_VERSION=$(go env GOVERSION 2> /dev/null) || die "Go is missing; install version 1.24 or newer (https://go.dev/dl): it builds the Kubernetes parts of the lab"
  at_least 1.24 "${GO_VERSION#go}" || die "Go ${GO_VERSION#go} is too old; install version 1.24 or newer (https://go.dev/dl)"
  [ "$(id -u)" = 0 ] || die "the lab needs root (Slurm starts jobs as other users, in namespaces of its own); run it as root, for example with sudo -E"
  [ "$(uname -s) $(command -v apt-get > /dev/null && echo apt)" = "Linux apt" ] ||
    die "the lab makes its Slurm clusters from Debian packages; run it on Debian or Ubuntu (it needs apt-get and debootstrap)"
  require_packages debootstrap:debootstrap openssl:openssl ssh-keygen:openssh-client unshare:util-linux faketime:faketime mkfs.btrfs:btrfs-progs
}

# at_least WANTED ACTUAL : dotted versions.
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# require_packages COMMAND:PACKAGE... : installs the packages whose command is missing.
require_packages() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" > /dev/null || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing host packages: ${missing[*]}"
  if ! install_packages "${missing[@]}" > /dev/null 2>&1; then
    apt-get -qq -o DPkg::Lock::Timeout=300 update && install_packages "${missing[@]}" ||
      die "could not install ${missing[*]}; install by hand: apt-get install ${missing[*]}"
  fi
}

install_packages() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@"
}
