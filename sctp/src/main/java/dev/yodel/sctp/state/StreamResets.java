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
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which streams are being reset, by whom, and what is still to be asked or answered? One request at a time. RFC 6525 5. */
public final class StreamResets {
    private static final int MAX_STREAMS_PER_REQUEST = 200;
    /** dcSCTP asks again within a retransmission timeout. */
    private static final long PATIENCE_NANOS = 3 * Time.SECOND;
    /** So often "in progress" may be an answer from before the peer had all. */
    private static final int LATE_ANSWERS = 1;

    private final boolean isSupported;
    private final SendQueue queue;
    private final RetransmissionTimeout timeout;
    private final Receiver receiver;
    private final Deadlines deadlines;
    private final Queue<SctpEvent> events;
    /** Streams that wait for a request, with what was last sent when their messages were: null before. */
    private final Map<Integer, @Nullable Integer> wanted = new LinkedHashMap<>();

    private final RequestAnswers answers;
    /** What is reset though the peer's request for it never came. */
    private final Set<Integer> presumed = new HashSet<>();

    private int nextRequest;
    private @Nullable OutgoingReset inFlight;
    private boolean sendDue;
    /** Whether the peer had all data before the request when it was sent last. */
    private boolean peerHadAll;
    /** How often the peer has said since then that it waits for data. */
    private int waitsForNothing;

    private int inboundStreams;
    private final DeferredResets deferred = new DeferredResets();

    public StreamResets(
            Handshake.Opening opening,
            SendQueue queue,
            RetransmissionTimeout timeout,
            Receiver receiver,
            ControlQueue control,
            Deadlines deadlines,
            Queue<SctpEvent> events) {
        this.nextRequest = opening.localTsn();
        this.answers = new RequestAnswers(opening.peerTsn(), control, timeout, deadlines);
        this.inboundStreams = opening.inboundStreams();
        this.isSupported = opening.canResetStreams();
        this.queue = queue;
        this.timeout = timeout;
        this.receiver = receiver;
        this.deadlines = deadlines;
        this.events = events;
    }

    /** Our side of a stream is to be reset when all its messages were sent and have arrived. */
    public void want(int streamId) {
        if (isSupported) {
            wanted.putIfAbsent(streamId, null);
        } else {
            events.add(new SctpEvent.LocalStreamsReset(new int[] {streamId}, false));
        }
    }

    /** The request was not answered in time. */
    public void expire() {
        sendDue = inFlight != null;
    }

    /** Nothing of ours has carried the last answer. */
    public void expireAnswer(long now) {
        answers.expire(now);
    }

    /**
     * The last answer, if the peer may not have heard it: packets of data or requests carry it. To be asked for before each
     * packet.
     *
     * @param lastTsn the last that was sent
     * @param ackedTsn to which the peer has reported all
     */
    public @Nullable ReConfigChunk unheardAnswer(int lastTsn, int ackedTsn, long now) {
        return answers.unheard(lastTsn, ackedTsn, now);
    }

    /**
     * The peer's side of streams counts as reset: its request was lost, and it does not ask again. It is told that they are
     * reset, so that it goes on.
     */
    public void presume(int[] streamIds) {
        receiver.resetStreams(streamIds);
        for (int streamId : streamIds) {
            presumed.add(streamId);
        }
        answers.answerInAdvance();
    }

    /**
     * The request that is to be sent now, or null. A stream is reset only when all its messages were sent, and the peer has
     * reported them (as usrsctp has it): aiortc resets at once, and what comes after that of the stream's old life stands
     * before its new one for ever.
     *
     * @param lastTsn the last that was sent
     * @param ackedTsn to which the peer has reported all
     */
    public @Nullable ReConfigChunk poll(int lastTsn, int ackedTsn, long now) {
        if (inFlight == null) {
            begin(lastTsn, ackedTsn);
        }
        if (inFlight == null || !sendDue) {
            return null;
        }
        sendDue = false;
        if (waitsForNothing > LATE_ANSWERS) {
            // RFC 6525 5.2.1 has one number for a request; libwebrtc before 2026 answers to it as it did first, for
            // ever.
            inFlight = new OutgoingReset(nextRequest++, answers.lastNumber(), inFlight.lastTsn(), inFlight.streams());
            waitsForNothing = 0;
        }
        peerHadAll = ackedTsn - inFlight.lastTsn() >= 0;
        deadlines.set(Timer.RESET, now + timeout.nanos());
        return new ReConfigChunk(List.of(inFlight));
    }

    private void begin(int lastTsn, int ackedTsn) {
        if (wanted.isEmpty()) {
            return;
        }
        int[] streams = new int[MAX_STREAMS_PER_REQUEST];
        int count = 0;
        Iterator<Map.Entry<Integer, @Nullable Integer>> all = wanted.entrySet().iterator();
        while (all.hasNext() && count < streams.length) {
            Map.Entry<Integer, @Nullable Integer> entry = all.next();
            int streamId = entry.getKey();
            Integer sentTo = entry.getValue();
            if (sentTo == null && queue.isEmpty(streamId)) {
                queue.pause(streamId);
                sentTo = lastTsn;
                entry.setValue(sentTo);
            }
            if (sentTo != null && ackedTsn - sentTo >= 0) {
                streams[count++] = streamId;
                all.remove();
            }
        }
        if (count > 0) {
            inFlight = new OutgoingReset(nextRequest++, answers.lastNumber(), lastTsn, Arrays.copyOf(streams, count));
            answers.requestBegins();
            sendDue = true;
            waitsForNothing = 0;
        }
    }

