# shellcheck shell=sh
# Installs from Debian, as root, what a script needs and is missing. The scripts of tests/ and benches/ source it:
#
#   . tests/install.sh
#   install_missing ffmpeg node:nodejs    # programs, each with its package where that has another name
#   python3 -c 'import venv' 2>/dev/null || install_packages python3-venv

install_missing() {
    missing=
    for tool in "$@"; do
        is_program "${tool%%:*}" || missing="$missing ${tool##*:}"
    done
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages $missing
}

install_packages() {
    if [ "$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Whether PATH has a program of this name: a word of the shell, such as time, is none.
is_program() (
    IFS=:
    for folder in $PATH; do
        if [ -x "$folder/$1" ] && [ ! -d "$folder/$1" ]; then exit 0; fi
    done
    exit 1
)
