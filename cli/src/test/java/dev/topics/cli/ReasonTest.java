package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

/// What people are told of failures whose message is only a name or a number.
final class ReasonTest {
  @Test
  void aNameAloneIsNoReason() {
    assertThat(Reason.of(new NotDirectoryException("a/b"))).isEqualTo("a/b is not a directory");
    assertThat(Reason.of(new DirectoryNotEmptyException("a/b"))).isEqualTo("a/b is not empty");
    assertThat(Reason.of(new MalformedInputException(1))).isEqualTo("a file is not UTF-8");
  }
}
