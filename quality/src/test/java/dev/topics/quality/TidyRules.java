package dev.topics.quality;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/// What a source may look like: sizes, names and comments. Answers violations, one line each.
final class TidyRules {
  static final int FILE_LINES_MAX = 500;
  static final int METHOD_LINES_MAX = 60;
  static final int COLUMNS_MAX = 100;

  private static final Pattern VAGUE_NAME =
      Pattern.compile("Abstract\\p{Upper}.*|.*(Impl|Manager|Helper|Util)s?");
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");
  private static final Pattern TICKET =
      Pattern.compile(
          "(?i:\\b(issue|ticket|bug|pull request)\\s+#?\\d+)"
              + "|(?<![\\w\\[/&#])#\\d+\\b"
              + "|\\b(?!(?:UTF|SHA|ISO|RFC|CRC|AES|JEP|JDK|HTTP)-)[A-Z]{2,}-\\d{2,}\\b");

  private final SourceFile source;
  private final List<String> violations = new ArrayList<>();

  private TidyRules(SourceFile source) {
    this.source = source;
  }

  static List<String> violations(SourceFile source) {
    var rules = new TidyRules(source);
    rules.checkLines();
    rules.checkComments();
    rules.new Declarations().scan(source.unit(), null);
    return rules.violations;
  }

  private void checkLines() {
    List<String> lines = source.text().lines().toList();
    if (lines.size() > FILE_LINES_MAX) {
      report(1, lines.size() + " lines, at most " + FILE_LINES_MAX);
    }
    for (int i = 0; i < lines.size(); i++) {
      int columns = lines.get(i).codePointCount(0, lines.get(i).length());
      if (columns > COLUMNS_MAX && !lines.get(i).startsWith("import ")) {
        report(i + 1, columns + " columns, at most " + COLUMNS_MAX);
      }
    }
  }

  private void checkComments() {
    for (Comment comment : source.comments()) {
      if (UNFINISHED.matcher(comment.text()).find()) {
        report(comment.line(), "unfinished work in a comment; finish it or leave it out");
      }
      if (TICKET.matcher(comment.text()).find()) {
        report(comment.line(), "a ticket number in a comment; give the reason instead");
      }
      if (comment.text().startsWith("/**")) {
        report(comment.line(), "a /** doc comment; write ///");
      }
    }
  }

  private void report(long line, String what) {
    violations.add(source.name() + ":" + line + ": " + what);
  }

  private final class Declarations extends TreePathScanner<Void, Void> {
    @Override
    public Void visitClass(ClassTree type, Void none) {
      String name = type.getSimpleName().toString();
      if (VAGUE_NAME.matcher(name).matches()) {
        report(startLine(type), name + " says nothing; name the thing itself");
      }
      boolean isPublic = type.getModifiers().getFlags().contains(Modifier.PUBLIC);
      if (isPublic && source.trees().getDocComment(getCurrentPath()) == null) {
        report(startLine(type), "the public type " + name + " has no /// doc");
      }
      return super.visitClass(type, null);
    }

    @Override
    public Void visitMethod(MethodTree method, Void none) {
      long lines = endLine(method) - startLine(method) + 1;
      if (lines > METHOD_LINES_MAX) {
        String what = method.getName() + " has " + lines + " lines, at most " + METHOD_LINES_MAX;
        report(startLine(method), what);
      }
      return super.visitMethod(method, null);
    }

    private long startLine(Tree tree) {
      long start = source.trees().getSourcePositions().getStartPosition(source.unit(), tree);
      return source.unit().getLineMap().getLineNumber(start);
    }

    private long endLine(Tree tree) {
      long end = source.trees().getSourcePositions().getEndPosition(source.unit(), tree);
      return source.unit().getLineMap().getLineNumber(end);
    }
  }
}
