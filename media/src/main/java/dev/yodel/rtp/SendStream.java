package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.rtp.rtcp.GenericNack;
import dev.yodel.rtp.rtcp.ReportBlock;
import dev.yodel.rtp.rtcp.SenderReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing RTP stream: numbers packets, writes their headers and counts them. It encodes nothing. Audio
 * leaves when it is written; video is paced where the peer reports arrivals. Same thread as its session (RFC 3550
 * 5.1, RFC 8285, RFC 9143).
 */
public final class SendStream {
    /** Stands in {@link #demand} for a stream that takes what there is. */
    public static final long DEMAND_UNKNOWN = -1;

    private final int id;
    private final RtpSession session;
    private final TransmitQueue transmits;
    private final PacketHeaderWriter headers;
    private final HeaderExtensionReader extensionReader = new HeaderExtensionReader();
    private final int timestampOffset;
    private SendStreamParameters parameters;
    private long demandBps = DEMAND_UNKNOWN;
    private final StreamProtection protection;
    private final FrameExtensionValues pending = new FrameExtensionValues();
    private final FrameExtensionValues relayed = new FrameExtensionValues();
    private long captureSaidNanos = Time.NEVER;
    private boolean removed;

    int ssrc;
    boolean ssrcChanged;
    private int nextSequence;
    private boolean relaying;
    private int relaySource;
    private int relaySequenceOffset;
    private int relayTimestampOffset;
    private int lastRelaySequence;

    /** The codec of the packet that was relayed last, and what it is sent as: the same for most. */
    private @Nullable RtpCodec relayedCodec;

    private @Nullable RtpCodec relayedAs;

    private final SendCounts counts;
    long nackCount;
    long pliCount;
    long firCount;
    int lastFirSequence = -1;
    long keyFrameRequestedNanos = Time.NEVER;

    private boolean acknowledged;

    SendStream(
            int id,
            RtpSession session,
            TransmitQueue transmits,
            SendStreamParameters parameters,
            int sequence,
            int offset) {
        this.id = id;
        this.session = session;
        this.transmits = transmits;
        this.parameters = parameters;
        this.headers = new PacketHeaderWriter();
        this.protection = new StreamProtection(session, transmits, headers);
        this.ssrc = (int) parameters.ssrc();
        this.nextSequence = sequence;
        this.counts = new SendCounts(sequence);
        this.timestampOffset = offset;
        update(parameters);
    }

    void update(SendStreamParameters changed) {
        parameters = changed;
        relayedCodec = null;
        headers.identify(changed.mid(), changed.rid());
        protection.update(changed);
    }

    /** RFC 3550 8.2: goes on under a fresh source, whose counts begin at zero (6.4.1). */
    void changeSsrc(int fresh, int sequence) {
        ssrc = fresh;
        ssrcChanged = true;
        parameters = parameters.withSsrc(ssrc());
        counts.restart(sequence);
        nextSequence = sequence;
        relaying = false;
        acknowledged = false;
    }

    void markRemoved() {
        removed = true;
    }

    /**
     * Its number, unique in the session and never used again.
     *
     * @return 1 and more
     */
    public int id() {
        return id;
    }

    /**
     * What was negotiated last; after a collision with the source that is in use now.
     *
     * @return the parameters
     */
    public SendStreamParameters parameters() {
        return parameters;
    }

    /**
     * The source in use.
     *
     * @return 0 to 2^32-1
     */
    public long ssrc() {
        return ssrc & 0xffff_ffffL;
    }

    /**
     * The negotiated codec that equals another one, for relays.
     *
     * @param codec of the received packet
     * @return a codec of this stream, or null if the packet cannot be relayed
     */
    public @Nullable RtpCodec codecLike(RtpCodec codec) {
        List<RtpCodec> codecs = parameters.codecs();
        for (int i = 0; i < codecs.size(); i++) {
            if (codecs.get(i).sameEncoding(codec)) {
                return codecs.get(i);
            }
        }
        return null;
    }

