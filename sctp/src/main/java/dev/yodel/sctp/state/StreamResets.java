package dev.yodel.sctp.state;

import dev.yodel.io.Time;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter.IncomingReset;
import dev.yodel.sctp.packet.ReConfigParameter.OutgoingReset;
import dev.yodel.sctp.packet.ReConfigParameter.Response;
import dev.yodel.sctp.tx.SendQueue;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which streams are being reset, by whom, and what is still to be asked or answered? One request at a time. RFC 6525 5. */
public final class StreamResets {
    private static final int MAX_STREAMS_PER_REQUEST = 200;

    private final Set<Integer> wanted = new LinkedHashSet<>();
    private int nextRequest;
    private int nextPeerRequest;
    private @Nullable OutgoingReset inFlight;
    private long sendAt = Time.NEVER;
    private int lastResult = Response.NOTHING_TO_DO;
    private boolean hasAnswered;

    public StreamResets(int localTsn, int peerTsn) {
        nextRequest = localTsn;
        nextPeerRequest = peerTsn;
    }

    public void want(int streamId) {
        wanted.add(streamId);
    }

    public long deadline() {
        return sendAt;
    }

    public boolean isIdle() {
        return wanted.isEmpty() && inFlight == null;
    }

    /** The request that is to be sent now, or null. A stream is reset only when all its messages were sent. */
    public @Nullable ReConfigChunk poll(SendQueue queue, long lastTsn, long now, long timeoutNanos) {
        if (inFlight == null) {
            int[] streams = new int[MAX_STREAMS_PER_REQUEST];
            int count = 0;
            for (Iterator<Integer> all = wanted.iterator(); all.hasNext() && count < streams.length; ) {
                int streamId = all.next();
                if (queue.isEmpty(streamId)) {
                    queue.pause(streamId);
                    streams[count++] = streamId;
                    all.remove();
                }
            }
            if (count == 0) {
                return null;
            }
            inFlight = new OutgoingReset(
                    nextRequest++, nextPeerRequest - 1, (int) lastTsn, java.util.Arrays.copyOf(streams, count));
            sendAt = now;
        }
        if (now < sendAt) {
            return null;
        }
        sendAt = now + timeoutNanos;
        return new ReConfigChunk(List.of(inFlight));
    }

    /** Takes an answer; the request it ends, or null if it ends none. RFC 6525 5.2.7. */
    public @Nullable OutgoingReset handleResponse(Response response) {
        OutgoingReset request = inFlight;
        // C12: an answer to nothing is no answer; "in progress" means to ask again.
        if (request == null
                || response.responseNumber() != request.requestNumber()
                || response.result() == Response.IN_PROGRESS) {
            return null;
        }
        inFlight = null;
        sendAt = Time.NEVER;
        return request;
    }

    /** What to answer to a request of the peer, and whether to perform it now. RFC 6525 5.2.1, 5.2.2. */
    public Answer judge(int requestNumber, boolean isReset, boolean allArrived) {
        boolean isNext = requestNumber == nextPeerRequest;
        boolean isAgain = hasAnswered && requestNumber == nextPeerRequest - 1;
        if (!isNext && !isAgain) {
            return new Answer(new Response(requestNumber, Response.BAD_SEQUENCE_NUMBER), false);
        }
        if (isAgain && lastResult != Response.IN_PROGRESS) {
            return new Answer(new Response(requestNumber, lastResult), false);
        }
        if (isNext) {
            nextPeerRequest++;
            hasAnswered = true;
        }
        lastResult = !isReset ? Response.DENIED : allArrived ? Response.PERFORMED : Response.IN_PROGRESS;
        return new Answer(new Response(requestNumber, lastResult), lastResult == Response.PERFORMED);
    }

    /** Takes the peer's wish that we reset streams: answered by doing so. RFC 6525 5.2.3. */
    public Answer judgeIncoming(IncomingReset request) {
        Answer answer = judge(request.requestNumber(), true, true);
        if (answer.perform()) {
            for (int streamId : request.streams()) {
                want(streamId);
            }
        }
        return answer;
    }

    /** An answer and whether the request takes effect now. */
    public record Answer(Response response, boolean perform) {}
}
