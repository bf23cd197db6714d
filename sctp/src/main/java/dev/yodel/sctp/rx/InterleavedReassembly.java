package dev.yodel.sctp.rx;

import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.InterleavedForwardChunk;
import dev.yodel.sctp.packet.Serial;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The reassembly of I-DATA chunks by stream, order, message and fragment number. RFC 8260 2.2.3. */
final class InterleavedReassembly implements Reassembly {
    /** A message of which not everything was delivered. */
    private static final class Partial {
        /** The pieces from the first one on without a hole, but for those that were delivered. */
        final ArrayDeque<byte[]> pieces = new ArrayDeque<>(1);

        @Nullable
        TreeMap<Long, byte[]> behindHole;

        int ppid;
        long nextFragment;
        long lastFragment = -1;
        int wholeBytes;
        long allBytes;
        /** Some of it was delivered. */
        boolean started;

        /** Whether a fragment does not contradict those that are there. */
        boolean add(DataChunk chunk) {
            long fragment = chunk.fragment() & 0xffff_ffffL;
            if (chunk.isBegin()) {
                ppid = chunk.ppid();
            } else if (fragment == 0) {
                return false;
            }
            if (fragment < nextFragment || (lastFragment >= 0 && (chunk.isEnd() || fragment > lastFragment))) {
                return false;
            }
            if (chunk.isEnd()) {
                if (behindHole != null && behindHole.lastKey() > fragment) {
                    return false;
                }
                lastFragment = fragment;
            }
            byte[] data = copy(chunk);
            allBytes += data.length;
            if (fragment > nextFragment) {
                if (behindHole == null) {
                    behindHole = new TreeMap<>();
                }
                return behindHole.put(fragment, data) == null;
            }
            append(data);
            fillUp();
            return true;
        }

        private void append(byte[] data) {
            pieces.add(data);
            wholeBytes += data.length;
            nextFragment++;
        }

        private void fillUp() {
            if (behindHole == null) {
                return;
            }
            byte[] data = behindHole.remove(nextFragment);
            while (data != null) {
                append(data);
                data = behindHole.remove(nextFragment);
            }
            if (behindHole.isEmpty()) {
                behindHole = null;
            }
        }

        boolean isWhole() {
            return lastFragment >= 0 && nextFragment > lastFragment;
        }

        /** Takes what stands before the first hole. */
        byte[] take() {
            byte[] data = Delivery.join(pieces, wholeBytes);
            allBytes -= wholeBytes;
            wholeBytes = 0;
            return data;
        }

        long charge() {
            int count = pieces.size() + (behindHole == null ? 0 : behindHole.size());
            return PARTIAL_OVERHEAD_BYTES + allBytes + (long) PIECE_OVERHEAD_BYTES * count;
        }
    }

    /** The messages under way of a stream that are ordered, or those that are not. */
    private static final class Lane {
        final int streamId;
        final boolean unordered;
        /** Ordered: the message whose turn it is. Unordered: one that was seen. */
        long next;

        final TreeMap<Long, Partial> messages = new TreeMap<>();
        /** The message of which some was delivered. */
        @Nullable
        Partial open;

        Lane(int streamId, boolean unordered, int next) {
            this.streamId = streamId;
            this.unordered = unordered;
            this.next = Serial.first(next);
        }
    }

    private final Delivery delivery;
    private final StreamNumbers numbers = new StreamNumbers();
    /** Only lanes that have messages. */
    private final Map<Integer, Lane> lanes = new HashMap<>();

    InterleavedReassembly(Delivery delivery) {
        this.delivery = delivery;
    }

    private static byte[] copy(DataChunk chunk) {
        return Arrays.copyOfRange(chunk.data(), chunk.offset(), chunk.offset() + chunk.length());
    }

    private static int key(int streamId, boolean unordered) {
        return streamId << 1 | (unordered ? 1 : 0);
    }

    @Override
    public @Nullable Violation add(DataChunk chunk, long tsn) {
        int streamId = chunk.streamId();
        boolean unordered = chunk.isUnordered();
        Lane lane = lanes.isEmpty() ? null : lanes.get(key(streamId, unordered));
        int next = unordered ? chunk.messageNumber() : numbers.get(streamId);
        if (!unordered && chunk.messageNumber() - next < 0) {
            // Of a message that was given up.
            return null;
        }
        if (delivery.isTooLarge(streamId, chunk.length())) {
            return Violation.TOO_LARGE;
        }
        if (lane == null && chunk.isBegin() && chunk.isEnd() && chunk.messageNumber() == next) {
            delivery.whole(streamId, chunk.ppid(), unordered, copy(chunk));
            if (!unordered) {
                numbers.set(streamId, next + 1);
            }
            return null;
        }
        if (lane == null) {
            lane = new Lane(streamId, unordered, next);
            lanes.put(key(streamId, unordered), lane);
        }
        long number = Serial.near32(lane.next, chunk.messageNumber());
        Partial partial = lane.messages.get(number);
        if (partial == null) {
            partial = new Partial();
            lane.messages.put(number, partial);
        } else {
            delivery.keep(-partial.charge());
        }
        if (!partial.add(chunk)) {
            return Violation.CONTRADICTION;
        }
        delivery.keep(partial.charge());
        if (delivery.isTooLarge(streamId, partial.allBytes)) {
            return Violation.TOO_LARGE;
        }
        if (!unordered) {
            if (number == lane.next) {
                advance(lane);
            }
        } else if (partial.isWhole()) {
            lane.messages.remove(number);
            deliver(lane, partial);
            if (partial.started) {
                startAnother(lane);
            }
        } else {
            deliverPieces(lane, partial);
        }
        dropIfEmpty(lane);
        return null;
    }

