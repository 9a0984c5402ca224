#!/usr/bin/env bash
# Every suite, one closing line. Usage: tests/run.sh [--filter TEXT]
#   --filter TEXT  only tests whose full name contains TEXT
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
filter=
while [ $# -gt 0 ]; do
  case "$1" in
    --filter) filter=${2:?--filter needs a text}; shift 2 ;;
    -h | --help) sed -n '2,3p' "$0" | cut -c3-; exit 0 ;;
    *) echo "unknown argument '$1'; usage: ./mammut test [--filter TEXT]" >&2; exit 2 ;;
  esac
done

passed=0 failed=0 skipped=0 bad=()
out="$root/artifacts/test-results"
mkdir -p "$out"
say() { printf '\n== %s (%s)\n' "$1" "$(date +%H:%M:%S)"; }
check() { # name command…: one check that passes or fails
  local name=$1; shift
  say "$name"
  if "$@" >"$out/$name.log" 2>&1; then passed=$((passed + 1)); echo ok; else
    failed=$((failed + 1)); bad+=("$name"); tail -40 "$out/$name.log"
  fi
}
finish() {
  local name
  for name in "${bad[@]:-}"; do [ -n "$name" ] && echo "FAILED: $name"; done
  echo
  if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# What the tests need beside NuGet and npm packages, from Debian when this is Debian and we may install
tools() {
  local missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  command -v ffmpeg >/dev/null || missing+=(ffmpeg)
  command -v ip >/dev/null || missing+=(iproute2)
  command -v gcc >/dev/null || missing+=(gcc libc6-dev)
  ls /usr/lib/*/libjemalloc.so.2 >/dev/null 2>&1 || missing+=(libjemalloc2)
  [ ${#missing[@]} -gt 0 ] || return 0
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$out/apt.log" 2>&1 ||
      { tail -5 "$out/apt.log"; echo "could not install ${missing[*]}: tests that need them are skipped with that reason"; }
  else
    echo "not installed: ${missing[*]}; tests that need them are skipped with that reason"
  fi
}
tools

say build
if ! dotnet build MammutScale.sln -c Release --nologo -v q >"$out/build.log" 2>&1; then
  grep -E 'error' "$out/build.log" | sort -u | head -30
  failed=1 bad=(build)
  finish
fi
echo ok

if [ -z "$filter" ]; then
  check format dotnet format whitespace MammutScale.sln --verify-no-changes --no-restore
  check ui sh -c 'cd dashboard/ui && { [ -d node_modules ] || npm ci --no-audit --no-fund; } && npm run --silent check && npm test --silent'
fi

# torch's threads spin while they wait, which makes tests on a shared machine many times slower
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive
run_suite() { # project [extra arguments…]: prints the runner's output
  local name=$1; shift
  local arguments=(-noLogo -noColor)
  if [ -n "$filter" ]; then arguments+=(-method "*$filter*"); fi
  timeout 1500 dotnet "artifacts/bin/$name/release_linux-x64/$name.dll" "${arguments[@]}" "$@"
}
suites=$(find tests -name '*.Tests.csproj' -printf '%f\n' | sed 's/\.csproj$//' | sort | sed '/EndToEnd/d'; echo MammutScale.EndToEnd.Tests)
for name in $suites; do
  say "$name"
  begun=$SECONDS
  run_suite "$name" >"$out/$name.log" 2>&1
  status=$?
  line=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$out/$name.log" | tail -1)
  if [ -z "$line" ]; then
    if [ -n "$filter" ] && grep -q 'No tests' "$out/$name.log"; then echo "none"; continue; fi
    failed=$((failed + 1)); bad+=("$name (ended with $status and no summary)"); tail -30 "$out/$name.log"
    continue
  fi
  read -r total errors fails skips < <(echo "$line" | grep -oE '[0-9]+' | paste -sd' ')
  if [ $((errors + fails)) -gt 0 ]; then
    grep -E -A12 '\[FAIL\]' "$out/$name.log" | head -80
    mapfile -t names < <(grep -E '\[FAIL\]' "$out/$name.log" | sed -E 's/^ *//; s/ \[FAIL\].*//; s/\(.*//' | sort -u)
    # real processes, sockets and browsers on a busy machine: a failed test gets one more try, alone, and is named when it then passes
    if [ "$errors" -eq 0 ] && [ ${#names[@]} -le 3 ]; then
      for test in "${names[@]}"; do
        if timeout 900 dotnet "artifacts/bin/$name/release_linux-x64/$name.dll" -noLogo -noColor -method "$test" >"$out/$name.again.log" 2>&1; then
          echo "UNSTEADY: $test failed once and passed alone"
          fails=$((fails - 1))
        fi
      done
      [ "$fails" -ge 0 ] || fails=0
    fi
    [ $((errors + fails)) -eq 0 ] || bad+=("${names[@]}")
  fi
  passed=$((passed + total - errors - fails - skips)) failed=$((failed + errors + fails)) skipped=$((skipped + skips))
  [ "$skips" -eq 0 ] || grep -E -A1 '\[SKIP\]' "$out/$name.log" | head -20
  echo "$line in $((SECONDS - begun)) s"
done
finish
