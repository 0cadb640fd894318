# shellcheck shell=bash
# Artefacts: what is built once and used by every lab, kept outside the tree in $CACHE/<name>-<key>. The key is a hash of
# everything that makes the artefact, so that an entry is either right or not there. It is built under a temporary name
# and renamed when whole, under a lock: two builders at once are safe, and a killed build leaves nothing that looks finished.

CACHE=${BATCHWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/batchwright}

# artefact_key FILE-OR-TEXT... : twelve hex digits over the contents of the files and over the texts.
artefact_key() {
  local item
  for item in "$@"; do if [ -f "$item" ]; then cat "$item"; else printf '%s\n' "$item"; fi; done | sha256sum | cut -c1-12
}

# ensure_artefact NAME KEY ESTIMATE BUILDER... : sets ARTEFACT to the folder, running `BUILDER... FOLDER` when it is not there.
ensure_artefact() {
  local name=$1 key=$2 estimate=$3 lock building
  shift 3
  ARTEFACT=$CACHE/$name-$key
  # The time of the folder is the time of its last use.
  if [ -d "$ARTEFACT" ]; then
    touch "$ARTEFACT" || :
    return
  fi
  mkdir -p "$CACHE"
  exec {lock}> "$CACHE/$name.lock"
  if ! flock --nonblock "$lock"; then
    say "$name: somebody else is building it; waiting (at most an hour)"
    flock --timeout 3600 "$lock" || die "$name: the other build has held $CACHE/$name.lock for an hour; look at it or end it"
  fi
  if [ ! -d "$ARTEFACT" ]; then
    building=$CACHE/.$name-$key.building
    rm -rf "$building" && mkdir -p "$building"
    show_progress "$name" "$estimate" "$CACHE/$name.log" "$@" "$building"
    touch "$building"
    mv "$building" "$ARTEFACT"
    forget_old_artefacts "$name"
  fi
  exec {lock}>&-
}

# forget_old_artefacts NAME : keeps the three used last (branches that differ) and whatever a running lab uses. Under the lock
# of NAME: what is still called "building" there belongs to a build that was killed.
forget_old_artefacts() {
  local hex='[0-9a-f]' old
  hex=$hex$hex$hex$hex
  # A key is twelve hex digits: slurm-bookworm-* alone would also match slurm-bookworm-demo-*.
  # shellcheck disable=SC2012,SC2086 # our own plain names; the pattern is meant
  rm -rf "$CACHE/.$1"-$hex$hex$hex.building
  ls -dt "$CACHE/$1"-$hex$hex$hex | tail -n +4 | while read -r old; do is_in_use "$old" || rm -rf "$old"; done
}

# A root is in use when some process's mounts name it, a program when a lab links to it.
is_in_use() {
  grep -qsF "lowerdir=$1," /proc/[0-9]*/mountinfo || readlink "$REGISTRY"/*/bin/* | grep -qF "$1/"
}

# Generous: a busy machine, and nice.
BUILD_LIMIT=3600

# show_progress WHAT ESTIMATE LOG COMMAND... : a line at the start, one every 20 s, one at the end; the log's end when it fails.
show_progress() {
  local what=$1 estimate=$2 log=$3 worker since=$SECONDS told=$SECONDS
  shift 3
  say "$what: building, takes about $estimate the first time (log: $log)"
  # A process group of its own, so that all of it ends with this shell or with the time limit.
  set -m
  ("$@") > "$log" 2>&1 < /dev/null &
  worker=$!
  set +m
  # shellcheck disable=SC2064 # this worker
  trap "kill -- -$worker 2> /dev/null" EXIT
  while kill -0 "$worker" 2> /dev/null; do
    sleep 0.2
    if ((SECONDS - told >= 20)); then
      told=$SECONDS
      say "$what: still building, $((SECONDS - since)) s: $(tail -n 1 "$log" | cut -c1-100)"
    fi
    ((SECONDS - since < BUILD_LIMIT)) || die "$what: not built within $BUILD_LIMIT s; the end of $log:"$'\n'"$(tail -n 25 "$log")"
  done
  trap - EXIT
  wait "$worker" || die "$what: the build failed. End of $log:"$'\n'"$(tail -n 25 "$log")"
  say "$what: built in $((SECONDS - since)) s"
}
