# Starts and stops the packaged server for scripts of this directory. Sourced by bash.
#
# start_server DIR: serves DIR/data on a free loopback port; sets server_pid and server_address
#                   (host:port); its output goes to DIR/server.log.
# stop_server:      SIGTERM; fails unless the server exits with 0 within two minutes.

# free_port:        prints a loopback port that nobody listens on, outside those that systems give away.

server_pid=''
server_address=''

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

start_server() {
  local port_file=$1/port log=$1/server.log
  ./topics --version >&2 # builds what is stale, which is not part of starting
  rm -f "$port_file"
  TOPICS_HOST=127.0.0.1 TOPICS_PORT=0 TOPICS_PORT_FILE=$port_file TOPICS_DATA_DIR=$1/data \
    ./topics serve >>"$log" 2>&1 &
  server_pid=$!
  if ! await_ready "$port_file"; then
    echo "the server did not become ready; its log:" >&2
    cat "$log" >&2
    return 1
  fi
}

# await_ready PORT_FILE
await_ready() {
  local tries
  for ((tries = 0; tries < 1800; tries++)); do
    kill -0 "$server_pid" 2>/dev/null || return 1
    if [[ -s $1 ]]; then
      server_address=$(<"$1")
      curl -fs -o /dev/null "http://$server_address/v0/ready" && return 0
    fi
    sleep 0.1
  done
  return 1
}

stop_server() {
  local pid=$server_pid status=0 tries
  kill -TERM "$pid"
  for ((tries = 0; tries < 1200; tries++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if kill -0 "$pid" 2>/dev/null; then
    echo "the server ignored SIGTERM for two minutes" >&2
    return 1
  fi
  server_pid=''
  wait "$pid" || status=$?
  if ((status != 0)); then
    echo "the server exited with $status on SIGTERM" >&2
    return 1
  fi
}
