# Downloads that fail now and then. Sourced by bash.
#
# attempt COMMAND…: runs it up to three times, five minutes each, until it succeeds.

attempt() {
  local try
  for try in 1 2 3; do
    timeout 300 "$@" && return 0
    sleep $((5 * try))
  done
  return 1
}
