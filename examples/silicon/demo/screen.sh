# shellcheck shell=bash
# What a person sees: numbered headings, every kubectl command that matters, and what it says.

STEP=0
BOLD='' PLAIN=''
if [ -t 1 ]; then BOLD=$'\e[1m' PLAIN=$'\e[0m'; fi

heading() {
  STEP=$((STEP + 1))
  printf '\n%s%s. %s%s\n' "$BOLD" "$STEP" "$1" "$PLAIN"
}

say() { printf '   %s\n' "$*"; }

fail() {
  printf '\n%s\n' "demo: $*" >&2
  exit 1
}

# show COMMAND... : prints a kubectl command as one would type it, and runs it.
show() {
  printf '   $ kubectl %s\n' "$*"
  kubectl "$@" | sed 's/^/   /'
}
