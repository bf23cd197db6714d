package dev.yodel.sctp.rx;

import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.Serial;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The reassembly of DATA chunks: the pieces of a message have TSNs in a row. RFC 9260 6.9. */
final class TsnReassembly implements Reassembly {
    /** Pieces of one message with TSNs in a row. */
    private static final class Run {
        final int streamId;
        final int ppid;
        final int ssn;
        final boolean unordered;
        final long first;
        final ArrayDeque<byte[]> pieces = new ArrayDeque<>(1);
        long last;
        int bytes;
        boolean begun;
        boolean ended;
        /** Some of it was delivered. */
        boolean started;

        Run(DataChunk chunk, long tsn) {
            streamId = chunk.streamId();
            ppid = chunk.ppid();
            ssn = chunk.ssn();
            unordered = chunk.isUnordered();
            first = tsn;
            last = tsn;
            begun = chunk.isBegin();
            ended = chunk.isEnd();
            pieces.add(copy(chunk));
            bytes = chunk.length();
        }

        /** Whether a chunk that comes right behind may do so. */
        boolean fits(boolean begins, int nextStreamId, boolean nextUnordered, int nextSsn) {
            if (ended || begins) {
                return ended && begins;
            }
            return streamId == nextStreamId && unordered == nextUnordered && (unordered || ssn == nextSsn);
        }

        void add(DataChunk chunk) {
            pieces.add(copy(chunk));
            bytes += chunk.length();
            last++;
            ended = chunk.isEnd();
        }

        void append(Run tail) {
            if (tail.pieces.size() > pieces.size()) {
                while (!pieces.isEmpty()) {
                    tail.pieces.addFirst(pieces.removeLast());
                }
            }
            pieces.addAll(tail.pieces);
            bytes += tail.bytes;
            last = tail.last;
            ended = tail.ended;
        }

        long charge() {
            return PARTIAL_OVERHEAD_BYTES + bytes + (long) PIECE_OVERHEAD_BYTES * pieces.size();
        }
    }

    /** Whole messages of a stream behind one that is not. */
    private static final class Waiting {
        long next;
        final TreeMap<Long, Run> messages = new TreeMap<>();

        Waiting(int next) {
            this.next = Serial.EPOCH + next;
        }
    }

    private final Delivery delivery;
    private final TreeMap<Long, Run> runs = new TreeMap<>();
    private final StreamNumbers numbers = new StreamNumbers();
    private final Map<Integer, Waiting> waiting = new HashMap<>();
    /** The messages of which some was delivered, by stream and order: one of each. */
    private final Map<Integer, Run> started = new HashMap<>();
    /** Messages that will come in pieces when it is their turn, by stream and number. */
    private final Map<Integer, Run> blocked = new HashMap<>();
    /** The run that grew last; most chunks continue it. */
    private @Nullable Run recent;

    TsnReassembly(Delivery delivery) {
        this.delivery = delivery;
    }

    private static byte[] copy(DataChunk chunk) {
        return Arrays.copyOfRange(chunk.data(), chunk.offset(), chunk.offset() + chunk.length());
    }

    @Override
    public @Nullable Violation add(DataChunk chunk, long tsn) {
        Run head = before(tsn);
        if (head != null && !head.fits(chunk.isBegin(), chunk.streamId(), chunk.isUnordered(), chunk.ssn())) {
            return Violation.CONTRADICTION;
        }
        Run run;
        if (head != null && !head.ended) {
            run = head;
            delivery.keep(-run.charge());
            run.add(chunk);
        } else {
            run = new Run(chunk, tsn);
        }
        Run tail = runs.isEmpty() ? null : runs.get(tsn + 1);
        if (tail != null) {
            if (!run.fits(tail.begun, tail.streamId, tail.unordered, tail.ssn)) {
                return Violation.CONTRADICTION;
            }
            if (!run.ended) {
                forget(tail);
                run.append(tail);
            }
        }
        if (delivery.isTooLarge(run.streamId, run.bytes)) {
            return Violation.TOO_LARGE;
        }
        if (run.begun && run.ended) {
            if (run == head) {
                runs.remove(run.first);
                recent = null;
            }
            complete(run);
            return null;
        }
        if (run != head) {
            runs.put(run.first, run);
        }
        recent = run;
        delivery.keep(run.charge());
        deliverPieces(run);
        return null;
    }

    private @Nullable Run before(long tsn) {
        if (recent != null && recent.last == tsn - 1) {
            return recent;
        }
        Map.Entry<Long, Run> entry = runs.isEmpty() ? null : runs.lowerEntry(tsn);
        return entry != null && entry.getValue().last == tsn - 1 ? entry.getValue() : null;
    }

    /** Drops a run that is kept; its heap is no longer counted. */
    private void forget(Run run) {
        runs.remove(run.first);
        delivery.keep(-run.charge());
        if (recent == run) {
            recent = null;
        }
    }

    private static int laneOf(Run run) {
        return run.streamId << 1 | (run.unordered ? 1 : 0);
    }

    private static int turn(int streamId, int ssn) {
        return streamId << 16 | ssn;
    }

    /** A whole message, which is neither kept nor counted. */
    private void complete(Run run) {
        if (run.unordered) {
            deliver(run);
            if (run.started) {
                startAnother(run.streamId);
            }
            return;
        }
        if (!blocked.isEmpty()) {
            blocked.remove(turn(run.streamId, run.ssn));
        }
        int next = numbers.get(run.streamId);
        short ahead = (short) (run.ssn - next);
        if (ahead == 0) {
            deliver(run);
            advance(run.streamId, next + 1);
        } else if (ahead > 0) {
            Waiting behind = waiting.computeIfAbsent(run.streamId, unused -> new Waiting(next));
            delivery.keep(run.charge());
            Run older = behind.messages.put(behind.next + ahead, run);
            if (older != null) {
                delivery.keep(-older.charge());
            }
        }
    }

