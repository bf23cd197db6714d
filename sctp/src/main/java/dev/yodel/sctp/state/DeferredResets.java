package dev.yodel.sctp.state;

import dev.yodel.sctp.packet.ReConfigParameter.OutgoingReset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which resets of the peer wait for its data, and which of them were performed before the peer asked again? It performs and
 * answers nothing. RFC 6525 5.2.2.
 */
final class DeferredResets {
    /** A peer has one request under way (RFC 6525 5.1.1), but aiortc takes "in progress" for the end of one. */
    private static final int MOST = 8;

    /**
     * One of them.
     *
     * @param streams those that it names; none means all
     */
    private record Waiting(OutgoingReset reset, BitSet streams) {
        boolean names(int streamId) {
            return streams.isEmpty() || streams.get(streamId);
        }
    }

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(0);
    private final ArrayDeque<OutgoingReset> performed = new ArrayDeque<>(0);

    /** Keeps one. What comes beyond the eighth is not kept: its peer is to ask again. */
    void add(OutgoingReset reset) {
        if (waiting.size() < MOST) {
            BitSet streams = new BitSet();
            for (int streamId : reset.streams()) {
                streams.set(streamId);
            }
            waiting.add(new Waiting(reset, streams));
        }
    }

    /** The one that waits longest; null if there is none. */
    @Nullable
    OutgoingReset first() {
        Waiting first = waiting.peek();
        return first == null ? null : first.reset();
    }

    /** The first is performed, though the peer has not asked again. */
    void performedFirst() {
        // One that is that old will not be asked for again, and a peer that makes many must not fill the heap (C09).
        if (performed.size() == MOST) {
            performed.remove();
        }
        performed.add(waiting.remove().reset());
    }

    /** The peer asks again for what waits. */
    void askedAgain(OutgoingReset reset) {
        waiting.removeIf(each -> isSame(each.reset(), reset));
    }

    /** The peer asked again under the same number, and was told. */
    void told(OutgoingReset reset) {
        performed.removeIf(each -> isSame(each, reset));
    }

    /** Whether a request is for what was performed before; if not, the peer has gone on, and will not ask again for any. */
    boolean wasPerformed(OutgoingReset reset) {
        if (performed.removeIf(each -> isSame(each, reset))) {
            return true;
        }
        performed.clear();
        return false;
    }

    /** Whether a request is one of before, asked again: the peer has sent nothing since, and names the same streams. */
    private static boolean isSame(OutgoingReset before, OutgoingReset again) {
        return before.lastTsn() == again.lastTsn() && Arrays.equals(before.streams(), again.streams());
    }

    /** Whether a piece of data begins the next life of a stream that is still to be reset. */
    boolean isBehind(int streamId, int tsn) {
        for (Waiting each : waiting) {
            if (tsn - each.reset().lastTsn() > 0 && each.names(streamId)) {
                return true;
            }
        }
        return false;
    }
}
