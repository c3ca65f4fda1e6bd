package dev.topics.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.ReadRecord;
import dev.topics.bench.remote.Tombstone;
import dev.topics.bench.remote.TopicState;
import dev.topics.bench.remote.WriteAck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each rule of the oracle has a lie that makes it fire; the truth makes none fire.
final class OracleTest {
  private static final String KEPT = "kept";
  private static final String EPHEMERAL = "ephemeral";

  private final Oracle oracle = new Oracle();

  @BeforeEach
  void threeRecordsAreAcknowledgedInEachTopic() {
    oracle.topic(new CrashTopic(KEPT, "disk"));
    oracle.topic(new CrashTopic(EPHEMERAL, "ephemeral"));
    for (String topic : List.of(KEPT, EPHEMERAL)) {
      oracle.acked(batch(topic, "k1", "a", "b"), ack(1, 2), 0, false);
      oracle.acked(batch(topic, "k2", "c"), ack(3, 3), 2, false);
    }
  }

  @Test
  void theTruthIsNoViolation() {
    oracle.shown(KEPT, 0, page(3, null, record(1, "a"), record(2, "b"), record(3, "c")), 3);
    oracle.shown(KEPT, 3, page(4, null, record(4, "d")), 3);
    oracle.restarted(KEPT, kept(4, 1, 4, 12), false);
    oracle.acked(batch(KEPT, "k3", "d"), ack(4, 4, true), 4, true);
    oracle.acked(batch(KEPT, "k2", "c"), new WriteAck(3, 3, 4, true), 4, true);
    readBack(KEPT, 4, record(1, "a"), record(2, "b"), record(3, "c"), record(4, "d"));
    assertThat(oracle.violations()).isEmpty();
    assertThat(oracle.ackedRecords()).isEqualTo(6);
    assertThat(oracle.dedupedWrites()).isEqualTo(2);
  }

  @Test
  void anEphemeralTopicMayLoseWhatItNames() {
    oracle.restarted(EPHEMERAL, ephemeral(1024, 1025, 0, 0), false);
    oracle.acked(batch(EPHEMERAL, "k2", "c"), ack(1025, 1025), 1024, true);
    Tombstone all = new Tombstone(1, 1024, "restart");
    oracle.shown(EPHEMERAL, 0, page(1025, all, record(1025, "c")), 1025);
    Tombstone rest = new Tombstone(513, 1024, "restart");
    oracle.shown(EPHEMERAL, 512, page(1025, rest, record(1025, "c")), 1025);
    TopicAudit audit = oracle.audit(EPHEMERAL);
    audit.page(page(1025, all, record(1025, "c")));
    audit.finish(ephemeral(1025, 1025, 1, 3));
    assertThat(oracle.violations()).isEmpty();
  }

  @Test
  void aPowerCutMayTakeATailThatIsTold() {
    oracle.restarted(KEPT, kept(1024, 1, 2, 6), true);
    Tombstone tail = new Tombstone(3, 1024, "restart");
    TopicAudit audit = oracle.audit(KEPT);
    audit.page(new DiffPage(List.of(record(1, "a"), record(2, "b")), 2, 1024, 1, false, null));
    audit.page(page(1024, tail));
    audit.finish(kept(1024, 1, 2, 6));
    oracle.acked(batch(KEPT, "k2", "c"), ack(1025, 1025), 1024, true);
    assertThat(oracle.violations()).isEmpty();
  }

  @Test
  void aTailThatAKillTookIsFound() {
    oracle.restarted(KEPT, kept(1024, 1, 2, 6), false);
    fires("came back without 1022 of the seqs up to the head 1024");
  }

  @Test
  void aTailOfClassFsyncThatAPowerCutTookIsFound() {
    oracle.topic(new CrashTopic("sure", "fsync"));
    oracle.acked(batch("sure", "k1", "a", "b"), ack(1, 2), 0, false);
    oracle.restarted("sure", new TopicState(2, 1, 1, 3, "fsync"), true);
    fires("came back without 1 of the seqs up to the head 2");
  }

  @Test
  void aLossOfWhatAnEarlierStartHadIsFound() {
    oracle.restarted(KEPT, kept(3, 1, 3, 9), true);
    oracle.restarted(KEPT, kept(3, 1, 2, 6), true);
    fires("lost 1 seqs up to 3, but had 3 at the start before");
  }

  @Test
  void aTombstoneOfAPowerCutThatIsNotExactIsFound() {
    oracle.restarted(KEPT, kept(1024, 1, 2, 6), true);
    oracle.audit(KEPT).page(page(1024, new Tombstone(2, 1024, "restart"), record(1, "a")));
    fires("has the tombstone");
  }

