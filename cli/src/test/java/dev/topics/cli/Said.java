package dev.topics.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/// What a command answered.
record Said(int status, String out, String err) {
  static Said by(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine topics = Main.commandLine();
    topics.setOut(new PrintWriter(out, true));
    topics.setErr(new PrintWriter(err, true));
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return new Said(topics.execute(words), out.toString(), err.toString());
  }
}
