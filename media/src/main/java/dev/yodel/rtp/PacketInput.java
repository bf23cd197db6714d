package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.feedback.FecDecoder;
import dev.yodel.rtp.feedback.MissingPackets;
import dev.yodel.rtp.payload.RedBlocks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a received RTP packet changes: routing, counts, events, and what to ask for again (RFC 3550 A.1, RFC 4585,
 * 4588).
 */
final class PacketInput {
    private static final int ORIGINAL_NUMBER = 2;

    /** RFC 2198 3: the header of the primary block, which is all that video has. */
    private static final int RED_HEADER = 1;

    private final RtpSession session;
    private final RtpCounters counters;
    private final EventQueue events;
    private final PacketRouter router;
    private final SessionMembers members;
    private final SessionFeedback feedback;
    private final RtpPacket packet = new RtpPacket();
    private final RedBlocks red = new RedBlocks();
    private final ParityInput parity;
    private final int[] due = new int[MissingPackets.CAPACITY];
    private long nextRequest = Time.NEVER;

    PacketInput(
            RtpSession session,
            RtpCounters counters,
            EventQueue events,
            PacketRouter router,
            SessionMembers members,
            SessionFeedback feedback) {
        this.session = session;
        this.counters = counters;
        this.events = events;
        this.router = router;
        this.members = members;
        this.feedback = feedback;
        this.parity = new ParityInput(counters, router);
    }

    void handle(byte[] data, int offset, int length, long now) {
        if (!packet.wrap(data, offset, length)) {
            counters.count(RtpCounter.RTP_MALFORMED);
            return;
        }
        if (session.isOwn((int) packet.ssrc())) {
            counters.count(RtpCounter.RTP_OWN_SSRC);
            session.onOwnSource((int) packet.ssrc(), now);
            return;
        }
        ReceiveStream stream = router.route(packet, now);
        RtpCodec codec = router.codec;
        if (stream == null || codec == null) {
            return;
        }
        int verdict = stream.sequence.update(packet.sequenceNumber());
        if (verdict == ReceiveSequence.JUMPED) {
            counters.count(RtpCounter.RTP_SEQUENCE_JUMP);
            return;
        }
        if (verdict == ReceiveSequence.DUPLICATE) {
            stream.duplicates++;
            counters.count(RtpCounter.RTP_DUPLICATE);
            return;
        }
        if (stream.receiver.reportsStreams()) {
            feedback.streamArrivals.onPacket(stream.unsignedSsrc(), stream.sequence.last(), now);
        } else if (router.transportNumber >= 0 && stream.receiver.reportsArrivals()) {
            feedback.arrivals.onPacket(router.transportNumber, stream.unsignedSsrc(), now);
        }
        boolean restarted = verdict == ReceiveSequence.RESTARTED;
        RtpCodec media = codec.isVideoRed() ? wrapped(stream, packet.payloadOffset(), packet.payloadLength()) : codec;
        stream.onPacket(packet, media, stream.sequence.last() == stream.sequence.highest(), now);
        members.begin(now);
        if (codec.isRtx()) {
            unwrap(stream, codec, now);
            return;
        }
        if (codec.isFlexfec()) {
            ReceiveStream repaired = parity.onFlexfec(stream, packet);
            if (repaired != null) {
                deliverRebuilt(repaired, now);
            }
            return;
        }
        if (stream.receiver.repeats(codec)) {
            watch(stream, restarted, now);
        }
        if (codec.isVideoRed()) {
            unpackVideo(stream, media, restarted, now);
        } else if (codec.isRed()) {
            unpack(stream, restarted, now);
        } else {
            if (!stream.sequence.lastRebuilt()) {
                deliver(stream, codec, 0, false, restarted, now);
            }
            parity.onMedia(stream, packet, 0, codec.payloadType(), restarted);
            deliverRebuilt(stream, now);
        }
    }

    /** What a payload of RED says that it is; RED itself if nobody knows that. One block is all that is sent for video. */
    private RtpCodec wrapped(ReceiveStream stream, int offset, int length) {
        RtpCodec inner = length == 0 ? null : stream.receiver.codec(packet.data()[offset] & 0x7f);
        boolean known = inner != null && (inner.isPlain() || inner.isUlpfec()) && packet.data()[offset] >= 0;
        RtpCodec wrapper = stream.receiver.codec(packet.payloadType());
        return known && inner != null ? inner : java.util.Objects.requireNonNull(wrapper);
    }

