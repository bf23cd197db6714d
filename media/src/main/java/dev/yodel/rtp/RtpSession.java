package dev.yodel.rtp;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.ExtendedReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RTP and RTCP of one transport as a core (RFC 3550, 4585, 5506, 5761, 8843, 9143). It routes received packets to
 * receivers, numbers sent ones, reports, and counts. It does not encrypt, packetize, reorder or decode, and it has no
 * clock, thread or socket: one thread at a time, time as an argument.
 *
 * <p>After every call that may produce something the owner drains {@link #pollTransmit} and {@link #pollEvent}, then asks
 * {@link #nextTimeout}.
 */
public final class RtpSession {
    /** The timers of this core. */
    private enum Timer {
        /** The next regular RTCP report. */
        REPORT,
        /** The next request for missing packets. */
        MISSING,
        /** The next look for sources that fell silent. */
        SILENCE,
        /** The next report of arrivals. */
        ARRIVALS,
        /** The next packet that is paced, or the end of the estimator's patience. */
        BANDWIDTH
    }

    private static final Timer[] TIMERS = Timer.values();

    private final RtpSessionOptions options;
    private final RandomSource random;
    private final NtpClock clock;
    private final RtpCounters counters = new RtpCounters();
    private final TransmitQueue transmits;
    private final EventQueue events = new EventQueue(counters);
    private final PacketRouter router = new PacketRouter(counters, events);
    private final RtcpSchedule schedule;
    private final ReportComposer composer;
    private final SessionMembers members;
    private final SessionFeedback feedback;
    private final RtcpInput rtcpInput;
    private final PacketInput packetInput;
    private final SendStreams sending;
    /** Those of {@link #sending}. */
    private final List<SendStream> senders;

    /** What was polled last; whether it is still to be given back is {@link #lends}. */
    private TransmitQueue.@Nullable Buffer lent;

    private boolean lends;
    private int lastId;
    private final BandwidthControl bandwidth;
    private long lastNow;
    private boolean closed;

    /**
     * An idle session.
     *
     * @param options values for life
     * @param random where sources, first numbers and report times come from
     * @param wallClockMillis the wall clock at {@code now}, for the NTP times of reports; later jumps do not matter
     * @param now the time
     */
    public RtpSession(RtpSessionOptions options, RandomSource random, long wallClockMillis, long now) {
        this(options, random, wallClockMillis, now, new TransmitBuffers());
    }

    /**
     * An idle session.
     *
     * @param options values for life
     * @param random where sources, first numbers and report times come from
     * @param wallClockMillis the wall clock at {@code now}
     * @param now the time
     * @param buffers may be those of all sessions of this thread
     */
    public RtpSession(
            RtpSessionOptions options, RandomSource random, long wallClockMillis, long now, TransmitBuffers buffers) {
        this.transmits = new TransmitQueue(counters, buffers);
        this.options = options;
        this.random = random;
        this.clock = new NtpClock(wallClockMillis, now);
        this.schedule = new RtcpSchedule(options, random);
        int sessionSsrc = random.nextInt();
        this.sending = new SendStreams(this, transmits, random, sessionSsrc);
        this.senders = sending.all();
        this.composer = new ReportComposer(options, transmits, schedule, clock, sessionSsrc & 0xffff_ffffL);
        this.bandwidth = new BandwidthControl(transmits, events, random.nextInt(1 << 15));
        this.lastNow = now;
        this.members = new SessionMembers(senders, router, schedule);
        this.feedback = new SessionFeedback(composer, senders);
        this.packetInput = new PacketInput(this, counters, events, router, members, feedback);
        this.rtcpInput = new RtcpInput(this, counters, events, router, members, schedule, clock, bandwidth);
    }

    /**
     * A source that neither side uses so far.
     *
     * @return 1 to 2^32-1
     */
    public long newSsrc() {
        while (true) {
            int candidate = random.nextInt();
            if (candidate != 0
                    && !isOwn(candidate)
                    && !sending.isRetired(candidate)
                    && router.stream(candidate & 0xffff_ffffL) == null) {
                return candidate & 0xffff_ffffL;
            }
        }
    }

    /**
     * Adds an outgoing stream.
     *
     * @param parameters what was negotiated
     * @return the stream, ready to write to
     * @throws IllegalArgumentException if its source is in use here
     * @throws IllegalStateException if the session is closed or has 256 streams
     */
    public SendStream addSendStream(SendStreamParameters parameters) {
        checkOpen();
        SendStream stream = sending.add(++lastId, parameters);
        bandwidth.streamsChanged(senders);
        return stream;
    }

    /**
     * Changes codecs, identification or extensions of a stream after renegotiation; its source stays.
     *
     * @param stream of this session
     * @param parameters what was negotiated, with the same sources
     * @throws IllegalArgumentException if the source differs: remove the stream and add another one
     */
    public void updateSendStream(SendStream stream, SendStreamParameters parameters) {
        if (parameters.ssrc() != stream.parameters().ssrc()
                || parameters.rtxSsrc() != stream.parameters().rtxSsrc()
                || parameters.fecSsrc() != stream.parameters().fecSsrc()) {
            throw new IllegalArgumentException("the sources differ; remove the stream and add another one");
        }
        stream.update(parameters);
        bandwidth.streamsChanged(senders);
    }

    void demandChanged() {
        bandwidth.demandChanged(senders);
    }

    /**
     * Removes a stream and says BYE for it if it ever sent (RFC 3550 6.3.7). Removing twice is harmless.
     *
     * @param stream of this session
     * @param now the time
     */
    public void removeSendStream(SendStream stream, long now) {
        if (!sending.contains(stream)) {
            return;
        }
        if (stream.hasSent() && !closed) {
            composer.report(List.of(stream), List.of(), null, List.of(stream.ssrc()), now);
        }
        sending.remove(stream);
        bandwidth.streamsChanged(senders);
        members.tell();
    }

    /**
     * Adds a media section that receives.
     *
     * @param parameters what was negotiated
     * @param now the time
     * @return its handle
     * @throws IllegalStateException if the session is closed or has 64 receivers
     */
    public RtpReceiver addReceiver(ReceiveParameters parameters, long now) {
        checkOpen();
        RtpReceiver receiver = new RtpReceiver(++lastId, parameters);
        router.add(receiver, now);
        return receiver;
    }

    /**
     * Changes what a section expects after renegotiation; active streams stay bound.
     *
     * @param receiver of this session
     * @param parameters what was negotiated
     * @param now the time
     */
    public void updateReceiver(RtpReceiver receiver, ReceiveParameters parameters, long now) {
        router.update(receiver, parameters, now);
    }

    /**
     * Removes a section; its streams end with {@link RtpEvent.EndReason#REMOVED}. Removing twice is harmless.
     *
     * @param receiver of this session
     */
    public void removeReceiver(RtpReceiver receiver) {
        router.remove(receiver);
        members.tell();
    }

    /**
     * Takes a decrypted RTP packet.
     *
     * @param data borrowed until the drain that follows is finished
     * @param offset first byte
     * @param length count of bytes
     * @param now time of arrival
     */
    public void handleRtp(byte[] data, int offset, int length, long now) {
        if (!closed) {
            packetInput.handle(data, offset, length, now);
        }
    }

    /**
     * Takes a decrypted RTCP packet, compound or of reduced size.
     *
     * @param data borrowed for the call
     * @param offset first byte
     * @param length count of bytes
     * @param now time of arrival
     */
    public void handleRtcp(byte[] data, int offset, int length, long now) {
        if (!closed) {
            rtcpInput.handle(data, offset, length, now);
        }
    }

    /**
     * Does what has become due. Early and repeated calls are harmless.
     *
     * @param now the time
     */
    public void handleTimeout(long now) {
        if (closed) {
            return;
        }
        lastNow = Math.max(lastNow, now);
        for (Timer timer : TIMERS) {
            if (deadline(timer) > now) {
                continue;
            }
            switch (timer) {
                case REPORT -> {
                    members.tell();
                    if (schedule.due(now)) {
                        composer.report(senders, router.streams, extendedReport(now), List.of(), now);
                        schedule.onReported(now);
                    }
                }
                case MISSING -> packetInput.requestMissing(now);
                case SILENCE -> members.endSilent(now);
                case ARRIVALS -> feedback.reportArrivals(now);
                case BANDWIDTH -> bandwidth.handleTimeout(now);
            }
        }
    }

    private long deadline(Timer timer) {
        return switch (timer) {
            case REPORT -> schedule.next();
            case MISSING -> packetInput.nextRequest();
            case SILENCE -> members.nextSilence();
            case ARRIVALS -> feedback.nextArrivals();
            case BANDWIDTH -> bandwidth.nextTimeout(lastNow);
        };
    }

    /**
     * When {@link #handleTimeout} wants to be called.
     *
     * @return a time, or {@link Time#NEVER}
     */
    public long nextTimeout() {
        if (closed) {
            return Time.NEVER;
        }
        long next = Time.NEVER;
        for (Timer timer : TIMERS) {
            next = Math.min(next, deadline(timer));
        }
        return next;
    }

    /**
     * Takes the next packet to protect and send now.
     *
     * @param out is pointed at the packet; its bytes are valid until the next call on this session
     * @param now the time
     * @return false if there is none, or what there is has to wait
     */
    @SuppressWarnings("ReferenceEquality") // meant: whether there is anything to write
    public boolean pollTransmit(RtpTransmit out, long now) {
        if (lends && lent != null) {
            transmits.release(lent);
        }
        lends = false;
        lastNow = Math.max(lastNow, now);
        TransmitQueue.Buffer buffer = bandwidth.poll(now);
        if (buffer == null) {
            return false;
        }
        // References are written only if they are others: the collector's barrier waits for all that was written
        // before.
        lends = true;
        if (lent != buffer) {
            lent = buffer;
        }
        if (out.data != buffer.data) {
            out.data = buffer.data;
        }
        out.offset = RtpTransmit.HEADROOM;
        out.length = buffer.length;
        out.rtcp = buffer.priority == TransmitQueue.Priority.CONTROL;
        return true;
    }

    /**
     * Takes the next event. A {@link ReceivedPacket} is valid until the next call on this session.
     *
     * @return an event, or null if there is none
     */
    public @Nullable RtpEvent pollEvent() {
        return events.poll();
    }

    /**
     * Asks the sender of a stream for a key frame (RFC 4585 6.3.1), at most once in 300 ms.
     *
     * @param ssrc a received stream; another one is ignored
     * @param now the time
     */
    public void requestKeyFrame(long ssrc, long now) {
        ReceiveStream stream = router.stream(ssrc);
        if (!closed && stream != null && stream.active && !stream.repair) {
            feedback.requestKeyFrame(stream, now);
        }
    }

    /**
     * How often something was dropped or refused.
     *
     * @param counter which
     * @return a count since the beginning
     */
    public long count(RtpCounter counter) {
        return counters.get(counter);
    }

    /**
     * The latest round trip of any outgoing stream, else of any received one.
     *
     * @return nanoseconds, or -1 if none was measured
     */
    public long roundTripNanos() {
        long latest = -1;
        for (SendStream sender : senders) {
            latest = Math.max(latest, sender.roundTripNanos());
        }
        if (latest < 0) {
            // RFC 3611 4.5: who only receives knows it from the answers to its own reference times.
            for (ReceiveStream stream : router.streams) {
                latest = Math.max(latest, stream.active ? stream.roundTrip.lastNanos() : -1);
            }
        }
        return latest;
    }

    /**
     * What our feedback by source and number (RFC 8888) has said of a stream that comes.
     *
     * @param ssrc its source
     * @return counts
     */
    public LossReports lossReportsSent(long ssrc) {
        return feedback.streamArrivals.reported(ssrc);
    }

    /**
     * What the peer's feedback by source and number (RFC 8888) has said of a stream of ours.
     *
     * @param ssrc its source
     * @return null if such feedback was not negotiated for anything that is sent
     */
    public @Nullable LossReports lossReportsReceived(long ssrc) {
        return bandwidth.reported(ssrc);
    }

    /**
     * Packets of feedback by source and number that were sent.
     *
     * @return a count
     */
    public long streamReportsSent() {
        return feedback.streamReports();
    }

    /**
     * Packets of feedback by source and number that came.
     *
     * @return a count
     */
    public long streamReportsReceived() {
        return bandwidth.streamReports();
    }

    /**
     * What all outgoing streams together may send.
     *
     * @return bits per second, with headers and repetitions
     */
    public long targetBps() {
        return bandwidth.targetBps();
    }

    /**
     * Says BYE for all streams that ever sent and stops; the last transmits may still be polled. Closing twice is
     * harmless.
     *
     * @param now the time
     */
    public void close(long now) {
        if (closed) {
            return;
        }
        List<Long> leaving = new ArrayList<>();
        for (SendStream sender : senders) {
            if (sender.hasSent() && leaving.size() < 31) {
                leaving.add(sender.ssrc());
            }
        }
        if (!leaving.isEmpty()) {
            composer.report(senders, router.streams, null, leaving, now);
        }
        for (SendStream sender : senders) {
            sender.markRemoved();
        }
        closed = true;
        schedule.stop();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed; make another one");
        }
    }

    boolean isOwn(int ssrc) {
        return sending.isOwn(ssrc);
    }

    @Nullable
    SendStream ownStream(long ssrc) {
        return sending.get((int) ssrc);
    }

    int firstSequence(int ssrc) {
        return sending.firstSequence(ssrc);
    }

    /** RFC 3550 8.2: the first packet under one of our sources may be a collision, after a change it is a loop. */
    void onOwnSource(int ssrc, long now) {
        SendStream stream = sending.get(ssrc);
        if (stream == null || stream.ssrcChanged || stream.ssrc != ssrc) {
            return;
        }
        long old = stream.ssrc();
        if (stream.hasSent()) {
            composer.report(List.of(stream), List.of(), null, List.of(old), now);
        }
        long fresh = newSsrc();
        sending.changeSource(stream, fresh);
        events.add(new RtpEvent.SsrcChanged(stream.id(), old, fresh));
    }

    private @Nullable ExtendedReport extendedReport(long now) {
        if (!options.receiverRtt()) {
            return null;
        }
        boolean sending = false;
        for (SendStream sender : senders) {
            sending |= sender.isSender();
        }
        List<ExtendedReport.Delay> delays = rtcpInput.takeDelays(now);
        long reference = sending ? 0 : clock.at(now);
        if (reference == 0 && delays.isEmpty()) {
            return null;
        }
        return new ExtendedReport(composer.reporter(senders), reference, delays);
    }

    void onPacketWritten(long now) {
        schedule.start(now);
    }

    /** 32.32 seconds since 1900. */
    long ntpTime(long now) {
        return clock.at(now);
    }

    RtpCounters counters() {
        return counters;
    }

    @Override
    public String toString() {
        return "RtpSession senders=" + senders + " receivers=" + router.receivers;
    }
}
