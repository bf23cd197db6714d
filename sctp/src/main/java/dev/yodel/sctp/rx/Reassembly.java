package dev.yodel.sctp.rx;

import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.Serial;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are whole and in their turn? It does not acknowledge and does not judge TSNs: each comes once. Its heap
 * is counted with what a piece costs besides its bytes. RFC 9260 6.5, 6.6, 6.9.
 */
final class Reassembly {
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
            return bytes + (long) ReceiveWindow.OVERHEAD_BYTES * pieces.size();
        }
    }

    private static final class InStream {
        long next = Serial.EPOCH;
        final TreeMap<Long, SctpEvent.Message> waiting = new TreeMap<>();
    }

    private final long maxMessageBytes;
    private final ReceiveWindow window;
    private final Queue<SctpEvent> ready;
    private final TreeMap<Long, Run> runs = new TreeMap<>();
    private final Map<Integer, InStream> streams = new HashMap<>();

    Reassembly(long maxMessageBytes, ReceiveWindow window, Queue<SctpEvent> ready) {
        this.maxMessageBytes = maxMessageBytes;
        this.window = window;
        this.ready = ready;
    }

    /** Takes a piece; its bytes are copied. */
    @Nullable
    Violation add(DataChunk chunk, long tsn) {
        Run run = new Run(chunk, tsn);
        window.addPieces(run.charge());
        long first = tsn;
        Map.Entry<Long, Run> before = runs.lowerEntry(tsn);
        if (before != null && before.getValue().last == tsn - 1) {
            Run head = before.getValue();
            if (head.ended != run.begun || (!head.ended && !head.isSameMessage(run))) {
                return Violation.CONTRADICTION;
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
                return Violation.CONTRADICTION;
            }
            if (!run.ended) {
                runs.remove(tsn + 1);
                append(run, tail);
            }
        }
        // C10: a message beyond what was announced is refused before it is whole.
        if (run.bytes > maxMessageBytes) {
            return Violation.TOO_LARGE;
        }
        if (run.begun && run.ended) {
            runs.remove(first);
            complete(run);
        } else {
            runs.put(first, run);
        }
        return null;
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
        window.addPieces(-run.charge());
        SctpEvent.Message message = new SctpEvent.Message(run.streamId, run.ppid, run.unordered, data);
        if (run.unordered) {
            ready(message);
            return;
        }
        InStream stream = streams.computeIfAbsent(run.streamId, unused -> new InStream());
        window.addPieces(ReceiveWindow.charge(message));
        long ssn = Serial.near16(stream.next, run.ssn);
        SctpEvent.Message older = ssn < stream.next ? message : stream.waiting.put(ssn, message);
        if (older != null) {
            window.addPieces(-ReceiveWindow.charge(older));
        }
        deliver(stream);
    }

    private void ready(SctpEvent.Message message) {
        window.queued(message);
        ready.add(message);
    }

    private void deliver(InStream stream) {
        SctpEvent.Message message = stream.waiting.remove(stream.next);
        while (message != null) {
            window.addPieces(-ReceiveWindow.charge(message));
            ready(message);
            stream.next++;
            message = stream.waiting.remove(stream.next);
        }
    }

    /** The peer gave up everything to a TSN, and ordered messages to a sequence number. RFC 3758 3.6. */
    void skip(long newCumulative, int[] streamsAndNumbers) {
        Iterator<Run> incomplete = runs.headMap(newCumulative, true).values().iterator();
        while (incomplete.hasNext()) {
            window.addPieces(-incomplete.next().charge());
            incomplete.remove();
        }
        for (int i = 0; i + 1 < streamsAndNumbers.length; i += 2) {
            InStream stream = streams.computeIfAbsent(streamsAndNumbers[i], unused -> new InStream());
            long ssn = Serial.near16(stream.next, streamsAndNumbers[i + 1]);
            while (!stream.waiting.isEmpty() && stream.waiting.firstKey() <= ssn) {
                SctpEvent.Message message = stream.waiting.pollFirstEntry().getValue();
                window.addPieces(-ReceiveWindow.charge(message));
                ready(message);
            }
            stream.next = Math.max(stream.next, ssn + 1);
            deliver(stream);
        }
    }

    /** The peer begins a stream anew: its sequence number is 0. RFC 6525 5.2.2. */
    void resetStream(int streamId) {
        InStream stream = streams.remove(streamId);
        if (stream != null) {
            stream.waiting.values().forEach(message -> window.addPieces(-ReceiveWindow.charge(message)));
        }
    }

    /** Like {@link #resetStream} for all streams. */
    void resetAllStreams() {
        for (Integer streamId : streams.keySet().toArray(new Integer[0])) {
            resetStream(streamId);
        }
    }
}