    private void deliver(Run run) {
        byte[] data = Delivery.join(run.pieces, run.bytes);
        if (run.started) {
            started.remove(laneOf(run));
            delivery.piece(run.streamId, run.ppid, run.unordered, data, false, true);
        } else {
            delivery.whole(run.streamId, run.ppid, run.unordered, data);
        }
    }

    /** It is another message's turn in a stream, and of those that wait behind it. */
    private void advance(int streamId, int next) {
        int number = next & 0xffff;
        Waiting behind = waiting.isEmpty() ? null : waiting.get(streamId);
        if (behind != null) {
            behind.next = Serial.near16(behind.next, number);
            Run run = behind.messages.remove(behind.next);
            while (run != null) {
                delivery.keep(-run.charge());
                deliver(run);
                behind.next++;
                run = behind.messages.remove(behind.next);
            }
            number = (int) behind.next & 0xffff;
            if (behind.messages.isEmpty()) {
                waiting.remove(streamId);
            }
        }
        numbers.set(streamId, number);
        Run large = blocked.isEmpty() ? null : blocked.remove(turn(streamId, number));
        if (large != null) {
            deliverPieces(large);
        }
    }

    /** Delivers what has come of a message if it is large enough and in turn. */
    private void deliverPieces(Run run) {
        if (!run.begun || (!run.started && !start(run)) || run.bytes == 0) {
            return;
        }
        delivery.keep(-run.charge());
        boolean isFirst = !run.started;
        run.started = true;
        byte[] data = Delivery.join(run.pieces, run.bytes);
        run.bytes = 0;
        delivery.keep(run.charge());
        delivery.piece(run.streamId, run.ppid, run.unordered, data, isFirst, false);
    }

    private boolean start(Run run) {
        if (!delivery.comesInPieces(run.streamId, run.bytes)) {
            return false;
        }
        if (!run.unordered && run.ssn != numbers.get(run.streamId)) {
            blocked.put(turn(run.streamId, run.ssn), run);
            return false;
        }
        return started.putIfAbsent(laneOf(run), run) == null;
    }

    /** Another unordered message of a stream may have waited until the one in pieces was whole. */
    private void startAnother(int streamId) {
        for (Run run : runs.values()) {
            if (run.streamId == streamId && run.unordered && run.begun && delivery.comesInPieces(streamId, run.bytes)) {
                deliverPieces(run);
                return;
            }
        }
    }

    /** The peer gave up everything to a TSN, and ordered messages to a sequence number. RFC 3758 3.6. */
    void skip(long newCumulative, int[] streamsAndNumbers) {
        Iterator<Run> passed = runs.headMap(newCumulative, true).values().iterator();
        while (passed.hasNext()) {
            Run run = passed.next();
            // One that goes on beyond the TSN was not given up, unless its number says so below.
            if (!run.begun || run.last <= newCumulative) {
                passed.remove();
                delivery.keep(-run.charge());
                giveUp(run);
            }
        }
        for (int i = 0; i + 1 < streamsAndNumbers.length; i += 2) {
            skipTo(streamsAndNumbers[i], streamsAndNumbers[i + 1]);
        }
    }

    /** A run that is no longer kept will not be whole. */
    private void giveUp(Run run) {
        if (recent == run) {
            recent = null;
        }
        if (run.started) {
            started.remove(laneOf(run));
            delivery.abandoned(run.streamId, run.ppid, run.unordered);
        } else if (!blocked.isEmpty()) {
            blocked.remove(turn(run.streamId, run.ssn), run);
        }
    }

    private void skipTo(int streamId, int ssn) {
        short ahead = (short) (ssn - numbers.get(streamId));
        if (ahead < 0) {
            return;
        }
        Run open = started.isEmpty() ? null : started.get(streamId << 1);
        if (open != null) {
            forget(open);
            giveUp(open);
        }
        Waiting behind = waiting.isEmpty() ? null : waiting.get(streamId);
        if (behind != null) {
            long last = behind.next + ahead;
            while (!behind.messages.isEmpty() && behind.messages.firstKey() <= last) {
                Run run = behind.messages.pollFirstEntry().getValue();
                delivery.keep(-run.charge());
                deliver(run);
            }
        }
        advance(streamId, ssn + 1);
    }

    @Override
    public void resetStream(int streamId) {
        numbers.set(streamId, 0);
        Waiting behind = waiting.remove(streamId);
        if (behind != null) {
            behind.messages.values().forEach(run -> delivery.keep(-run.charge()));
        }
        Run open = started.isEmpty() ? null : started.get(streamId << 1);
        if (open != null) {
            forget(open);
            giveUp(open);
        }
    }

    @Override
    public void resetAllStreams() {
        for (Integer streamId : waiting.keySet().toArray(new Integer[0])) {
            resetStream(streamId);
        }
        for (Integer lane : started.keySet().toArray(new Integer[0])) {
            if ((lane & 1) == 0) {
                resetStream(lane >> 1);
            }
        }
        numbers.clear();
    }

    @Override
    public void thresholdChanged(int streamId) {
        for (Run run : runs.values().toArray(new Run[0])) {
            if (run.streamId == streamId) {
                deliverPieces(run);
            }
        }
    }
}
