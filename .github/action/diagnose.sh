#!/usr/bin/env bash
# One diagnosis in a job of GitHub Actions. Every input comes in the environment: none is part of a command's text.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
xdiag=${XDIAG:-xdiag}
folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/xdiag.XXXXXX")

# The job's own token, for the claims that its role is asked with. It goes through pipes only, and is never kept.
token() {
  printf 'Authorization: bearer %s' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" |
    curl --silent --show-error --fail --header @- "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${INPUT_AUDIENCE:-sts.amazonaws.com}" |
    jq --raw-output .value
}

question=() with_token=false
if [ -n "${INPUT_ERROR:-}" ]; then
  printf '%s\n' "$INPUT_ERROR" >"$folder/error.txt"
  question+=(--message "@$folder/error.txt")
fi
if [ -n "${INPUT_ROLE:-}" ]; then
  [ -z "${INPUT_SOURCE:-}" ] || question+=("$INPUT_SOURCE")
  question+=("$INPUT_ROLE")
  if [ -z "${INPUT_SOURCE:-}${INPUT_ERROR:-}${AWS_ACCESS_KEY_ID:-}" ]; then
    if [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
      question+=(--token -) with_token=true
    else
      echo "::warning::This job can get no token: its permissions lack id-token: write. xdiag asks for the repository and the ref alone."
      question+=(--github "$GITHUB_REPOSITORY" --ref "$GITHUB_REF")
    fi
  fi
fi
while IFS= read -r argument; do
  [ -z "$argument" ] || question+=("$argument")
done <<<"${INPUT_ARGUMENTS:-}"
# Whoever can read the repository can read its jobs' summaries: names are told in private repositories only.
redact=() shown=$folder/case.json
case "${INPUT_REDACT:-}" in
  true) redact=(--redact) ;;
  false) ;;
  *) [ "${REPOSITORY_IS_PRIVATE:-}" = true ] || redact=(--redact) ;;
esac

check() {
  "$xdiag" check "${question[@]}" --save-case "$folder/case.json" --output sarif
}
status=0
if $with_token; then
  token | check >"$folder/report.sarif" || status=$?
else
  check >"$folder/report.sarif" </dev/null || status=$?
fi
case $status in
  0 | 1 | 3 | 4) ;;
  *) exit "$status" ;;
esac
# Python itself ends with 1, too, where it cannot start the program: that is no verdict.
[ -s "$folder/report.sarif" ] || exit 70

# One reading of AWS, several forms: what follows comes from the case. The file in SARIF, which points at lines of files
# as they are, holds names whatever is asked; of it, nothing but titles is printed then.
if [ ${#redact[@]} -gt 0 ]; then
  shown=$folder/redacted.json
  "$xdiag" check --case "$folder/case.json" --redact --save-case "$shown" --quiet >"$folder/line.txt" || true
fi
"$xdiag" check --case "$shown" --output json >"$folder/report.json" || true
"$xdiag" check --case "$shown" --output markdown >>"$GITHUB_STEP_SUMMARY" || true
jq --raw-output --arg redacted "${redact[*]}" --from-file "$here/annotations.jq" "$folder/report.sarif"
{
  echo "verdict=$(jq --raw-output .verdict "$folder/report.json")"
  echo "report=$folder/report.json"
  echo "sarif=$folder/report.sarif"
  echo "case=$shown"
} >>"$GITHUB_OUTPUT"
[ "${INPUT_FAIL:-false}" = true ] || exit 0
exit "$status"
