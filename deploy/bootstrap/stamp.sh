# Stamps: a step is skipped while the files it reads are unchanged and what it made is still there.
# Sourced by bootstrap.sh; needs $root.

stamps=$root/var/stamps

# stamp_of FILE…: one digest over names and contents.
stamp_of() { sha256sum -- "$@" | sha256sum | cut -d' ' -f1; }

# is_fresh NAME STAMP MADE: true when the step NAME was last done for STAMP and MADE exists.
is_fresh() { [[ -e $3 && -f $stamps/$1 && $(<"$stamps/$1") == "$2" ]]; }

set_fresh() {
  mkdir -p "$stamps"
  printf '%s\n' "$2" >"$stamps/$1"
}