  @Test
  void aLostRecordIsFound() {
    readBack(KEPT, 3, record(1, "a"), record(3, "c"));
    fires("seqs 2 to 2 are lost, 1 acknowledged");
  }

  @Test
  void aLostTailIsFound() {
    readBack(KEPT, 3, record(1, "a"));
    fires("seqs 2 to 3 are lost, 2 acknowledged");
  }

  @Test
  void aSilentGapIsFound() {
    oracle.acked(batch(KEPT, "k3", "f"), ack(6, 6), 3, false);
    readBack(KEPT, 6, record(1, "a"), record(2, "b"), record(3, "c"), record(6, "f"));
    fires("seqs 4 to 5 are missing without a tombstone");
  }

  @Test
  void aRepeatedRecordIsFound() {
    oracle.restarted(KEPT, kept(4, 1, 4, 12), false);
    oracle.acked(batch(KEPT, "k3", "d"), ack(5, 5), 4, true);
    readBack(
        KEPT, 5, record(1, "a"), record(2, "b"), record(3, "c"), record(4, "d"), record(5, "d"));
    fires("seq 4 was never acknowledged, and is the record of seq 5");
  }

  @Test
  void aWriteAppendedTwiceIsFound() {
    oracle.acked(batch(KEPT, "k2", "c"), ack(4, 4), 3, true);
    fires("write k2 got seqs 4 to 4, and from 3 on before: repeated");
  }

  @Test
  void swappedRecordsAreFound() {
    readBack(KEPT, 3, record(1, "b"), record(2, "a"), record(3, "c"));
    fires("seq 1 is the record of seq 2");
  }

  @Test
  void aChangedByteIsFound() {
    readBack(KEPT, 3, record(1, "a"), record(2, "x"), record(3, "c"));
    fires("seq 2 is nobody's");
  }

  @Test
  void aLostMetaIsFound() {
    SentRecord tagged =
        new SentRecord(Bytes.NONE, Bytes.utf8("\"t\""), Bytes.utf8("{}"), Bytes.utf8("\"d\""));
    oracle.acked(new Batch(KEPT, "k3", List.of(tagged)), ack(4, 4), 3, false);
    oracle.shown(KEPT, 3, page(4, null, record(4, "d")), 4);
    fires("seq 4 is SentRecord");
  }

  @Test
  void recordsOutOfOrderAreFound() {
    readBack(KEPT, 3, record(1, "a"), record(3, "c"), record(2, "b"));
    fires("seq 2 comes after seq 3");
    oracle.shown(KEPT, 0, page(3, null, record(2, "b"), record(1, "a")), 3);
    fires("shows seq 2 where 1 should come");
  }

  @Test
  void aReusedSeqIsFound() {
    oracle.acked(batch(KEPT, "k3", "d"), ack(3, 3), 3, false);
    fires("write k3 got seqs 3 to 3 when the head was 3: seqs reused");
    fires("seq 3 reused: given to \"c\" and to \"d\"");
  }

  @Test
  void aSeqShownWithOneRecordAndGivenToAnotherIsFound() {
    oracle.shown(KEPT, 3, page(4, null, record(4, "d")), 3);
    oracle.acked(batch(KEPT, "k3", "e"), ack(4, 4), 3, false);
    fires("seq 4 reused: shown with \"d\", given to \"e\"");
  }

  @Test
  void aRecordShownAndThenLostIsFound() {
    oracle.shown(KEPT, 3, page(4, null, record(4, "d")), 3);
    oracle.restarted(KEPT, kept(3, 1, 3, 9), false);
    fires("the head went back from 4 to 3");
    readBack(KEPT, 4, record(1, "a"), record(2, "b"), record(3, "c"));
    fires("seq 4 was shown to a reader, and no write got it");
  }

  @Test
  void aSeqReusedAfterAnEphemeralRestartIsFound() {
    oracle.restarted(EPHEMERAL, ephemeral(10, 11, 0, 0), false);
    oracle.acked(batch(EPHEMERAL, "k3", "d"), ack(4, 4), 10, false);
    fires("write k3 got seqs 4 to 4, which a restart took");
  }

  @Test
  void aHeadThatGoesBackIsFound() {
    oracle.shown(KEPT, 0, page(2, null, record(1, "a"), record(2, "b")), 3);
    fires("the head went back from 3 to 2");
  }

  @Test
  void aForgottenConfigurationIsFound() {
    oracle.restarted(KEPT, ephemeral(3, 1, 3, 9), false);
    fires("has the class ephemeral instead of disk");
  }

  @Test
  void aTopicThatIsGoneIsFound() {
    oracle.absentAfterRestart(KEPT);
    fires("is gone after a restart");
  }

