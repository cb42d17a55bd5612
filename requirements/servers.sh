#!/bin/sh
# Install the servers that tests talk to, where they are absent: as root on Debian, quietly.
# Elsewhere nothing is done, and tests that need one are skipped, saying so.
set -eu

export PATH="$PATH:/usr/sbin:/sbin" # where servers are, and dpkg's helpers

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0

has_program() { command -v "$1" >/dev/null; }
has_file() { [ -n "$(find /usr/lib -path "$1" -print -quit 2>/dev/null)" ]; }

missing=
has_program sshd || missing="$missing openssh-server"
has_program ssh-agent || missing="$missing openssh-client"
has_program proftpd || missing="$missing proftpd-core"
has_file '*/proftpd/mod_sftp.so' || missing="$missing proftpd-mod-crypto"
has_program postgres || has_file '*/postgresql/*/bin/postgres' || missing="$missing postgresql"
has_program strace || missing="$missing strace"
has_program gpg || missing="$missing gnupg"
has_program mkfs.ext4 || missing="$missing e2fsprogs"
[ -n "$missing" ] || exit 0

# The tests start servers themselves; none is to run because it was installed.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

install_missing() {
    # shellcheck disable=SC2086  # each word is a package
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o Dpkg::Options::=--force-confold install $missing >/dev/null 2>&1
}

echo "Installing for the tests:$missing"
install_missing || { apt-get -qq update >/dev/null 2>&1 && install_missing; } ||
    echo "Could not install$missing; the tests that need them are skipped." >&2
