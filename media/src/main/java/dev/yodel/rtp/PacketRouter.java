package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which receiver a packet belongs to (RFC 8843 9.2, RFC 9143 9.2): by its MID, else by its source as bound or announced
 * before, else by its payload type if only one receiver has it. Bounded: 64 receivers, 1,024 sources, 16 rids each.
 */
final class PacketRouter {
    static final int MAX_RECEIVERS = 64;
    static final int MAX_SOURCES = 1024;

    private static final int NO_KIND = 0;
    private static final int MID = 1;
    private static final int RID = 2;
    private static final int REPAIRED_RID = 3;
    private static final int AUDIO_LEVEL = 4;
    private static final int TRANSPORT_NUMBER = 5;
    private static final int SEND_TIME = 6;

    /** The first of the frame extensions, in their order. */
    private static final int FRAME = 7;

    private static final FrameExtension[] FRAME_EXTENSIONS = FrameExtension.values();

    private final RtpCounters counters;
    private final EventQueue events;
    private final SsrcMap<ReceiveStream> sources = new SsrcMap<>();
    final List<ReceiveStream> streams = new ArrayList<>();
    final List<RtpReceiver> receivers = new ArrayList<>();
    private final @Nullable RtpReceiver[] payloadTypeOwner = new @Nullable RtpReceiver[128];
    private final boolean[] payloadTypeShared = new boolean[128];
    private final byte[] kindById = new byte[256];
    private final HeaderExtensionReader reader = new HeaderExtensionReader();

    private int midOffset;
    private int midLength;
    private int ridOffset;
    private int ridLength;

    /** The audio level byte of the packet routed last, or -1. */
    int audioLevel;

    /** The transport-wide number of the packet routed last, or -1. */
    int transportNumber;

    /** Where these stand, or -1, with their lengths: parity does not cover what is written when a packet leaves. */
    int transportNumberAt;

    int transportNumberLength;
    int sendTimeAt;
    int sendTimeLength;

    /** Where what speaks of the frame stands, or -1, with its length, in the order of {@link FrameExtension}. */
    final int[] frameExtensionAt = new int[FrameExtension.COUNT];

    final int[] frameExtensionLength = new int[FrameExtension.COUNT];

    /** The codec of the packet routed last. */
    @Nullable
    RtpCodec codec;

    PacketRouter(RtpCounters counters, EventQueue events) {
        this.counters = counters;
        this.events = events;
    }

    void add(RtpReceiver receiver, long now) {
        if (receivers.size() == MAX_RECEIVERS) {
            throw new IllegalStateException("at most " + MAX_RECEIVERS + " receivers on one transport");
        }
        receivers.add(receiver);
        announce(receiver, now);
        rebuild();
    }

    void update(RtpReceiver receiver, ReceiveParameters parameters, long now) {
        for (ReceiveStream stream : receiver.streams) {
            stream.announced = false;
        }
        receiver.update(parameters);
        announce(receiver, now);
        for (int i = receiver.streams.size() - 1; i >= 0; i--) {
            ReceiveStream stream = receiver.streams.get(i);
            if (!stream.announced && !stream.active) {
                forget(stream);
            }
        }
        rebuild();
    }

    void remove(RtpReceiver receiver) {
        if (receivers.remove(receiver)) {
            while (!receiver.streams.isEmpty()) {
                ReceiveStream stream = receiver.streams.get(receiver.streams.size() - 1);
                end(stream, RtpEvent.EndReason.REMOVED);
                forget(stream);
            }
            rebuild();
        }
    }

    private void announce(RtpReceiver receiver, long now) {
        for (long ssrc : receiver.parameters().ssrcs()) {
            ReceiveStream stream = sources.get((int) ssrc);
            if (stream == null) {
                stream = streams.size() < MAX_SOURCES ? bind((int) ssrc, receiver, now) : null;
            }
            if (stream != null) {
                stream.announced = true;
                stream.repair = false;
                move(stream, receiver);
            }
        }
        for (long ssrc : receiver.parameters().rtxSsrcs().values()) {
            ReceiveStream stream = sources.get((int) ssrc);
            if (stream == null && streams.size() < MAX_SOURCES) {
                stream = bind((int) ssrc, receiver, now);
            }
            if (stream != null) {
                stream.announced = true;
                stream.repair = true;
                move(stream, receiver);
            }
        }
    }