  @Test
  void aTombstoneOverKeptRecordsIsFound() {
    oracle.shown(KEPT, 0, page(3, new Tombstone(1, 1, "restart"), record(2, "b")), 3);
    fires("has the tombstone Tombstone[gapFrom=1, gapTo=1, reason=restart] instead of null");
  }

  @Test
  void anEphemeralLossWithoutATombstoneIsFound() {
    oracle.restarted(EPHEMERAL, ephemeral(10, 11, 0, 0), false);
    oracle.shown(EPHEMERAL, 0, page(10, null), 10);
    fires("has the tombstone null instead of Tombstone[gapFrom=1, gapTo=10, reason=restart]");
  }

  @Test
  void aTombstoneOfAnotherRangeIsFound() {
    oracle.restarted(EPHEMERAL, ephemeral(10, 11, 0, 0), false);
    oracle.shown(EPHEMERAL, 0, page(10, new Tombstone(1, 3, "restart")), 10);
    fires("has the tombstone Tombstone[gapFrom=1, gapTo=3, reason=restart]");
  }

  @Test
  void ephemeralRecordsThatComeBackAreFound() {
    oracle.restarted(EPHEMERAL, ephemeral(3, 1, 3, 9), false);
    fires("should be empty");
  }

  @Test
  void aFirstSendingCalledARepetitionIsFound() {
    oracle.acked(batch(KEPT, "k3", "d"), ack(4, 4, true), 3, false);
    fires("write k3 is called a repetition at its first sending");
  }

  @Test
  void seqsThatDoNotFitTheBatchAreFound() {
    oracle.acked(batch(KEPT, "k3", "d", "e"), ack(4, 4), 3, false);
    fires("write k3 of 2 records got seqs 4 to 4");
  }

  @Test
  void aTimeThatGoesBackIsFound() {
    ReadRecord early = new ReadRecord(2, 1, Bytes.NONE, Bytes.NONE, Bytes.NONE, data("b"));
    readBack(KEPT, 3, record(1, "a"), early, record(3, "c"));
    fires("seq 2 has the time 1 after 1000");
  }

  @Test
  void aWrongCountIsFound() {
    TopicAudit audit = oracle.audit(KEPT);
    audit.page(page(3, null, record(1, "a"), record(2, "b"), record(3, "c")));
    audit.finish(kept(3, 1, 4, 9));
    fires("3 records of 9 bytes were read");
  }

  @Test
  void aWriteThatWasNeverAnsweredMayNotBeThere() {
    readBack(KEPT, 3, record(1, "a"), record(2, "b"), record(3, "c"));
    assertThat(oracle.violations()).isEmpty();
    oracle.restarted(KEPT, kept(4, 1, 4, 12), false);
    readBack(KEPT, 4, record(1, "a"), record(2, "b"), record(3, "c"), record(4, "z"));
    fires("seq 4 was never acknowledged, and is nobody's");
  }

  private void readBack(String topic, long head, ReadRecord... records) {
    TopicAudit audit = oracle.audit(topic);
    audit.page(page(head, null, records));
    assertThat(audit.complete()).isTrue();
    audit.finish(kept(head, 1, records.length, 3L * records.length));
  }

  private static TopicState kept(long head, long earliest, long count, long bytes) {
    return new TopicState(head, earliest, count, bytes, "disk");
  }

  private static TopicState ephemeral(long head, long earliest, long count, long bytes) {
    return new TopicState(head, earliest, count, bytes, "ephemeral");
  }

  private void fires(String text) {
    assertThat(oracle.violations()).anySatisfy(found -> assertThat(found).contains(text));
  }

  private static Batch batch(String topic, String key, String... texts) {
    List<SentRecord> records =
        Stream.of(texts)
            .map(text -> new SentRecord(Bytes.NONE, Bytes.NONE, Bytes.NONE, data(text)))
            .toList();
    return new Batch(topic, key, records);
  }

  private static ReadRecord record(long seq, String text) {
    return new ReadRecord(seq, 1000, Bytes.NONE, Bytes.NONE, Bytes.NONE, data(text));
  }

  private static Bytes data(String text) {
    return Bytes.utf8("\"" + text + "\"");
  }

  private static WriteAck ack(long first, long last) {
    return ack(first, last, false);
  }

  private static WriteAck ack(long first, long last, boolean deduped) {
    return new WriteAck(first, last, last, deduped);
  }

  private static DiffPage page(long head, @Nullable Tombstone tombstone, ReadRecord... records) {
    List<ReadRecord> list = new ArrayList<>(List.of(records));
    long next = list.isEmpty() ? head : list.getLast().seq();
    return new DiffPage(list, next, head, 1, true, tombstone);
  }
}
