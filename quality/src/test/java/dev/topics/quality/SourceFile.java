package dev.topics.quality;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A Java source, parsed but not compiled: its text, its comments and its syntax tree.
record SourceFile(
    String name, String text, List<Comment> comments, CompilationUnitTree unit, Trees trees) {

  static SourceFile parse(String name, String text) {
    return parse(List.of(new Text(name, text))).getFirst();
  }

  /// Every main and test source below a directory of modules, in the order of their paths.
  static List<SourceFile> allBelow(Path root) throws IOException {
    try (Stream<Path> modules = Files.list(root)) {
      List<Text> texts =
          modules
              .flatMap(module -> Stream.of(module.resolve("src/main"), module.resolve("src/test")))
              .filter(Files::isDirectory)
              .flatMap(SourceFile::javaFiles)
              .sorted()
              .map(file -> new Text(root.relativize(file).toString(), read(file)))
              .toList();
      return parse(texts);
    }
  }

  private static List<SourceFile> parse(List<Text> texts) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var task = (JavacTask) compiler.getTask(null, null, _ -> {}, List.of(), null, texts);
    var trees = Trees.instance(task);
    List<SourceFile> sources = new ArrayList<>();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        String name = unit.getSourceFile().toUri().getPath().substring(1);
        String text = unit.getSourceFile().getCharContent(true).toString();
        sources.add(new SourceFile(name, text, Comment.of(text), unit, trees));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  private static Stream<Path> javaFiles(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String name, String text) {
      super(URI.create("mem:///" + name), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
