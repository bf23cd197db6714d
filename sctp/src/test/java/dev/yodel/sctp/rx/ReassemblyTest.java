package dev.yodel.sctp.rx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.InterleavedForwardChunk;
import dev.yodel.sctp.packet.Serial;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both reassemblies against what was sent: any order of arrival, whole and in pieces, with and without losses for ever. */
class ReassemblyTest {
    private static final int STREAMS = 4;

    @SuppressWarnings("ArrayRecordComponent")
    private record Sent(int number, int streamId, boolean unordered, byte[] data) {}

    private record Piece(DataChunk chunk, long tsn, Sent message, long messageNumber) {}

    /** A peer's side: messages, cut and numbered. */
    private static final class Scenario {
        final List<Piece> pieces = new ArrayList<>();
        final List<Sent> messages = new ArrayList<>();

        Scenario(SplittableRandom random, boolean interleaved, int firstNumber, long firstTsn) {
            int[] ordered = new int[STREAMS];
            int[] unordered = new int[STREAMS];
            java.util.Arrays.fill(ordered, firstNumber);
            java.util.Arrays.fill(unordered, firstNumber);
            List<ArrayDeque<DataChunk>> lanes = new ArrayList<>();
            List<Sent> owners = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int streamId = random.nextInt(STREAMS);
                boolean isUnordered = random.nextInt(3) == 0;
                byte[] data = new byte[4 + random.nextInt(random.nextInt(4) == 0 ? 400 : 12)];
                random.nextBytes(data);
                Bytes.put32(data, 0, i);
                Sent sent = new Sent(i, streamId, isUnordered, data);
                messages.add(sent);
                int number = isUnordered ? unordered[streamId]++ : ordered[streamId]++;
                lanes.add(cut(sent, number, interleaved, 1 + random.nextInt(30)));
                owners.add(sent);
            }
            long tsn = firstTsn;
            int done = 0;
            while (done < lanes.size()) {
                int lane = done;
                if (interleaved) {
                    // One of the next few messages that are not of the same stream and order as an earlier unfinished
                    // one.
                    lane = pick(random, lanes, owners, done);
                }
                DataChunk chunk = lanes.get(lane).remove();
                DataChunk numbered = new DataChunk(
                        interleaved,
                        chunk.flags(),
                        (int) tsn,
                        chunk.streamId(),
                        interleaved ? chunk.messageNumber() : chunk.messageNumber() & 0xffff,
                        chunk.fragment(),
                        chunk.ppid(),
                        chunk.data(),
                        chunk.offset(),
                        chunk.length());
                pieces.add(new Piece(numbered, tsn++, owners.get(lane), chunk.messageNumber()));
                while (done < lanes.size() && lanes.get(done).isEmpty()) {
                    done++;
                }
            }
        }

        private static int pick(
                SplittableRandom random, List<ArrayDeque<DataChunk>> lanes, List<Sent> owners, int done) {
            List<Integer> open = new ArrayList<>();
            Set<Integer> busy = new HashSet<>();
            for (int i = done; i < Math.min(lanes.size(), done + 12); i++) {
                Sent owner = owners.get(i);
                boolean isFree = busy.add(owner.streamId << 1 | (owner.unordered ? 1 : 0));
                if (!lanes.get(i).isEmpty() && isFree) {
                    open.add(i);
                }
                if (lanes.get(i).isEmpty()) {
                    busy.remove(owner.streamId << 1 | (owner.unordered ? 1 : 0));
                }
            }
            return open.get(random.nextInt(open.size()));
        }