    private void dropIfEmpty(Lane lane) {
        if (lane.messages.isEmpty()) {
            lanes.remove(key(lane.streamId, lane.unordered));
        }
    }

    /** Delivers messages while it is the turn of whole ones, and then what there is of one that is not. */
    private void advance(Lane lane) {
        Partial partial = lane.messages.get(lane.next);
        while (partial != null && partial.isWhole()) {
            lane.messages.remove(lane.next);
            deliver(lane, partial);
            lane.next++;
            partial = lane.messages.get(lane.next);
        }
        numbers.set(lane.streamId, (int) lane.next);
        if (partial != null) {
            deliverPieces(lane, partial);
        }
    }

    /** Delivers a whole message that was taken out of its lane. */
    private void deliver(Lane lane, Partial partial) {
        delivery.keep(-partial.charge());
        byte[] data = partial.take();
        if (partial.started) {
            lane.open = null;
            delivery.piece(lane.streamId, partial.ppid, lane.unordered, data, false, true);
        } else {
            delivery.whole(lane.streamId, partial.ppid, lane.unordered, data);
        }
    }

    /** Delivers what has come of a message in turn, if it is large enough and no other is being delivered. */
    private void deliverPieces(Lane lane, Partial partial) {
        if (partial.wholeBytes == 0 || (lane.open != null && lane.open != partial)) {
            return;
        }
        if (!partial.started && !delivery.comesInPieces(lane.streamId, partial.wholeBytes)) {
            return;
        }
        delivery.keep(-partial.charge());
        boolean isFirst = !partial.started;
        partial.started = true;
        lane.open = partial;
        byte[] data = partial.take();
        delivery.keep(partial.charge());
        delivery.piece(lane.streamId, partial.ppid, lane.unordered, data, isFirst, false);
    }

    /** No unordered message of a stream is delivered in pieces: another may have waited for that. */
    private void startAnother(Lane lane) {
        for (Partial partial : lane.messages.values()) {
            deliverPieces(lane, partial);
            if (lane.open != null) {
                return;
            }
        }
    }

    /** The peer gave messages up. RFC 8260 2.3.1. */
    void skip(List<InterleavedForwardChunk.Skip> skipped) {
        for (InterleavedForwardChunk.Skip skip : skipped) {
            Lane lane = lanes.get(key(skip.streamId(), skip.unordered()));
            boolean isOld = !skip.unordered() && skip.messageId() - numbers.get(skip.streamId()) < 0;
            if (isOld) {
                continue;
            }
            if (lane != null) {
                skipTo(lane, Serial.near32(lane.next, skip.messageId()));
            } else if (!skip.unordered()) {
                numbers.set(skip.streamId(), skip.messageId() + 1);
            }
        }
    }

    private void skipTo(Lane lane, long number) {
        boolean wasOpen = lane.open != null;
        while (!lane.messages.isEmpty() && lane.messages.firstKey() <= number) {
            Partial partial = lane.messages.pollFirstEntry().getValue();
            if (partial.isWhole()) {
                deliver(lane, partial);
            } else {
                giveUp(lane, partial);
            }
        }
        if (!lane.unordered) {
            lane.next = number + 1;
            advance(lane);
        } else if (wasOpen && lane.open == null) {
            startAnother(lane);
        }
        dropIfEmpty(lane);
    }

    private void giveUp(Lane lane, Partial partial) {
        delivery.keep(-partial.charge());
        if (partial.started) {
            lane.open = null;
            delivery.abandoned(lane.streamId, partial.ppid, lane.unordered);
        }
    }

    @Override
    public void resetStream(int streamId) {
        numbers.set(streamId, 0);
        forget(lanes.remove(key(streamId, false)));
        forget(lanes.remove(key(streamId, true)));
    }

    private void forget(@Nullable Lane lane) {
        if (lane != null) {
            lane.messages.values().forEach(partial -> giveUp(lane, partial));
        }
    }

    @Override
    public void resetAllStreams() {
        lanes.values().forEach(this::forget);
        lanes.clear();
        numbers.clear();
    }

    @Override
    public void thresholdChanged(int streamId) {
        Lane ordered = lanes.get(key(streamId, false));
        if (ordered != null) {
            advance(ordered);
        }
        Lane unordered = lanes.get(key(streamId, true));
        if (unordered != null) {
            startAnother(unordered);
        }
    }
}