    /** RFC 5109 14.1 in RFC 2198: media and its parity, in one stream under one count. */
    private void unpackVideo(ReceiveStream stream, RtpCodec inner, boolean restarted, long now) {
        if (packet.payloadLength() == 0) {
            // Only padding: its number is no gap.
            deliver(stream, media(stream), 0, false, restarted, now);
            return;
        }
        if (inner.isRed()) {
            counters.count(RtpCounter.RED_MALFORMED);
            return;
        }
        if (inner.isUlpfec()) {
            // Its number is no gap, and there is nothing behind it.
            deliver(stream, media(stream), packet.payloadLength(), false, restarted, now);
            parity.onUlpfec(stream, packet, RED_HEADER);
            if (stream.missing != null) {
                stream.missing.numbersMayBeParity();
            }
        } else {
            if (!stream.sequence.lastRebuilt()) {
                deliver(stream, inner, RED_HEADER, false, restarted, now);
            }
            stream.media = inner;
            parity.onMedia(stream, packet, RED_HEADER, inner.payloadType(), restarted);
        }
        deliverRebuilt(stream, now);
    }

    /** The codec of the media that a stream carried last. */
    private RtpCodec media(ReceiveStream stream) {
        RtpCodec last = stream.media;
        if (last != null) {
            return last;
        }
        for (RtpCodec codec : stream.receiver.parameters().codecs()) {
            if (codec.isPlain()) {
                return codec;
            }
        }
        return java.util.Objects.requireNonNull(router.codec);
    }

    /** What parity gave back goes the way of all packets, and the original that comes later is not delivered again. */
    private void deliverRebuilt(ReceiveStream stream, long now) {
        FecDecoder decoder = stream.parity;
        if (decoder == null) {
            return;
        }
        for (long number = decoder.pollRebuilt(); number != Long.MIN_VALUE; number = decoder.pollRebuilt()) {
            RtpCodec codec = packet.wrap(decoder.data(number), 0, decoder.length(number))
                    ? stream.receiver.codec(packet.payloadType())
                    : null;
            // R12: parity of parity, or of what wraps others, is none.
            if (codec == null || !codec.isPlain()) {
                counters.count(RtpCounter.PARITY_REFUSED);
                continue;
            }
            if (!stream.sequence.rebuild(number)) {
                continue;
            }
            stream.rebuilt++;
            router.readExtensions(packet);
            if (stream.missing != null) {
                stream.missing.onPacket(number, false, now);
                nextRequest = Math.min(nextRequest, stream.missing.nextTimeout());
            }
            ReceivedPacket event = deliver(stream, codec, 0, false, false, now);
            event.sequence = number;
            event.rebuilt = true;
        }
    }

    /**
     * RFC 2198 3: first the blocks of packets that were lost, then the packet's own. A block says its time and not
     * its number: senders repeat the packets right before.
     */
    private void unpack(ReceiveStream stream, boolean restarted, long now) {
        if (packet.payloadLength() == 0) {
            // Only padding.
            return;
        }
        int last = red.wrap(packet.data(), packet.payloadOffset(), packet.payloadLength()) ? red.count() - 1 : -1;
        // R12: no redundancy of redundancy, and none of retransmissions.
        RtpCodec primary = last < 0 ? null : plain(stream.receiver.codec(red.payloadType(last)));
        if (primary == null) {
            counters.count(RtpCounter.RED_MALFORMED);
            return;
        }
        long sequence = stream.sequence.last();
        boolean rebuiltBefore = stream.sequence.lastRebuilt();
        for (int i = 0; i < last; i++) {
            RtpCodec codec = plain(stream.receiver.codec(red.payloadType(i)));
            if (codec != null && red.length(i) > 0 && stream.sequence.rebuild(sequence - last + i)) {
                stream.rebuilt++;
                deliver(stream, codec, sequence - last + i, red.timestampOffset(i), i, false, now).rebuilt = true;
            }
        }
        if (!rebuiltBefore) {
            deliver(stream, primary, sequence, 0, last, restarted, now);
        }
    }

    private static @Nullable RtpCodec plain(@Nullable RtpCodec codec) {
        return codec == null || !codec.isPlain() ? null : codec;
    }

    private ReceivedPacket deliver(
            ReceiveStream stream, RtpCodec codec, long sequence, int age, int block, boolean restarted, long now) {
        ReceivedPacket event = deliver(stream, codec, 0, false, restarted, now);
        event.sequence = sequence;
        event.rtpTimestamp = packet.timestamp() - age & 0xffff_ffffL;
        event.payloadOffset = red.offset(block);
        event.payloadLength = red.length(block);
        return event;
    }