        private static ArrayDeque<DataChunk> cut(Sent sent, int number, boolean interleaved, int size) {
            ArrayDeque<DataChunk> chunks = new ArrayDeque<>();
            for (int at = 0, fragment = 0; at < sent.data.length; at += size, fragment++) {
                int length = Math.min(size, sent.data.length - at);
                int flags = (at == 0 ? DataChunk.FLAG_BEGIN : 0)
                        | (at + length == sent.data.length ? DataChunk.FLAG_END : 0)
                        | (sent.unordered ? DataChunk.FLAG_UNORDERED : 0);
                chunks.add(new DataChunk(
                        interleaved,
                        flags,
                        0,
                        sent.streamId,
                        number,
                        interleaved ? fragment : 0,
                        at == 0 || !interleaved ? 53 : 0,
                        sent.data,
                        at,
                        length));
            }
            return chunks;
        }
    }

    /** What the owner sees of the events. */
    private static final class Owner {
        final Map<Integer, byte[]> byNumber = new LinkedHashMap<>();
        final Map<Integer, List<Integer>> orderOfStream = new HashMap<>();
        private final Map<Integer, ByteArrayOutputStream> open = new HashMap<>();
        int pieces;
        int abandoned;

        void take(SctpEvent event) {
            if (event instanceof SctpEvent.Message message) {
                assertThat(message.ppid()).isEqualTo(53);
                whole(message.streamId(), message.unordered(), message.data());
            } else if (event instanceof SctpEvent.MessagePiece piece) {
                pieces++;
                if (piece.first() && piece.last()) {
                    whole(piece.streamId(), piece.unordered(), piece.data());
                    return;
                }
                int lane = piece.streamId() << 1 | (piece.unordered() ? 1 : 0);
                assertThat(open.containsKey(lane)).isEqualTo(!piece.first());
                assertThat(piece.ppid()).isEqualTo(53);
                open.computeIfAbsent(lane, unused -> new ByteArrayOutputStream())
                        .writeBytes(piece.data());
                if (piece.last()) {
                    whole(piece.streamId(), piece.unordered(), open.remove(lane).toByteArray());
                }
            } else if (event instanceof SctpEvent.MessageAbandoned gone) {
                abandoned++;
                assertThat(open.remove(gone.streamId() << 1 | (gone.unordered() ? 1 : 0)))
                        .isNotNull();
            }
        }

        private void whole(int streamId, boolean unordered, byte[] data) {
            int number = Bytes.i32(data, 0);
            assertThat(byNumber.put(number, data)).isNull();
            if (!unordered) {
                orderOfStream
                        .computeIfAbsent(streamId, unused -> new ArrayList<>())
                        .add(number);
            }
        }

        boolean hasOpen() {
            return !open.isEmpty();
        }
    }

    private final ArrayDeque<SctpEvent> events = new ArrayDeque<>();
    private final ReceiveWindow window = new ReceiveWindow(SctpOptions.defaults());
    private PieceThresholds thresholds = new PieceThresholds(-1);

    private Reassembly reassembly(boolean interleaved) {
        Delivery delivery = new Delivery(1_000, thresholds, window, events);
        return interleaved ? new InterleavedReassembly(delivery) : new TsnReassembly(delivery);
    }

    private void drain(Owner owner) {
        for (SctpEvent event = events.poll(); event != null; event = events.poll()) {
            window.polled(event);
            owner.take(event);
        }
    }

    private static List<Piece> disturbed(SplittableRandom random, List<Piece> pieces, int reach) {
        List<Piece> order = new ArrayList<>(pieces);
        for (int i = 0; i < order.size(); i++) {
            int j = Math.min(order.size() - 1, i + random.nextInt(reach + 1));
            Piece swapped = order.get(i);
            order.set(i, order.get(j));
            order.set(j, swapped);
        }
        return order;
    }

    /** Brings a reassembly to where its numbers are about to wrap. */
    private static void startAt(Reassembly reassembly, int number) {
        for (int streamId = 0; streamId < STREAMS && number != 0; streamId++) {
            if (reassembly instanceof TsnReassembly byTsn) {
                // Two steps, because a number may be skipped half way round at most.
                byTsn.skip(1, new int[] {streamId, 0x7000, streamId, 0xe000, streamId, (number - 1) & 0xffff});
            } else if (reassembly instanceof InterleavedReassembly byMessage) {
                byMessage.skip(List.of(
                        new InterleavedForwardChunk.Skip(streamId, false, 0x7000_0000),
                        new InterleavedForwardChunk.Skip(streamId, false, 0xe000_0000),
                        new InterleavedForwardChunk.Skip(streamId, false, number - 1)));
            }
        }
    }

    @Test
    void C16_messagesComeWholeAndInOrderHoweverTheirPiecesArrive() {
        for (int seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            boolean interleaved = seed % 2 == 0;
            int first = seed % 3 == 0 ? -random.nextInt(1, 40) : 0;
            Scenario scenario = new Scenario(random, interleaved, first, Serial.EPOCH + random.nextInt(1_000));
            thresholds = new PieceThresholds(seed % 5 == 0 ? 0 : seed % 5 == 1 ? 50 : -1);
            Reassembly reassembly = reassembly(interleaved);
            startAt(reassembly, first);
            Owner owner = new Owner();
            for (Piece piece : disturbed(random, scenario.pieces, random.nextInt(40))) {
                assertThat(reassembly.add(piece.chunk, piece.tsn))
                        .as("seed %s", seed)
                        .isNull();
                if (random.nextInt(4) == 0) {
                    drain(owner);
                }
                if (seed % 7 == 0 && random.nextInt(50) == 0) {
                    int streamId = random.nextInt(STREAMS);
                    thresholds.set(streamId, random.nextInt(-1, 100));
                    reassembly.thresholdChanged(streamId);
                }
            }
            drain(owner);
            check(scenario, owner, Set.of(), seed);
            assertThat(owner.pieces > 0).as("seed %s", seed).isEqualTo(seed % 5 < 2 || seed % 7 == 0);
        }
    }

    private void check(Scenario scenario, Owner owner, Set<Integer> mayBeMissing, int seed) {
        for (Sent sent : scenario.messages) {
            byte[] data = owner.byNumber.get(sent.number);
            if (data == null) {
                assertThat(mayBeMissing).as("seed %s", seed).contains(sent.number);
            } else {
                assertThat(data).as("seed %s", seed).isEqualTo(sent.data);
            }
        }
        owner.orderOfStream
                .values()
                .forEach(order -> assertThat(order).as("seed %s", seed).isSorted());
        assertThat(owner.hasOpen()).as("seed %s", seed).isFalse();
        assertThat(window.heapBytes()).as("seed %s", seed).isZero();
    }

    @Test
    void C13_whatThePeerGivesUpIsSkippedAndLeavesNothingBehind() {
        int abandoned = 0;
        for (int seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(1_000 + seed);
            boolean interleaved = seed % 2 == 0;
            Scenario scenario = new Scenario(random, interleaved, 0, Serial.EPOCH);
            thresholds = new PieceThresholds(seed % 3 == 0 ? 20 : -1);
            Reassembly reassembly = reassembly(interleaved);
            Set<Integer> givenUp = new HashSet<>();
            while (givenUp.size() < 15) {
                givenUp.add(random.nextInt(scenario.messages.size()));
            }
            List<Piece> arriving = new ArrayList<>();
            for (Piece piece : scenario.pieces) {
                if (!givenUp.contains(piece.message.number) || random.nextBoolean()) {
                    arriving.add(piece);
                }
            }
            Owner owner = new Owner();
            for (Piece piece : disturbed(random, arriving, 10)) {
                assertThat(reassembly.add(piece.chunk, piece.tsn))
                        .as("seed %s", seed)
                        .isNull();
                drain(owner);
            }
            long last = scenario.pieces.get(scenario.pieces.size() - 1).tsn;
            skip(reassembly, scenario, givenUp, last);
            // Once more, as if the first had been late.
            skip(reassembly, scenario, givenUp, last);
            drain(owner);
            check(scenario, owner, givenUp, seed);
            abandoned += owner.abandoned;
        }
        assertThat(abandoned).isPositive();
    }

    private static void skip(Reassembly reassembly, Scenario scenario, Set<Integer> givenUp, long last) {
        Map<Integer, Long> lastOfLane = new HashMap<>();
        for (Piece piece : scenario.pieces) {
            Sent message = piece.message;
            if (givenUp.contains(message.number)) {
                lastOfLane.put(message.streamId << 1 | (message.unordered ? 1 : 0), piece.messageNumber);
            }
        }
        if (reassembly instanceof InterleavedReassembly byMessage) {
            List<InterleavedForwardChunk.Skip> skips = new ArrayList<>();
            lastOfLane.forEach((lane, number) ->
                    skips.add(new InterleavedForwardChunk.Skip(lane >> 1, (lane & 1) != 0, number.intValue())));
            byMessage.skip(skips);
        } else if (reassembly instanceof TsnReassembly byTsn) {
            List<Integer> pairs = new ArrayList<>();
            lastOfLane.forEach((lane, number) -> {
                if ((lane & 1) == 0) {
                    pairs.add(lane >> 1);
                    pairs.add(number.intValue());
                }
            });
            byTsn.skip(last, pairs.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    private static DataChunk interleaved(int flags, int streamId, int message, int fragment, int length) {
        return new DataChunk(true, flags, 0, streamId, message, fragment, 53, new byte[length], 0, length);
    }

    private static final int BEGIN = DataChunk.FLAG_BEGIN;
    private static final int END = DataChunk.FLAG_END;
    private static final int UNORDERED = DataChunk.FLAG_UNORDERED;

    @Test
    void C03_piecesThatContradictEachOther() {
        List<List<DataChunk>> lies = List.of(
                // A fragment number of 0 that does not begin.
                List.of(interleaved(0, 1, 0, 0, 9)),
                // The same fragment twice, before and behind the hole, of either order.
                List.of(interleaved(BEGIN, 1, 0, 0, 9), interleaved(BEGIN, 1, 0, 0, 9)),
                List.of(interleaved(UNORDERED, 1, 0, 5, 9), interleaved(UNORDERED, 1, 0, 5, 9)),
                // Something behind the end; two ends.
                List.of(interleaved(END, 1, 0, 5, 9), interleaved(0, 1, 0, 6, 9)),
                List.of(interleaved(0, 1, 0, 6, 9), interleaved(END, 1, 0, 5, 9)),
                List.of(interleaved(END, 1, 0, 5, 9), interleaved(END, 1, 0, 6, 9)),
                // A message that was begun begins and ends.
                List.of(interleaved(BEGIN, 1, 0, 0, 9), interleaved(BEGIN | END, 1, 0, 0, 9)));
        for (List<DataChunk> lie : lies) {
            Reassembly reassembly = reassembly(true);
            Violation found = null;
            for (DataChunk chunk : lie) {
                assertThat(found).isNull();
                found = reassembly.add(chunk, 0);
            }
            assertThat(found).as("%s", lie).isEqualTo(Violation.CONTRADICTION);
        }
    }

    @Test
    void C10_whatIsLargerThanAnnouncedIsRefusedUnlessItMayComeInPieces() {
        for (boolean interleaved : new boolean[] {true, false}) {
            for (int size = 998; size <= 1_002; size++) {
                for (int threshold = -1; threshold <= 500; threshold += 501) {
                    thresholds = new PieceThresholds(threshold);
                    Reassembly reassembly = reassembly(interleaved);
                    DataChunk begin =
                            new DataChunk(interleaved, BEGIN, 0, 1, 0, 0, 53, new byte[size - 1], 0, size - 1);
                    DataChunk end = new DataChunk(interleaved, END, 0, 1, 0, 1, 53, new byte[1], 0, 1);
                    Violation first = reassembly.add(begin, 10);
                    Violation found = first == null ? reassembly.add(end, 11) : first;
                    assertThat(found).isEqualTo(size > 1_000 && threshold < 0 ? Violation.TOO_LARGE : null);
                }
            }
        }
    }

    @Test
    void C12_aResetDropsWhatWasNotWholeAndStartsNumbersAnew() {
        thresholds = new PieceThresholds(0);
        for (boolean interleaved : new boolean[] {true, false}) {
            for (boolean all : new boolean[] {true, false}) {
                Reassembly reassembly = reassembly(interleaved);
                Owner owner = new Owner();
                reassembly.add(new DataChunk(interleaved, 3, 0, 7, 0, 0, 53, new byte[] {0, 0, 0, 1}, 0, 4), 10);
                reassembly.add(new DataChunk(interleaved, BEGIN, 0, 7, 1, 0, 53, new byte[9], 0, 9), 11);
                reassembly.add(new DataChunk(interleaved, 3, 0, 7, 5, 0, 53, new byte[9], 0, 9), 20);
                drain(owner);
                assertThat(window.heapBytes()).isPositive();
                if (all) {
                    reassembly.resetAllStreams();
                } else {
                    reassembly.resetStream(7);
                }
                reassembly.add(new DataChunk(interleaved, 3, 0, 7, 0, 0, 53, new byte[] {0, 0, 0, 2}, 0, 4), 30);
                drain(owner);
                assertThat(owner.byNumber.keySet()).containsExactly(1, 2);
                assertThat(owner.abandoned).isEqualTo(1);
                assertThat(window.heapBytes()).isZero();
            }
        }
    }
}
