package dev.yodel.sctp.tx;

import dev.yodel.sctp.packet.ForwardTsnChunk;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which messages were given up, and what is the peer told about it? It does not decide when to. RFC 3758 3.5, RFC 7496. */
final class GivenUp {
    private final Outstanding outstanding;
    private final SendQueue queue;
    private long point;
    private boolean forwardDue;

    GivenUp(Outstanding outstanding, SendQueue queue) {
        this.outstanding = outstanding;
        this.queue = queue;
        this.point = outstanding.cumulative();
    }

    /** Gives a message up: its chunks under way, the lost ones, and what was not sent. */
    void abandon(OutMessage message) {
        if (message.abandoned) {
            return;
        }
        message.abandoned = true;
        if (queue.abandon(message)) {
            // A TSN for the rest, never sent: without it a peer that has all earlier pieces would keep them for ever.
            outstanding.append(message, message.sentBytes, 0);
        }
        long last = Math.min(message.lastTsn, outstanding.next() - 1);
        for (long tsn = Math.max(message.firstTsn, outstanding.cumulative() + 1); tsn <= last; tsn++) {
            OutChunk chunk = outstanding.at(tsn);
            if (chunk.message() == message) {
                outstanding.abandon(chunk);
            }
        }
    }

    /** Looks how far the peer may go on without what was given up. RFC 3758 3.5 C2, C3. */
    void update() {
        point = Math.max(point, outstanding.cumulative());
        while (point + 1 < outstanding.next() && outstanding.at(point + 1).state == OutChunk.State.ABANDONED) {
            point++;
        }
        forwardDue = point > outstanding.cumulative();
    }

    /** The FORWARD TSN that is due, or null. */
    @Nullable
    ForwardTsnChunk poll(int roomBytes) {
        if (!forwardDue) {
            return null;
        }
        forwardDue = false;
        Map<Integer, Integer> last = new HashMap<>();
        long reached = outstanding.cumulative();
        while (reached < point) {
            OutMessage message = outstanding.at(reached + 1).message();
            if (!message.unordered && !last.containsKey(message.streamId) && 12 + 4 * last.size() > roomBytes) {
                break;
            }
            if (!message.unordered) {
                last.put(message.streamId, message.ssn);
            }
            reached++;
        }
        if (reached == outstanding.cumulative()) {
            return null;
        }
        int[] skipped = new int[2 * last.size()];
        int at = 0;
        for (Map.Entry<Integer, Integer> entry : last.entrySet()) {
            skipped[at++] = entry.getKey();
            skipped[at++] = entry.getValue();
        }
        return new ForwardTsnChunk((int) reached, skipped);
    }
}
