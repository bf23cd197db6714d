package dev.yodel.sctp.state;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.packet.ReConfigChunk;
import dev.yodel.sctp.packet.ReConfigParameter;
import dev.yodel.sctp.packet.ReConfigParameter.AddStreams;
import dev.yodel.sctp.packet.ReConfigParameter.IncomingReset;
import dev.yodel.sctp.packet.ReConfigParameter.OtherRequest;
import dev.yodel.sctp.packet.ReConfigParameter.OutgoingReset;
import dev.yodel.sctp.packet.ReConfigParameter.Response;
import dev.yodel.sctp.rx.Receiver;
import dev.yodel.sctp.tx.RetransmissionTimeout;
import dev.yodel.sctp.tx.SendQueue;
import java.util.ArrayDeque;
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
    /** A peer has one request under way (RFC 6525 5.1.1), but aiortc takes "in progress" for the end of one. */
    private static final int MAX_DEFERRED = 8;
    /** dcSCTP asks again within a retransmission timeout. */
    private static final long PATIENCE_NANOS = 3 * Time.SECOND;

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
    private int inboundStreams;
    /** What the last requests were answered with, the newest first: a RE-CONFIG chunk holds two at most. */
    private final int[] results = new int[2];

    private int answered;
    /** Requests of the peer that wait for its data. */
    private final ArrayDeque<OutgoingReset> deferred = new ArrayDeque<>(0);
    /** Those of them that were performed before the peer asked again. */
    private final ArrayDeque<OutgoingReset> performedUnasked = new ArrayDeque<>(0);

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
        this.inboundStreams = opening.inboundStreams();
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
                // RFC 6525 5.2.3 lets us: our streams are reset when their owner closes them, RFC 8831 6.7.
                answer(incoming.requestNumber(), Response.DENIED);
            } else if (parameter instanceof AddStreams more) {
                handleMore(more);
            } else if (parameter instanceof OtherRequest other) {
                answer(other.requestNumber(), Response.DENIED);
            } else if (parameter instanceof Response response) {
                handleResponse(response);
            }
        }
    }

    /** RFC 6525 5.2.2. */
    private void handleOutgoing(OutgoingReset reset) {
        for (int streamId : reset.streams()) {
            if (streamId >= Handshake.MAX_STREAMS) {
                answer(reset.requestNumber(), Response.WRONG_STREAM);
                return;
            }
        }
        boolean hasAll = receiver.hasAllTo(reset.lastTsn());
        if (!answer(reset.requestNumber(), hasAll ? Response.PERFORMED : Response.IN_PROGRESS)) {
            return;
        }
        // A peer that asks again does so under another number (dcSCTP) or the same one (usrsctp).
        deferred.removeIf(waiting -> isSame(waiting, reset));
        // What it does not name it will not ask for again.
        performDeferred();
        if (!hasAll) {
            if (deferred.size() < MAX_DEFERRED) {
                deferred.add(reset);
            }
        } else if (!performedUnasked.removeIf(done -> isSame(done, reset))) {
            // The peer has gone on: what it has not asked for again by now it will not.
            performedUnasked.clear();
            perform(reset);
        }
    }

    /** Whether a request is one of before, asked again: the peer has sent nothing since, and names the same streams. */
    private static boolean isSame(OutgoingReset before, OutgoingReset again) {
        return before.lastTsn() == again.lastTsn() && Arrays.equals(before.streams(), again.streams());
    }

    private void perform(OutgoingReset reset) {
        receiver.resetStreams(reset.streams());
        events.add(new SctpEvent.RemoteStreamsReset(reset.streams()));
    }

    /**
     * Gives the peer of a reset whose data has come by now some time to ask again: until it knows that its stream is reset it
     * may not begin another life of it, nor bear that we do.
     */
    public void progress(long now) {
        OutgoingReset first = deferred.peek();
        if (first != null && deadlines.get(Timer.DEFERRED) == Time.NEVER && receiver.hasAllTo(first.lastTsn())) {
            deadlines.set(Timer.DEFERRED, now + PATIENCE_NANOS);
        }
    }

    /** RFC 6525 5.2.2 E2: resets that waited for data are performed when it has come, also for a peer that never asks again. */
    public void performDeferred() {
        deadlines.set(Timer.DEFERRED, Time.NEVER);
        for (OutgoingReset first = deferred.peek();
                first != null && receiver.hasAllTo(first.lastTsn());
                first = deferred.peek()) {
            deferred.remove();
            int age = nextPeerRequest - 1 - first.requestNumber();
            if (age >= 0 && age < answered) {
                results[age] = Response.PERFORMED;
            }
            perform(first);
            performedUnasked.add(first);
            reply(first.requestNumber(), Response.PERFORMED);
        }
    }

    /**
     * Whether data may be taken. Behind a reset that waits it begins the stream's next life: the peer has gone on, so the reset
     * is performed, or if that cannot be yet the data is as if it had been lost on the way. RFC 6525 5.2.2 E2 has it held.
     */
    public boolean lets(int streamId, int tsn) {
        if (isBehindReset(streamId, tsn)) {
            performDeferred();
        }
        return !isBehindReset(streamId, tsn);
    }

    private boolean isBehindReset(int streamId, int tsn) {
        for (OutgoingReset waiting : deferred) {
            if (tsn - waiting.lastTsn() > 0 && names(waiting.streams(), streamId)) {
                return true;
            }
        }
        return false;
    }

    private static boolean names(int[] streams, int streamId) {
        for (int each : streams) {
            if (each == streamId) {
                return true;
            }
        }
        return streams.length == 0;
    }

    /** RFC 6525 5.2.5: the peer may have as many streams as there are; 5.2.6: we have all we want. */
    private void handleMore(AddStreams more) {
        boolean takesThem = more.outgoing() && inboundStreams + more.count() <= Handshake.MAX_STREAMS;
        if (answer(more.requestNumber(), takesThem ? Response.PERFORMED : Response.DENIED) && takesThem) {
            inboundStreams += more.count();
        }
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

    /**
     * Answers a request with a result if its number says that it is new, or waited for data; else as it was answered before.
     * RFC 6525 5.2.1.
     *
     * @return whether the result holds now
     */
    private boolean answer(int requestNumber, int result) {
        int age = nextPeerRequest - 1 - requestNumber;
        boolean isNew = age == -1;
        if (isNew) {
            System.arraycopy(results, 0, results, 1, results.length - 1);
            nextPeerRequest++;
            answered = Math.min(results.length, answered + 1);
            age = 0;
        }
        if (age < 0 || age >= answered) {
            reply(requestNumber, Response.BAD_SEQUENCE_NUMBER);
            return false;
        }
        boolean holds = isNew || results[age] == Response.IN_PROGRESS;
        if (holds) {
            results[age] = result;
        }
        reply(requestNumber, results[age]);
        return holds;
    }

    private void reply(int requestNumber, int result) {
        control.answer(new ReConfigChunk(List.of(new Response(requestNumber, result))));
    }
}
