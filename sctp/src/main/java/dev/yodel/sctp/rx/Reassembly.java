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

/**
 * Which messages are whole and in their turn? It does not acknowledge and does not judge TSNs: each comes once. Its heap
 * is counted with what a piece costs besides its bytes. RFC 9260 6.5, 6.6, 6.9.
 */
public final class Reassembly {
    /** What a piece or a message costs beside its payload. */
    public static final int OVERHEAD_BYTES = 64;

    /** What adding a piece led to. */
    public enum Result {
        KEPT,
        TOO_LARGE,
        CONTRADICTION
    }

    /** Pieces of one message with TSNs in a row. */
    private static final class Run {
        final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
        final int streamId;
        final int ppid;
        final int ssn;
        final boolean unordered;
        long last;
        long bytes;
        boolean begun;
        boolean ended;

        Run(DataChunk chunk, long tsn) {
            streamId = chunk.streamId();
            ppid = chunk.ppid();
            ssn = chunk.ssn();
            unordered = chunk.isUnordered();
            last = tsn;
            begun = chunk.isBegin();
            ended = chunk.isEnd();
            pieces.add(Arrays.copyOfRange(chunk.data(), chunk.offset(), chunk.offset() + chunk.length()));
            bytes = chunk.length();
        }

        boolean isSameMessage(Run other) {
            return streamId == other.streamId && unordered == other.unordered && (unordered || ssn == other.ssn);
        }

        long charge() {
            return bytes + (long) OVERHEAD_BYTES * pieces.size();
        }
    }

    private static final class InStream {
        long next = Serial.EPOCH;
        final TreeMap<Long, ReceivedMessage> waiting = new TreeMap<>();
    }

    private final long maxMessageBytes;
    private final TreeMap<Long, Run> runs = new TreeMap<>();
    private final Map<Integer, InStream> streams = new HashMap<>();
    private final ArrayDeque<ReceivedMessage> ready = new ArrayDeque<>();
    private long heldBytes;

    public Reassembly(long maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /** The heap of all pieces and of the messages not polled. */
    public long heldBytes() {
        return heldBytes;
    }

    /** What a whole message counts for. */
    public static long charge(ReceivedMessage message) {
        return message.data().length + (long) OVERHEAD_BYTES;
    }

    /** Takes a piece; its bytes are copied. */
    public Result add(DataChunk chunk, long tsn) {
        Run run = new Run(chunk, tsn);
        heldBytes += run.charge();
        long first = tsn;
        Map.Entry<Long, Run> before = runs.lowerEntry(tsn);
        if (before != null && before.getValue().last == tsn - 1) {
            Run head = before.getValue();
            if (head.ended != run.begun || (!head.ended && !head.isSameMessage(run))) {
                return Result.CONTRADICTION;
            }
            if (!head.ended) {
                append(head, run);
                run = head;
                first = before.getKey();
            }
        }
        Run tail = runs.get(tsn + 1);
        if (tail != null) {
            if (run.ended != tail.begun || (!run.ended && !run.isSameMessage(tail))) {
                return Result.CONTRADICTION;
            }
            if (!run.ended) {
                runs.remove(tsn + 1);
                append(run, tail);
            }
        }
        // C10: a message beyond what was announced is refused before it is whole.
        if (run.bytes > maxMessageBytes) {
            return Result.TOO_LARGE;
        }
        if (run.begun && run.ended) {
            runs.remove(first);
            complete(run);
        } else {
            runs.put(first, run);
        }
        return Result.KEPT;
    }

    private static void append(Run head, Run tail) {
        if (tail.pieces.size() > head.pieces.size()) {
            while (!head.pieces.isEmpty()) {
                tail.pieces.addFirst(head.pieces.removeLast());
            }
            head.pieces.addAll(tail.pieces);
        } else {
            head.pieces.addAll(tail.pieces);
        }
        head.bytes += tail.bytes;
        head.last = tail.last;
        head.ended = tail.ended;
    }

    private void complete(Run run) {
        byte[] data = new byte[(int) run.bytes];
        int at = 0;
        for (byte[] piece : run.pieces) {
            System.arraycopy(piece, 0, data, at, piece.length);
            at += piece.length;
        }
        heldBytes -= run.charge();
        ReceivedMessage message = new ReceivedMessage(run.streamId, run.ppid, run.unordered, data);
        heldBytes += charge(message);
        if (run.unordered) {
            ready.add(message);
            return;
        }
        InStream stream = streams.computeIfAbsent(run.streamId, unused -> new InStream());
        long ssn = Serial.near16(stream.next, run.ssn);
        ReceivedMessage older = ssn < stream.next ? message : stream.waiting.put(ssn, message);
        if (older != null) {
            heldBytes -= charge(older);
        }
        deliver(stream);
    }

    private void deliver(InStream stream) {
        ReceivedMessage message = stream.waiting.remove(stream.next);
        while (message != null) {
            ready.add(message);
            stream.next++;
            message = stream.waiting.remove(stream.next);
        }
    }

    /** The peer gave up everything to a TSN, and ordered messages to a sequence number. RFC 3758 3.6. */
    public void skip(long newCumulative, int[] streamsAndNumbers) {
        Iterator<Run> incomplete = runs.headMap(newCumulative, true).values().iterator();
        while (incomplete.hasNext()) {
            heldBytes -= incomplete.next().charge();
            incomplete.remove();
        }
        for (int i = 0; i + 1 < streamsAndNumbers.length; i += 2) {
            InStream stream = streams.computeIfAbsent(streamsAndNumbers[i], unused -> new InStream());
            long ssn = Serial.near16(stream.next, streamsAndNumbers[i + 1]);
            while (!stream.waiting.isEmpty() && stream.waiting.firstKey() <= ssn) {
                ready.add(stream.waiting.pollFirstEntry().getValue());
            }
            stream.next = Math.max(stream.next, ssn + 1);
            deliver(stream);
        }
    }

    /** The peer begins a stream anew: its sequence number is 0. RFC 6525 5.2.2. */
    public void resetStream(int streamId) {
        InStream stream = streams.remove(streamId);
        if (stream != null) {
            stream.waiting.values().forEach(message -> heldBytes -= charge(message));
        }
    }

    /** Like {@link #resetStream} for all streams. */
    public void resetAllStreams() {
        for (Integer streamId : streams.keySet().toArray(new Integer[0])) {
            resetStream(streamId);
        }
    }

    /** The next message in turn; its heap is no longer counted. */
    public @Nullable ReceivedMessage poll() {
        ReceivedMessage message = ready.poll();
        if (message != null) {
            heldBytes -= charge(message);
        }
        return message;
    }
}
