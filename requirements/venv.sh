#!/bin/sh
# Create .venv from the first Python that is new enough; `make PYTHON=...` names one instead.
# Plain sh and no GNU tools, for Debian and macOS alike.
set -eu

export PATH="$PATH:/usr/sbin:/sbin" # where dpkg looks for its helpers

try() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

choose() {
    if [ -n "${PYTHON:-}" ]; then
        if try "$PYTHON"; then echo "$PYTHON"; return; fi
    else
        for name in python3 python3.14 python3.13 python3.12 python3.11; do
            if try "$name"; then echo "$name"; return; fi
        done
    fi
    name=${PYTHON:-python3}
    found=$("$name" --version 2>/dev/null) || found="no $name"
    echo "iepbridge needs Python 3.11 or later; found here: $found." >&2
    echo "Install a later one, or name it: make PYTHON=/path/to/python3.12" >&2
    return 1
}

# Debian ships `ensurepip`, which a virtual environment gets its pip from, apart from Python.
complete() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $package, which Debian keeps apart from Python." >&2
        apt_install "$package" 2>/dev/null || { apt-get -qq update && apt_install "$package"; }
    else
        echo "This Python cannot make virtual environments. On Debian or Ubuntu:" >&2
        echo "    sudo apt-get install $package" >&2
        return 1
    fi
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$1" >/dev/null
}

python=$(choose)
complete "$python" >&2
echo "Creating .venv from $("$python" --version)"
"$python" -m venv --clear .venv || { rm -rf .venv; exit 1; }