    /**
     * Sends one payload.
     *
     * @param codec one of the negotiated codecs
     * @param payload copied
     * @param offset first byte
     * @param length count of bytes, so that the packet fits 1,500
     * @param rtpTimestamp sampling time in units of the codec's clock from any start; the low 32 bits count, and a random
     *     offset is added (RFC 3550 5.1)
     * @param marker the marker bit
     * @param audioLevel -dBov, 0 to 127, or -1 for none (RFC 6464)
     * @param now the time
     * @throws IllegalArgumentException if the payload is too large for one packet
     * @throws IllegalStateException if the stream was removed
     */
    public void write(
            RtpCodec codec,
            byte[] payload,
            int offset,
            int length,
            long rtpTimestamp,
            boolean marker,
            int audioLevel,
            long now) {
        checkOpen();
        relaying = false;
        int level = audioLevel < 0 ? -1 : Math.min(audioLevel, 127) | (audioLevel < 127 ? 0x80 : 0);
        TransmitQueue.Buffer buffer = transmits.take();
        sayCaptureTime(now);
        RtpCodec as = protection.wrapper(codec);
        int header = writeHeader(
                buffer, nextSequence, (int) rtpTimestamp + timestampOffset, as.payloadType(), marker, level, pending);
        pending.clear();
        if (header + length >= TransmitQueue.MAX_PACKET) {
            transmits.release(buffer);
            throw new IllegalArgumentException("a payload of " + length + " bytes and a header of " + header
                    + " do not fit one packet of " + TransmitQueue.MAX_PACKET + "; packetize it");
        }
        int used = finish(buffer, header, payload, offset, length, codec, as, nextSequence + 1, null, now);
        nextSequence = nextSequence + 1 + used & 0xffff;
    }

    /** Once a second: receivers reckon from there (abs-capture-time 4). What is written is taken for captured now. */
    private void sayCaptureTime(long now) {
        int at = FrameExtension.CAPTURE_TIME.index;
        boolean due = captureSaidNanos == Time.NEVER || now - captureSaidNanos >= Time.SECOND;
        if (due && parameters.extensions().captureTime() != 0 && pending.length[at] == 0) {
            captureSaidNanos = now;
            AbsoluteCaptureTime time = new AbsoluteCaptureTime(session.ntpTime(now), null);
            byte[] value = new byte[time.size()];
            time.write(value, 0);
            pending.put(FrameExtension.CAPTURE_TIME, value);
        }
    }

    /**
     * Sends one payload of the preferred codec without an audio level.
     *
     * @param payload copied
     * @param offset first byte
     * @param length count of bytes
     * @param rtpTimestamp see the long form
     * @param marker the marker bit
     * @param now the time
     */
    public void write(byte[] payload, int offset, int length, long rtpTimestamp, boolean marker, long now) {
        write(parameters.codecs().get(0), payload, offset, length, rtpTimestamp, marker, -1, now);
    }

    /**
     * Says something of the frame in the packet that {@link #write} is called for next. Nothing is sent of it where
     * the extension was not negotiated.
     *
     * @param extension what
     * @param value its bytes, 1 to 255; copied
     */
    public void say(FrameExtension extension, byte[] value) {
        if (parameters.extensions().id(extension) != 0) {
            pending.put(extension, value);
        }
    }

    /**
     * Whether the peer has reported on the stream, so that what was said once is known.
     *
     * @return false until its first report
     */
    public boolean acknowledged() {
        return acknowledged;
    }

    /**
     * Relays a packet that this or another session on the same thread received.
     *
     * @param packet a current packet event
     * @param now the time
     * @return false if no negotiated codec equals its codec, or it is too large; then it is counted and dropped
     * @throws IllegalStateException if the stream was removed
     */
    public boolean relay(ReceivedPacket packet, long now) {
        checkOpen();
        if (!packet.codec.equals(relayedCodec)) {
            relayedCodec = packet.codec;
            relayedAs = codecLike(packet.codec);
        }
        RtpCodec codec = relayedAs;
        if (codec == null) {
            session.counters().count(RtpCounter.RELAY_REFUSED);
            return false;
        }
        int level = packet.audioLevel < 0 ? -1 : packet.audioLevel | (packet.voiceActivity ? 0x80 : 0);
        relayed.borrow(packet);
        relaying &= !packet.continues;
        return relay(
                packet.data,
                packet.payloadOffset,
                packet.payloadLength,
                (int) packet.ssrc,
                (int) packet.sequence,
                (int) packet.rtpTimestamp,
                packet.marker,
                level,
                codec,
                packet.patch,
                now);
    }

