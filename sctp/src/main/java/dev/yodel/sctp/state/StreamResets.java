package dev.yodel.sctp.state;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter;
import dev.yodel.sctp.packet.ReConfigParameter.IncomingReset;
import dev.yodel.sctp.packet.ReConfigParameter.OtherRequest;
import dev.yodel.sctp.packet.ReConfigParameter.OutgoingReset;
import dev.yodel.sctp.packet.ReConfigParameter.Response;
import dev.yodel.sctp.rx.Receiver;
import dev.yodel.sctp.tx.RetransmissionTimeout;
import dev.yodel.sctp.tx.SendQueue;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which streams are being reset, by whom, and what is still to be asked or answered? One request at a time. RFC 6525 5. */
public final class StreamResets {
    private static final int MAX_STREAMS_PER_REQUEST = 200;

    private final boolean isSupported;
    private final SendQueue queue;
    private final RetransmissionTimeout timeout;
    private final Receiver receiver;
    private final ControlQueue control;
    private final Deadlines deadlines;
    private final Queue<SctpEvent> events;
    private final Set<Integer> wanted = new LinkedHashSet<>();
    private int nextRequest;
    private int nextPeerRequest;
    private @Nullable OutgoingReset inFlight;
    private boolean sendDue;
    private int lastResult = Response.NOTHING_TO_DO;
    private boolean hasAnswered;

    public StreamResets(
            Handshake.Opening opening,
            SendQueue queue,
            RetransmissionTimeout timeout,
            Receiver receiver,
            ControlQueue control,
            Deadlines deadlines,
            Queue<SctpEvent> events) {
        this.nextRequest = opening.localTsn();
        this.nextPeerRequest = opening.peerTsn();
        this.isSupported = opening.canResetStreams();
        this.queue = queue;
        this.timeout = timeout;
        this.receiver = receiver;
        this.control = control;
        this.deadlines = deadlines;
        this.events = events;
    }

    /** Our side of a stream is to be reset when all its messages were sent. */
    public void want(int streamId) {
        if (isSupported) {
            wanted.add(streamId);
        } else {
            events.add(new SctpEvent.LocalStreamsReset(new int[] {streamId}, false));
        }
    }

    /** The request was not answered in time. */
    public void expire() {
        sendDue = inFlight != null;
    }

    /** The request that is to be sent now, or null. A stream is reset only when all its messages were sent. */
    public @Nullable ReConfigChunk poll(int lastTsn, long now) {
        if (inFlight == null) {
            if (wanted.isEmpty()) {
                return null;
            }
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
            inFlight = new OutgoingReset(nextRequest++, nextPeerRequest - 1, lastTsn, Arrays.copyOf(streams, count));
            sendDue = true;
        }
        if (!sendDue) {
            return null;
        }
        sendDue = false;
        deadlines.set(Timer.RESET, now + timeout.nanos());
        return new ReConfigChunk(List.of(inFlight));
    }

    /** Takes requests and answers of the peer. */
    public void handle(ReConfigChunk chunk) {
        for (ReConfigParameter parameter : chunk.parameters()) {
            if (parameter instanceof OutgoingReset reset) {
                handleOutgoing(reset);
            } else if (parameter instanceof IncomingReset incoming) {
                handleIncoming(incoming);
            } else if (parameter instanceof OtherRequest other) {
                reply(judge(other.requestNumber(), false, true));
            } else if (parameter instanceof Response response) {
                handleResponse(response);
            }
        }
    }

    private void handleOutgoing(OutgoingReset reset) {
        Answer answer = judge(reset.requestNumber(), true, receiver.hasAllTo(reset.lastTsn()));
        if (answer.perform) {
            receiver.resetStreams(reset.streams());
            events.add(new SctpEvent.RemoteStreamsReset(reset.streams()));
        }
        reply(answer);
    }

    /** The peer's wish that we reset streams is answered by doing so. RFC 6525 5.2.3. */
    private void handleIncoming(IncomingReset request) {
        Answer answer = judge(request.requestNumber(), true, true);
        if (answer.perform) {
            for (int streamId : request.streams()) {
                want(streamId);
            }
        }
        reply(answer);
    }

    /** RFC 6525 5.2.7. */
    private void handleResponse(Response response) {
        OutgoingReset request = inFlight;
        // C12: an answer to nothing is no answer; "in progress" means to ask again.
        if (request == null
                || response.responseNumber() != request.requestNumber()
                || response.result() == Response.IN_PROGRESS) {
            return;
        }
        inFlight = null;
        sendDue = false;
        deadlines.set(Timer.RESET, Time.NEVER);
        boolean performed = response.result() <= Response.PERFORMED && response.result() >= 0;
        for (int streamId : request.streams()) {
            queue.restart(streamId, performed);
        }
        events.add(new SctpEvent.LocalStreamsReset(request.streams(), performed));
    }

    private void reply(Answer answer) {
        control.answer(new ReConfigChunk(List.of(answer.response)));
    }

    /** What to answer to a request of the peer, and whether to perform it now. RFC 6525 5.2.1, 5.2.2. */
    private Answer judge(int requestNumber, boolean isReset, boolean allArrived) {
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

    /** An answer and whether the request takes effect now. */
    private record Answer(Response response, boolean perform) {}
}
