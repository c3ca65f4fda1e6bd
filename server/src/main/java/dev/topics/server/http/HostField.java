package dev.topics.server.http;

/// The value of Host: a name or an address, and perhaps a port.
final class HostField {
  private HostField() {}

  static boolean isValid(String host) {
    if (host.isEmpty()) {
      return false;
    }
    int nameEnd;
    if (host.charAt(0) == '[') {
      nameEnd = host.indexOf(']') + 1;
      if (nameEnd < 4 || !isMadeOf(host, 1, nameEnd - 1, ":.%")) {
        return false;
      }
    } else {
      int colon = host.indexOf(':');
      nameEnd = colon < 0 ? host.length() : colon;
      if (nameEnd == 0 || !isMadeOf(host, 0, nameEnd, ".-_")) {
        return false;
      }
    }
    if (nameEnd == host.length()) {
      return true;
    }
    if (host.charAt(nameEnd) != ':' || host.length() - nameEnd > 6) {
      return false;
    }
    for (int i = nameEnd + 1; i < host.length(); i++) {
      if (host.charAt(i) < '0' || host.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean isMadeOf(String text, int start, int end, String others) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && others.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