    /**
     * Relays a whole RTP packet: its source, payload type, header extensions and the origins of sequence number and
     * timestamp are replaced; gaps and order stay. A packet from another source, or far away from the last one, continues
     * behind the last one sent.
     *
     * @param packet a wrapped packet, for example of a bridge
     * @param codec one of the negotiated codecs
     * @param sourceIds which header extensions of the packet to understand; only the audio level is taken over
     * @param now the time
     * @return false if it is too large or malformed; then it is counted and dropped
     * @throws IllegalStateException if the stream was removed
     */
    public boolean writeRtp(RtpPacket packet, RtpCodec codec, HeaderExtensionIds sourceIds, long now) {
        checkOpen();
        if (packet.length() == 0) {
            session.counters().count(RtpCounter.RELAY_REFUSED);
            return false;
        }
        int level = -1;
        if (sourceIds.audioLevel() != 0) {
            extensionReader.wrap(packet);
            while (extensionReader.next()) {
                if (extensionReader.id() == sourceIds.audioLevel() && extensionReader.length() >= 1) {
                    level = Bytes.u8(packet.data(), extensionReader.offset());
                    break;
                }
            }
        }
        relayed.clear();
        return relay(
                packet.data(),
                packet.payloadOffset(),
                packet.payloadLength(),
                (int) packet.ssrc(),
                packet.sequenceNumber(),
                (int) packet.timestamp(),
                packet.marker(),
                level,
                codec,
                null,
                now);
    }

    private boolean relay(
            byte[] payload,
            int offset,
            int length,
            int source,
            int sequence,
            int timestamp,
            boolean marker,
            int level,
            RtpCodec codec,
            @Nullable PayloadPatch patch,
            long now) {
        int distance = (short) (sequence - lastRelaySequence);
        boolean anchored = relaying
                && source == relaySource
                && distance < ReceiveSequence.MAX_DROPOUT
                && distance > -ReceiveSequence.MAX_MISORDER;
        int sequenceOffset = anchored ? relaySequenceOffset : nextSequence - sequence;
        int timestampShift = relayTimestampOffset;
        if (!anchored) {
            // The new source continues where the old one would be by now.
            int from = counts.hasSent() ? counts.timestampBehind(codec.clockRate(), now) : timestampOffset;
            timestampShift = from - timestamp;
        }
        TransmitQueue.Buffer buffer = transmits.take();
        int out = sequence + sequenceOffset & 0xffff;
        RtpCodec as = protection.wrapper(codec);
        int header = writeHeader(buffer, out, timestamp + timestampShift, as.payloadType(), marker, level, relayed);
        if (header + length >= TransmitQueue.MAX_PACKET) {
            transmits.release(buffer);
            session.counters().count(RtpCounter.RELAY_REFUSED);
            return false;
        }
        relaying = true;
        relaySource = source;
        relaySequenceOffset = sequenceOffset;
        relayTimestampOffset = timestampShift;
        if (!anchored || distance > 0) {
            lastRelaySequence = sequence;
        }
        boolean newest = (short) (out - nextSequence) >= 0;
        // Parity of its own stream only: a number of this one that parity took could come again with a late packet.
        boolean beside = newest && protection.isSeparate();
        finish(buffer, header, payload, offset, length, codec, as, beside ? out + 1 : -1, patch, now);
        if (newest) {
            nextSequence = out + 1 & 0xffff;
        }
        return true;
    }

    /**
     * What a timestamp becomes on the wire, where a random offset is added (RFC 3550 5.1).
     *
     * @param rtpTimestamp as {@link #write} takes it
     * @return 0 to 2^32-1
     */
    public long wireTimestamp(long rtpTimestamp) {
        return (rtpTimestamp + timestampOffset) & 0xffff_ffffL;
    }

    /**
     * The timestamp of something sampled now, as {@link #write} takes it: what was sent last, and the time since.
     *
     * @param clockRate units per second
     * @param now the time
     * @return units from the start that {@code write} counts from; before the first packet they count from time 0
     */
    public long timestampNow(int clockRate, long now) {
        return counts.hasSent()
                ? counts.timestampNow(clockRate, now) - timestampOffset & 0xffff_ffffL
                : InterarrivalJitter.toUnits(now, clockRate);
    }

    /**
     * What is relayed next continues behind the last packet sent: the packets that were left out on purpose are not to look
     * lost.
     */
    public void breakRelay() {
        relaying = false;
    }

    private void checkOpen() {
        if (removed) {
            throw new IllegalStateException("the stream was removed from its session; add another one");
        }
    }

    private int writeHeader(
            TransmitQueue.Buffer buffer,
            int sequence,
            int timestamp,
            int payloadType,
            boolean marker,
            int level,
            FrameExtensionValues frame) {
        HeaderExtensionIds ids = parameters.extensions();
        // RFC 9143 6: identification goes with the packets until the peer is known to have bound the source.
        return headers.write(
                buffer,
                ssrc,
                sequence,
                timestamp,
                payloadType,
                marker,
                level,
                ids,
                ids.rid(),
                !acknowledged,
                frame.isEmpty() ? null : frame);
    }