    private void rebuild() {
        java.util.Arrays.fill(payloadTypeOwner, null);
        java.util.Arrays.fill(payloadTypeShared, false);
        java.util.Arrays.fill(kindById, (byte) NO_KIND);
        for (RtpReceiver receiver : receivers) {
            for (RtpCodec each : receiver.parameters().codecs()) {
                int type = each.payloadType();
                RtpReceiver owner = payloadTypeOwner[type];
                if (owner != null && owner != receiver) {
                    payloadTypeShared[type] = true;
                }
                payloadTypeOwner[type] = receiver;
            }
            // RFC 8843 10.1: within a bundle one identifier has one meaning; the first section wins.
            HeaderExtensionIds ids = receiver.parameters().extensions();
            kind(ids.mid(), MID);
            kind(ids.rid(), RID);
            kind(ids.repairedRid(), REPAIRED_RID);
            kind(ids.audioLevel(), AUDIO_LEVEL);
            kind(ids.transportCc(), TRANSPORT_NUMBER);
            kind(ids.absSendTime(), SEND_TIME);
            for (FrameExtension extension : FRAME_EXTENSIONS) {
                kind(ids.id(extension), FRAME + extension.index);
            }
        }
    }

    private void kind(int id, int kind) {
        if (id != 0 && kindById[id] == NO_KIND) {
            kindById[id] = (byte) kind;
        }
    }

    /** The stream of a packet, or null if it was counted and must be dropped. */
    @Nullable
    ReceiveStream route(RtpPacket packet, long now) {
        readExtensions(packet);
        int ssrc = (int) packet.ssrc();
        int type = packet.payloadType();
        ReceiveStream stream = sources.get(ssrc);
        RtpReceiver receiver = stream == null ? null : stream.receiver;
        if (midLength > 0 && (receiver == null || !receiver.hasMid(packet.data(), midOffset, midLength))) {
            receiver = receiverByMid(packet.data());
        } else if (receiver == null && !payloadTypeShared[type]) {
            receiver = payloadTypeOwner[type];
        }
        if (receiver == null) {
            counters.count(RtpCounter.RTP_UNROUTED);
            return null;
        }
        codec = receiver.codec(type);
        // R12: a repair stream carries nothing else, and a media stream no repair.
        if (codec != null && codec.isFlexfec() && stream != null && !stream.sequence.started()) {
            // Announced without saying for what.
            stream.repair = true;
        }
        if (codec == null || (stream != null && codec.isRepair() != stream.repair)) {
            counters.count(RtpCounter.RTP_PAYLOAD_TYPE_UNKNOWN);
            return null;
        }
        if (stream == null) {
            if (streams.size() >= MAX_SOURCES && !evictOldest()) {
                counters.count(RtpCounter.RTP_UNROUTED);
                return null;
            }
            stream = bind(ssrc, receiver, now);
            stream.repair = codec.isRepair();
        } else if (stream.endedJustBefore(now)) {
            // RFC 3550 6.3.4: stragglers must not bring back a source that said BYE.
            counters.count(RtpCounter.RTP_AFTER_BYE);
            return null;
        } else if (stream.receiver != receiver) {
            move(stream, receiver);
        }
        if (ridLength > 0 && stream.rid == null) {
            stream.rid = receiver.rid(packet.data(), ridOffset, ridLength);
        }
        if (!stream.active) {
            stream.active = true;
            if (!stream.repair) {
                events.add(new RtpEvent.StreamStarted(receiver.id(), stream.unsignedSsrc(), stream.rid));
            }
        }
        return stream;
    }

