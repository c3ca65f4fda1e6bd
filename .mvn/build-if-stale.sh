# Builds a jar that is not there or older than its sources. Sourced by ./topics and bench/run.
#
# build_if_stale MODULE JAR SOURCE_MODULE…: from the top directory. Maven must create JAR anew in
# every build of MODULE (forceCreation), else it stays stale.

build_if_stale() {
  stale_module=$1
  stale_jar=$2
  shift 2
  if [ -f "$stale_jar" ] && [ -z "$(newer_than "$stale_jar" "$@")" ]; then
    return 0
  fi
  echo "building $stale_module, this takes a moment …" >&2
  if ! ./mvnw -B -q -Dmaven.test.skip=true -pl "$stale_module" -am package >&2; then
    echo "the build of $stale_module failed, see above" >&2
    return 1
  fi
}

# newer_than FILE MODULE…: prints one build file or main source that is newer, if there is one.
newer_than() {
  newer_file=$1
  shift
  {
    find pom.xml -newer "$newer_file"
    for newer_module in "$@"; do
      find "$newer_module/pom.xml" "$newer_module/src/main" -type f -newer "$newer_file"
    done
  } | head -n 1
}