    /** Takes requests and answers of the peer. */
    public void handle(ReConfigChunk chunk) {
        for (ReConfigParameter parameter : chunk.parameters()) {
            if (parameter instanceof OutgoingReset reset) {
                handleOutgoing(reset);
            } else if (parameter instanceof IncomingReset incoming) {
                // RFC 6525 5.2.3 lets us: our streams are reset when their owner closes them, RFC 8831 6.7.
                answers.answer(incoming.requestNumber(), Response.DENIED);
            } else if (parameter instanceof AddStreams more) {
                handleMore(more);
            } else if (parameter instanceof OtherRequest other) {
                answers.answer(other.requestNumber(), Response.DENIED);
            } else if (parameter instanceof Response response) {
                handleResponse(response);
            }
        }
    }

    /** RFC 6525 5.2.2. */
    private void handleOutgoing(OutgoingReset asked) {
        for (int streamId : asked.streams()) {
            if (streamId >= Handshake.MAX_STREAMS) {
                answers.answer(asked.requestNumber(), Response.WRONG_STREAM);
                return;
            }
        }
        OutgoingReset reset = withoutPresumed(asked);
        if (reset == null) {
            answers.answer(asked.requestNumber(), Response.PERFORMED);
            return;
        }
        boolean hasAll = receiver.hasAllTo(reset.lastTsn());
        if (!answers.answer(reset.requestNumber(), hasAll ? Response.PERFORMED : Response.IN_PROGRESS)) {
            // It is told now what it may not have heard.
            deferred.told(reset);
            return;
        }
        // A peer that asks again does so under the same number (usrsctp) or another one (dcSCTP of before 2026).
        deferred.askedAgain(reset);
        // What it does not name it will not ask for again.
        performDeferred();
        if (!hasAll) {
            deferred.add(reset);
        } else if (!deferred.wasPerformed(reset)) {
            perform(reset);
        }
    }

    /**
     * A request that comes late is for what is reset already, and may be in its next life; null if nothing else is in
     * it.
     */
    private @Nullable OutgoingReset withoutPresumed(OutgoingReset reset) {
        if (presumed.isEmpty() || !answers.isNewest(reset.requestNumber())) {
            return reset;
        }
        int[] others = answers.isPresumed(reset.requestNumber())
                ? Arrays.stream(reset.streams())
                        .filter(streamId -> !presumed.contains(streamId))
                        .toArray()
                : reset.streams();
        presumed.clear();
        return others.length == 0 && reset.streams().length > 0
                ? null
                : new OutgoingReset(reset.requestNumber(), reset.responseNumber(), reset.lastTsn(), others);
    }

    private void perform(OutgoingReset reset) {
        receiver.resetStreams(reset.streams());
        events.add(new SctpEvent.RemoteStreamsReset(reset.streams()));
    }

    /**
     * Gives the peer of a reset whose data has come by now some time to ask again: until it knows that its stream is
     * reset it may not begin another life of it, nor bear that we do.
     */
    public void progress(long now) {
        OutgoingReset first = deferred.first();
        if (first != null && deadlines.get(Timer.DEFERRED) == Time.NEVER && receiver.hasAllTo(first.lastTsn())) {
            deadlines.set(Timer.DEFERRED, now + PATIENCE_NANOS);
        }
    }

    /**
     * RFC 6525 5.2.2 E2: resets that waited for data are performed when it has come, also for a peer that never asks
     * again.
     */
    public void performDeferred() {
        deadlines.set(Timer.DEFERRED, Time.NEVER);
        for (OutgoingReset first = deferred.first();
                first != null && receiver.hasAllTo(first.lastTsn());
                first = deferred.first()) {
            deferred.performedFirst();
            perform(first);
            answers.performed(first.requestNumber());
        }
    }

    /**
     * Whether data may be taken. Behind a reset that waits it begins the stream's next life: the peer has gone on, so
     * the reset is performed, or if that cannot be yet the data is as if it had been lost on the way. RFC 6525 5.2.2
     * E2 has it held.
     */
    public boolean lets(int streamId, int tsn) {
        if (deferred.isBehind(streamId, tsn)) {
            performDeferred();
            return !deferred.isBehind(streamId, tsn);
        }
        return true;
    }

    /** RFC 6525 5.2.5: the peer may have as many streams as there are; 5.2.6: we have all we want. */
    private void handleMore(AddStreams more) {
        boolean takesThem = more.outgoing() && inboundStreams + more.count() <= Handshake.MAX_STREAMS;
        if (answers.answer(more.requestNumber(), takesThem ? Response.PERFORMED : Response.DENIED) && takesThem) {
            inboundStreams += more.count();
        }
    }

    /** RFC 6525 5.2.7. */
    private void handleResponse(Response response) {
        OutgoingReset request = inFlight;
        // C12: an answer to nothing is no answer; "in progress" means to ask again.
        if (request == null || response.responseNumber() != request.requestNumber()) {
            return;
        }
        if (response.result() == Response.IN_PROGRESS) {
            waitsForNothing += peerHadAll ? 1 : 0;
            return;
        }
        inFlight = null;
        answers.requestAnswered();
        sendDue = false;
        deadlines.set(Timer.RESET, Time.NEVER);
        boolean performed = response.result() <= Response.PERFORMED && response.result() >= 0;
        for (int streamId : request.streams()) {
            queue.restart(streamId, performed);
        }
        events.add(new SctpEvent.LocalStreamsReset(request.streams(), performed));
    }
}