    /** Reads the extensions of a packet as {@link #route} does. */
    void readExtensions(RtpPacket packet) {
        midLength = 0;
        ridLength = 0;
        audioLevel = -1;
        transportNumber = -1;
        transportNumberAt = -1;
        sendTimeAt = -1;
        java.util.Arrays.fill(frameExtensionAt, -1);
        if (packet.extensionProfile() < 0) {
            return;
        }
        reader.wrap(packet);
        while (reader.next()) {
            if (reader.length() == 0) {
                continue;
            }
            // A repeated element does not replace the first one.
            switch (kindById[reader.id()]) {
                case MID -> {
                    if (midLength == 0) {
                        midOffset = reader.offset();
                        midLength = reader.length();
                    }
                }
                case RID, REPAIRED_RID -> {
                    if (ridLength == 0) {
                        ridOffset = reader.offset();
                        ridLength = reader.length();
                    }
                }
                case AUDIO_LEVEL -> {
                    if (audioLevel < 0) {
                        audioLevel = Bytes.u8(packet.data(), reader.offset());
                    }
                }
                case TRANSPORT_NUMBER -> {
                    if (transportNumber < 0 && reader.length() >= 2) {
                        transportNumber = Bytes.u16(packet.data(), reader.offset());
                        transportNumberAt = reader.offset();
                        transportNumberLength = reader.length();
                    }
                }
                case SEND_TIME -> {
                    if (sendTimeAt < 0) {
                        sendTimeAt = reader.offset();
                        sendTimeLength = reader.length();
                    }
                }
                default -> {
                    int frame = kindById[reader.id()] - FRAME;
                    if (frame >= 0 && frameExtensionAt[frame] < 0) {
                        frameExtensionAt[frame] = reader.offset();
                        frameExtensionLength[frame] = reader.length();
                    }
                }
            }
        }
    }

    private @Nullable RtpReceiver receiverByMid(byte[] data) {
        for (int i = 0; i < receivers.size(); i++) {
            if (receivers.get(i).hasMid(data, midOffset, midLength)) {
                return receivers.get(i);
            }
        }
        return null;
    }

    private ReceiveStream bind(int ssrc, RtpReceiver receiver, long now) {
        ReceiveStream stream = new ReceiveStream(ssrc, receiver, now);
        sources.put(ssrc, stream);
        streams.add(stream);
        receiver.streams.add(stream);
        return stream;
    }

    private void move(ReceiveStream stream, RtpReceiver receiver) {
        if (stream.receiver == receiver) {
            return;
        }
        end(stream, RtpEvent.EndReason.REMOVED);
        stream.receiver.streams.remove(stream);
        stream.receiver = receiver;
        stream.rid = null;
        receiver.streams.add(stream);
    }

    /** Makes a stream inactive and says so; the binding of its source stays. */
    void end(ReceiveStream stream, RtpEvent.EndReason reason) {
        if (stream.active) {
            stream.active = false;
            if (!stream.repair) {
                events.add(new RtpEvent.StreamEnded(stream.receiver.id(), stream.unsignedSsrc(), reason));
            }
        }
    }

    private void forget(ReceiveStream stream) {
        sources.remove(stream.ssrc);
        streams.remove(stream);
        stream.receiver.streams.remove(stream);
    }

    /** S04: the source that was silent longest and was never announced makes room. */
    private boolean evictOldest() {
        ReceiveStream oldest = null;
        for (int i = 0; i < streams.size(); i++) {
            ReceiveStream stream = streams.get(i);
            if (!stream.announced && (oldest == null || stream.lastActivityNanos < oldest.lastActivityNanos)) {
                oldest = stream;
            }
        }
        if (oldest == null) {
            return false;
        }
        end(oldest, RtpEvent.EndReason.EVICTED);
        forget(oldest);
        return true;
    }

    @Nullable
    ReceiveStream stream(long ssrc) {
        return sources.get((int) ssrc);
    }

    @Nullable
    RtpReceiver receiver(int id) {
        for (RtpReceiver receiver : receivers) {
            if (receiver.id() == id) {
                return receiver;
            }
        }
        return null;
    }
}
