# Programs from the Python package index, each in an environment of its own.
# shellcheck shell=bash
# Sourced after common.sh; needs python3-venv.

# Installs package $1 (name==version) once, and prints the path of its program $2.
python_program() {
    local place
    place="$(state_directory)/python/$1"
    if [[ ! -f $place/complete ]]; then
        say "Installing $1 into .tenantry/python …"
        rm -rf "$place"
        { /usr/bin/python3 -m venv "$place" && "$place/bin/pip" install --quiet --disable-pip-version-check "$1" </dev/null; } >&2 ||
            die "$1 could not be installed; its message is above. Is the network there?"
        touch "$place/complete"
    fi
    printf '%s\n' "$place/bin/$2"
}
