package dev.topics.cli;

import dev.topics.engine.Verification;
import dev.topics.storage.FilesReport.CheckpointReport;
import dev.topics.storage.FilesReport.PackReport;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.journal.VerifyReport.JournalFileReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `topics verify`: reads all of a data directory and says what is wrong with it.
///
/// The exit status is [ExitStatus#DAMAGED] if anything is lost; what costs nothing is noted.
@Command(
    name = "verify",
    description = "Check every byte of a data directory that no server has open. Changes nothing.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The data directory.")
  private Path directory;

  @Mixin private ColdDirectory cold;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Disk disk = cold.open(directory)) {
      Verification verification = Verification.of(disk);
      print(verification, out);
      printNotes(verification, spec.commandLine().getErr());
      return verification.isSound() ? ExitStatus.OK : ExitStatus.DAMAGED;
    }
  }

  private static void print(Verification verification, PrintWriter out) {
    for (JournalFileReport file : verification.store().files()) {
      out.printf(
          "%s: %d frames, %d to %d%n", file.name(), file.frames(), file.firstLsn(), file.lastLsn());
    }
    for (PackReport pack : verification.files().packs()) {
      out.printf(
          "pack %d: %d bytes, %d topics, %d records%n",
          pack.pack(), pack.bytes(), pack.runs(), pack.records());
    }
    for (CheckpointReport checkpoint : verification.files().checkpoints()) {
      out.printf(
          "checkpoint %d: %d bytes, up to frame %d%n",
          checkpoint.generation(), checkpoint.bytes(), checkpoint.lsn());
    }
    verification.files().damage().forEach(damage -> out.println("DAMAGE: " + damage));
    verification.store().damage().forEach(damage -> out.println("DAMAGE: " + damage));
    verification.findings().forEach(finding -> out.println("DAMAGE: " + finding));
    out.printf(
        "%s: %d topics, %d records, %d frames; the log ends %s%n",
        verification.isSound() ? "sound" : "DAMAGED",
        verification.topics(),
        verification.records(),
        verification.store().frames(),
        switch (verification.store().tail()) {
          case CLEAN -> "with its last frame";
          case TORN -> "with what a crash left unfinished, which the next start cuts off";
          case DAMAGED -> "in damage";
        });
    out.flush();
  }

  private static void printNotes(Verification verification, PrintWriter err) {
    verification.files().notes().forEach(note -> err.println("note: " + note));
    verification.store().notes().forEach(note -> err.println("note: " + note));
  }
}
