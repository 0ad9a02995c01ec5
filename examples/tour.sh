#!/bin/sh
# The tool's main job in front of the reader, on a sample company: `make demo` runs it.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PIPE_DB="$folder/demo.db" PIPE_ME="${PIPE_ME:-lea}" PIPE_CONFIG="$folder/config.toml"

say() {
    printf '\n\033[1m%s\033[0m\n' "$1"
}

# `as NAME run …` shows whose terminal it is.
as() {
    who=$1
    shift
    PIPE_ME=$who "$@"
}

run() {
    line=pipe
    [ "${who:-}" = "" ] || line="PIPE_ME=$who pipe"
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_=.,:/-]*) line="$line \"$word\"" ;;
            *) line="$line $word" ;;
        esac
    done
    printf '\n\033[2m$\033[0m %s\n' "$line"
    pipe "$@"
}

# A refusal is part of the story: its exit code is shown instead of ending it.
refused() {
    code=0
    run "$@" || code=$?
    printf '\033[2m(exit code %s)\033[0m\n' "$code"
}

say "A sample company: opportunities, exchanges, next actions, around today."
pipe demo --seed 1

say "1. An opportunity moves only when its stage's criteria are proven. This one cannot yet:"
refused advance 12
refused why 12

say "2. The proof: who decides, and how we know. Engineering approves; nobody else can."
run prove 12 decision-maker "Jeanne said on the phone that she signs" --set "decision_maker=Jeanne Martin"
as marc run approve 12 feasible
who=

say "3. A finished meeting, logged, proven and advanced, is one command:"
run done 12 "Walked Jeanne through the offer; she will read it with her CFO" --kind meeting \
    --next "call about the offer" --due +5d --advance

say "4. What is late, what went quiet:"
run overdue
run stale

say "5. What will come in, by the rules and from the pipeline's own history, and which of the two to believe:"
run forecast

say "6. Why that number moved since Monday, and where attention matters most:"
run forecast changes
run focus --limit 4

say "Three commands to type next:"
cat <<'END'
  .venv/bin/pipe --demo demo     fill a demo workspace of your own with this sample
  .venv/bin/pipe --demo board    the whole pipeline on one screen; ? shows every key, q leaves
  .venv/bin/pipe init            make your company's workspace, with your own stages
END
