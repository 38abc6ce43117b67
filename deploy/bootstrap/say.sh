# What a person sees while the machine is prepared: one line a step, the details in $log.
# Sourced by bootstrap.sh; needs $log.

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m' live=yes
else
  bold='' dim='' red='' green='' plain='' live=''
fi

step_title='' step_hint='' step_began=0 steps_run=0

# step TITLE HINT: what is done now, and what the person may do should it fail.
step() {
  step_title=$1 step_hint=$2 step_began=$SECONDS
  steps_run=$((steps_run + 1))
  printf '\n=== %s  %s\n' "$(date '+%F %T')" "$1" >>"$log"
  if [[ $live ]]; then printf '%s▸%s %s …' "$bold" "$plain" "$1"; else printf '▸ %s …\n' "$1"; fi
}

# done_step: the step has ended well.
done_step() {
  [[ $live ]] && printf '\r\e[K'
  printf '%s✓%s %s %s(%d s)%s\n' "$green" "$plain" "$step_title" "$dim" $((SECONDS - step_began)) "$plain"
  step_title=''
}

# note TEXT: a line of its own between two steps.
note() { printf '  %s%s%s\n' "$dim" "$1" "$plain"; }

# quietly COMMAND…: its output goes to the log; its failure ends the bootstrap through the ERR trap, which must not
# fire while the redirection holds (COMMAND may be a function): it would speak to the log.
quietly() {
  local status=0
  printf '+ %s\n' "$*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null || status=$?
  return "$status"
}

# give_up [REASON]: say what failed, the last lines of the log, and what to do.
give_up() {
  trap - ERR
  [[ $live && $step_title ]] && printf '\n'
  {
    printf '%s✗ %s%s\n' "$red" "${step_title:-Chuẩn bị máy · preparing this machine}" "$plain"
    if [[ ${1:-} ]]; then
      printf '  %s\n' "$@"
    else
      tail -n 15 "$log" | sed 's/^/  │ /'
      [[ $step_hint ]] && printf '  → %s\n' "$step_hint"
    fi
    printf '  Nhật ký đầy đủ · full log: %s\n' "$log"
  } >&2
  exit 1
}