    /**
     * Fills in the payload, queues the packet, and what protects it behind it.
     *
     * @param as what it is sent as: the codec itself, or RED
     * @param following the number behind it; -1 for a packet out of order, which is not protected
     * @return how many numbers of the stream its protection took
     */
    private int finish(
            TransmitQueue.Buffer buffer,
            int header,
            byte[] payload,
            int offset,
            int count,
            RtpCodec codec,
            RtpCodec as,
            int following,
            @Nullable PayloadPatch patch,
            long now) {
        int at = RtpTransmit.HEADROOM;
        int wrapped = as.equals(codec) ? 0 : Protector.RED_HEADER;
        if (wrapped > 0) {
            buffer.data[at + header] = (byte) codec.payloadType();
        }
        int length = wrapped + count;
        int clockRate = codec.clockRate();
        System.arraycopy(payload, offset, buffer.data, at + header + wrapped, count);
        if (patch != null) {
            patch.apply(buffer.data, at + header + wrapped);
        }
        counts.onSent(Bytes.i32(buffer.data, at + 4), clockRate, header, length, now);
        protection.remember(buffer, header + length, now);
        transmits.add(
                buffer,
                header + length,
                clockRate == StreamProtection.VIDEO_CLOCK
                        ? TransmitQueue.Priority.VIDEO
                        : TransmitQueue.Priority.AUDIO);
        buffer.stream = this;
        buffer.queuedNanos = now;
        session.onPacketWritten(now);
        return protection.protect(buffer, header, header + length, codec, ssrc, !acknowledged, following);
    }

    /** A packet leaves that waited so long for the pacer. */
    void onLeft(long waitedNanos) {
        counts.onLeft(waitedNanos);
    }

    /**
     * Tells what this stream would take if the path carried it: so much is looked for, and no more, also while less
     * is sent. Unless told, it takes whatever there is, and little more is looked for than is used.
     *
     * @param bps bits per second, or {@link #DEMAND_UNKNOWN}
     */
    public void demand(long bps) {
        if (bps != demandBps) {
            demandBps = bps;
            session.demandChanged();
        }
    }

    long demandBps() {
        return demandBps;
    }

    /** What is sent again, and what protects it. */
    StreamProtection protection() {
        return protection;
    }

    /** Queues a packet of no use but for its size: one that was sent already, as a repetition; false if there is none. */
    boolean pad(long now) {
        return protection.pad(!acknowledged, now);
    }

    /** The number that the next packet would get. */
    int nextSequence() {
        return nextSequence;
    }

    /**
     * Which part of what is sent goes to protection at the losses that the peer reports.
     *
     * @return 0 to 1, of media and protection together
     */
    public double protectionShare() {
        return protection.share();
    }

    boolean hasSent() {
        return counts.hasSent();
    }

    /** RFC 3550 6.4: a sender is one that sent since the report before the last one. */
    boolean isSender() {
        return counts.isSender();
    }

    /** The stream's SR of this moment (RFC 3550 6.4.1). */
    SenderReport takeSenderReport(long ntpTime, List<ReportBlock> blocks, long now) {
        return counts.takeSenderReport(ssrc(), ntpTime, blocks, now);
    }

    /** Packets that left since this was asked last. */
    long takeSentSinceReport() {
        return counts.takeSentSinceReport();
    }

    /**
     * Takes what the peer says about this stream.
     *
     * @return the round trip in nanoseconds, -1 if the block has none, -2 if it is implausible
     */
    long onReportBlock(ReportBlock block, int nowCompact, long now) {
        if (!counts.canBeReported()) {
            return -1;
        }
        acknowledged = true;
        protection.onLoss(block.fractionLost() / 256.0);
        return counts.onReportBlock(block, nowCompact, now);
    }

    /** RFC 4588: sends what the peer misses, as far as memory, cooldown and budget allow. */
    void onNack(GenericNack nack, long now) {
        nackCount++;
        protection.onNack(nack, counts.roundTripNanos(), !acknowledged, now);
    }

    long roundTripNanos() {
        return counts.roundTripNanos();
    }

    /**
     * The counts of this moment.
     *
     * @return a fresh record
     */
    public SendStreamStats stats() {
        return counts.stats(this, protection);
    }

    @Override
    public String toString() {
        return "send stream " + id + " ssrc=" + ssrc() + " mid=" + parameters.mid() + " packets=" + counts.packets();
    }
}
