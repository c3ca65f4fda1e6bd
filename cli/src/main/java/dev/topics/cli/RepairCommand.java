package dev.topics.cli;

import dev.topics.engine.Repair;
import dev.topics.engine.model.LostRange;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.ScratchDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `topics repair`: says what a repair would give up, or gives it up.
///
/// The exit status is [ExitStatus#DAMAGED] if there is damage that stays because nobody has
/// accepted the loss.
@Command(
    name = "repair",
    description = {
      "Make a damaged data directory open again by giving up what cannot be read.",
      "Without --accept-loss only says what would be lost, and changes nothing."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RepairCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The data directory.")
  private Path directory;

  @Option(
      names = "--accept-loss",
      description = {
        "Do it: the damaged files are copied to quarantine/, and readers get a tombstone",
        "(reason \"corrupt\") for what is lost."
      })
  private boolean acceptLoss;

  @Mixin private ColdDirectory cold;

  @Option(
      names = "--missing-is-lost",
      description = {
        "Packs that are in neither directory are lost. Without, nothing is repaired while one is",
        "missing: its disk may not be mounted."
      })
  private boolean missingIsLost;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      Repair repair = trial();
      if (!repair.missing().isEmpty() && !missingIsLost) {
        err.printf(
            "not there: %s%n%s If these files are lost for good: --missing-is-lost%n",
            String.join(", ", repair.missing()),
            cold.isNamed()
                ? "Is the disk of the cold directory mounted, and is it the right directory?"
                : "If the server has a cold directory, name it: --cold-dir DIR.");
        return ExitStatus.FAILED;
      }
      if (acceptLoss && repair.needed()) {
        try (Disk disk = cold.open(directory)) {
          repair = Repair.of(disk);
        }
      }
      repair.notes().forEach(note -> err.println("note: " + note));
      print(repair, out);
      return !repair.needed() || acceptLoss ? ExitStatus.OK : ExitStatus.DAMAGED;
    } finally {
      out.flush();
    }
  }

  private Repair trial() throws IOException {
    try (Disk disk = ScratchDisk.over(cold.open(directory))) {
      return Repair.of(disk);
    }
  }

  private void print(Repair repair, PrintWriter out) {
    if (!repair.needed()) {
      String noted = repair.notes().isEmpty() ? "" : " that a server does not mend by itself";
      out.println("nothing is damaged" + noted + ", nothing was changed");
      return;
    }
    repair.damage().forEach(damage -> out.println("damage: " + damage));
    for (LostRange range : repair.lost()) {
      out.printf(
          "%s: topic \"%s\", records %d to %d%n",
          acceptLoss ? "lost" : "would be lost", range.topic(), range.first(), range.last());
    }
    if (repair.lost().isEmpty()) {
      out.println(acceptLoss ? "no record is lost" : "no record would be lost");
    }
    out.println(
        acceptLoss
            ? "repaired; what was changed is kept in " + directory.resolve("quarantine")
            : "nothing was changed; to do it: topics repair --accept-loss %s%s%s"
                .formatted(missingIsLost ? "--missing-is-lost " : "", cold.flag(), directory));
  }
}
