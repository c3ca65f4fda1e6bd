# Finds a JDK 25 or newer and exports it as JAVA_HOME. Sourced by ./mvnw and ./topics (POSIX sh).
#
# Order: JAVA_HOME, `java` on the PATH, then the places where JDKs are usually installed. Of several
# in those places the lowest version that suffices is taken, so that the choice is stable.

TOPICS_JDK_MIN=25

# jdk_version DIR: prints the feature version of the JDK in DIR; fails if there is none.
jdk_version() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  jdk_version_line=''
  if [ -r "$1/release" ]; then
    jdk_version_line=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9][0-9]*\).*/\1/p' "$1/release")
  fi
  if [ -z "$jdk_version_line" ]; then
    jdk_version_line=$("$1/bin/java" -version 2>&1 |
      sed -n 's/^.* version "\([0-9][0-9]*\).*/\1/p' | head -n 1)
  fi
  [ -n "$jdk_version_line" ] && printf '%s\n' "$jdk_version_line"
}

# jdk_suffices DIR
jdk_suffices() {
  jdk_found=$(jdk_version "$1") && [ "$jdk_found" -ge "$TOPICS_JDK_MIN" ]
}

# jdk_of_path: prints the home of the `java` on the PATH.
jdk_of_path() {
  jdk_java=$(command -v java) || return 1
  "$jdk_java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
}

# jdk_candidates: prints the homes in the usual places, one a line.
jdk_candidates() {
  for jdk_dir in /usr/lib/jvm/* /usr/java/* /opt/* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -d "$jdk_dir" ] && printf '%s\n' "$jdk_dir"
  done
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home -v "$TOPICS_JDK_MIN+" 2>/dev/null
  fi
  return 0
}

# jdk_installed: prints "version home" of the lowest sufficient version in the usual places.
jdk_installed() {
  jdk_candidates | while IFS= read -r jdk_dir; do
    jdk_suffices "$jdk_dir" && printf '%s %s\n' "$jdk_found" "$jdk_dir"
  done | sort -n -k 1,1 | head -n 1
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && jdk_suffices "$JAVA_HOME"; then
    export JAVA_HOME
    return 0
  fi
  jdk_home=$(jdk_of_path) || jdk_home=''
  if [ -z "$jdk_home" ] || ! jdk_suffices "$jdk_home"; then
    jdk_home=$(jdk_installed)
    jdk_home=${jdk_home#* }
  fi
  if [ -z "$jdk_home" ]; then
    cat >&2 <<END
error: topics needs a JDK $TOPICS_JDK_MIN or newer (a JDK, not only a JRE), and none was found.
  JAVA_HOME    ${JAVA_HOME:-(not set)}
  java on PATH $(command -v java || echo none) $(java -version 2>&1 | sed -n 's/^.* version "\([^"]*\)".*/(version \1)/p')
  searched     /usr/lib/jvm /usr/java /opt ~/.sdkman/candidates/java ~/.jdks /Library/Java
Install one, for example:
  Debian, Ubuntu  apt install openjdk-25-jdk, or temurin-25-jdk from packages.adoptium.net
  Fedora          dnf install java-25-openjdk-devel
  macOS           brew install openjdk@25
  SDKMAN!         sdk install java 25-tem
or download it from https://adoptium.net and set JAVA_HOME to where it is.
END
    return 1
  fi
  JAVA_HOME=$jdk_home
  export JAVA_HOME
}