    /** RFC 4588 4: the payload is the original sequence number and the original payload. */
    private void unwrap(ReceiveStream repair, RtpCodec rtx, long now) {
        if (packet.payloadLength() < ORIGINAL_NUMBER) {
            // Only padding: a probe for bandwidth.
            return;
        }
        ReceiveStream stream = repair.receiver.repaired(repair);
        int type = rtx.associatedPayloadType();
        RtpCodec codec = type < 0 ? null : repair.receiver.codec(type);
        // R12: a retransmission of a retransmission is none.
        if (stream == null
                || codec == null
                || codec.isRepair()
                || !stream.sequence.fill(Bytes.u16(packet.data(), packet.payloadOffset()))) {
            counters.count(RtpCounter.RETRANSMISSION_USELESS);
            return;
        }
        stream.retransmitted++;
        int at = packet.payloadOffset() + ORIGINAL_NUMBER;
        int size = packet.payloadLength() - ORIGINAL_NUMBER;
        stream.retransmittedBytes += size;
        RtpCodec media = codec.isVideoRed() && size > 0 ? stream.receiver.codec(packet.data()[at] & 0x7f) : codec;
        stream.onPacket(packet, media == null ? codec : media, false, now);
        if (stream.missing != null) {
            stream.missing.onPacket(stream.sequence.last(), false, now);
        }
        if (stream.sequence.lastRebuilt()) {
            return;
        }
        if (media == null || !(media.isPlain() || media.isUlpfec())) {
            counters.count(RtpCounter.RED_MALFORMED);
        } else if (media.isUlpfec()) {
            deliver(stream, media(stream), packet.payloadLength(), true, false, now);
        } else {
            deliver(stream, media, ORIGINAL_NUMBER + (codec.isVideoRed() ? RED_HEADER : 0), true, false, now);
        }
    }

    private ReceivedPacket deliver(
            ReceiveStream stream, RtpCodec codec, int skip, boolean retransmitted, boolean restarted, long now) {
        ReceivedPacket event = events.takePacket();
        event.data = packet.data();
        event.packetOffset = packet.offset();
        event.packetLength = packet.length();
        event.headerLength = packet.headerLength();
        event.payloadOffset = packet.payloadOffset() + skip;
        event.payloadLength = packet.payloadLength() - skip;
        event.receiverId = stream.receiver.id();
        event.ssrc = stream.unsignedSsrc();
        event.rid = stream.rid;
        event.codec = codec;
        event.sequence = stream.sequence.last();
        event.restarted = restarted;
        event.retransmitted = retransmitted;
        event.rebuilt = false;
        event.continues = false;
        event.patch.clear();
        event.rtpTimestamp = packet.timestamp();
        event.marker = packet.marker();
        event.audioLevel = router.audioLevel < 0 ? -1 : router.audioLevel & 0x7f;
        event.voiceActivity = router.audioLevel >= 0 && (router.audioLevel & 0x80) != 0;
        event.frameNumber = -1;
        event.extensions = 0;
        for (int i = 0; i < FrameExtension.COUNT; i++) {
            int at = router.frameExtensionAt[i];
            if (at >= 0) {
                event.extension(i, at - packet.offset(), router.frameExtensionLength[i]);
            }
        }
        event.arrivalNanos = now;
        events.add(event);
        return event;
    }

    private void watch(ReceiveStream stream, boolean restarted, long now) {
        MissingPackets missing = stream.missing;
        if (missing == null) {
            missing = new MissingPackets();
            stream.missing = missing;
        }
        missing.onPacket(stream.sequence.last(), restarted, now);
        if (missing.size() > 0) {
            nextRequest = Math.min(nextRequest, missing.nextTimeout());
        }
        repairByKeyFrame(stream, missing, now);
    }

    /** What can no longer be asked for is repaired by a key frame, if the codec has that. */
    private void repairByKeyFrame(ReceiveStream stream, MissingPackets missing, long now) {
        if (!missing.takeOverflow()) {
            return;
        }
        RtpCodec codec = stream.receiver.codec(stream.payloadType);
        if (hasKeyFrames(codec)) {
            feedback.requestKeyFrame(stream, now);
        }
    }

    private static boolean hasKeyFrames(@Nullable RtpCodec codec) {
        return codec != null
                && (codec.feedback().contains("nack pli") || codec.feedback().contains("ccm fir"));
    }

    /** When {@link #requestMissing} has something to do, at the earliest. */
    long nextRequest() {
        return nextRequest;
    }

    /** RFC 4585 6.2.1: asks for everything that is due. */
    void requestMissing(long now) {
        nextRequest = Time.NEVER;
        List<ReceiveStream> streams = router.streams;
        long roundTrip = session.roundTripNanos();
        for (int i = 0; i < streams.size(); i++) {
            ReceiveStream stream = streams.get(i);
            MissingPackets missing = stream.missing;
            if (missing == null || !stream.active || missing.size() == 0) {
                continue;
            }
            int count = missing.takeDue(due, roundTrip, now);
            if (count > 0) {
                feedback.requestMissing(stream, due, count);
            }
            repairByKeyFrame(stream, missing, now);
            nextRequest = Math.min(nextRequest, missing.nextTimeout());
        }
    }
}
