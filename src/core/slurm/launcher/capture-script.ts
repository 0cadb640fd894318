/**
 * Sourced by bash through BASH_ENV. In the entrypoint's own shell it writes every `OUT_*` variable down when the shell ends, as `name=value` and a NUL,
 * whatever the script does with EXIT traps and `exit`; in any other bash of the job it does nothing but pass on the BASH_ENV that was there before.
 */
export const captureScript = `# Writes OUT_* of the entrypoint down when it ends. Any other bash of this job only gets the BASH_ENV that it would have had.
if [ -n "\${BATCHWRIGHT_BASH_ENV:-}" ]; then . "$BATCHWRIGHT_BASH_ENV"; fi
# An exec keeps the process id, and so stays the entrypoint; a child or another node does not.
export BATCHWRIGHT_ENTRY="\${BATCHWRIGHT_ENTRY:-$HOSTNAME:$$}"
if [ "$BATCHWRIGHT_ENTRY" = "$HOSTNAME:$$" ]; then
  batchwright_capture() {
    [ "$BASHPID" = "$$" ] || return 0
    # A subshell, so that nothing here acts on the script's own options; its trace goes nowhere.
    (
      set +eux
      for batchwright_name in "\${!OUT_@}"; do
        builtin printf '%s=%s\\0' "\${batchwright_name#OUT_}" "\${!batchwright_name}"
      done >|"$BATCHWRIGHT_OUTPUTS"
    ) 2>/dev/null || :
  }
  builtin trap batchwright_capture EXIT
  # The script's own EXIT trap may end the shell by itself.
  exit() {
    local batchwright_code=$?
    batchwright_capture
    builtin exit "\${@:-$batchwright_code}"
  }
  trap() {
    if [ "$BASHPID" != "$$" ] || [ $# = 0 ] || [[ $1 == -[lpP]* ]]; then
      builtin trap "$@"
      return
    fi
    if [ "$1" = -- ]; then shift; fi
    local batchwright_action=- batchwright_signal batchwright_status=0
    if [ $# -gt 1 ] && [[ ! $1 =~ ^[0-9]+$ ]]; then
      batchwright_action=$1
      shift
    fi
    for batchwright_signal; do
      case $batchwright_signal in
        0 | [Ee][Xx][Ii][Tt] | [Ss][Ii][Gg][Ee][Xx][Ii][Tt])
          case $batchwright_action in
            - | '') builtin trap batchwright_capture EXIT ;;
            *) builtin trap -- "$batchwright_action"$'\\n'batchwright_capture EXIT ;;
          esac
          ;;
        [Dd][Ee][Bb][Uu][Gg] | [Rr][Ee][Tt][Uu][Rr][Nn])
          # These fire for functions, and this is one that the script knows nothing of.
          case $batchwright_action in
            - | '') builtin trap -- "$batchwright_action" "$batchwright_signal" ;;
            *) builtin trap -- "case \\\${FUNCNAME[0]-} in trap) ;; *) $batchwright_action"$'\\n'";; esac" "$batchwright_signal" ;;
          esac
          ;;
        *) builtin trap -- "$batchwright_action" "$batchwright_signal" || batchwright_status=$? ;;
      esac
    done
    return "$batchwright_status"
  }
  # Without it bash would put DEBUG and RETURN back as they were when this function ends.
  declare -ft trap
fi
`;
