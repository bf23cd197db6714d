package dev.yodel.interop.video;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.FrameLayer;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.extension.ScalabilityMode;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.FrameAssembler;
import dev.yodel.rtp.payload.Vp8Descriptor;
import dev.yodel.rtp.payload.Vp9Descriptor;
import dev.yodel.webrtc.RtpPacketEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The packets of a scalable stream, and the pictures that they make, as an encoder with layers writes them: VP9's
 * frames of one moment in a superframe.
 */
final class RecordedLayers {
    /** VP9 bitstream specification, annex B: four bytes for each size. */
    private static final int INDEX_MARKER = 0xc0 | (3 << 3);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Packet(long rtpTimestamp, boolean marker, byte[] payload) {}

    private final String codec;
    private final Map<Long, Packet> packets = new TreeMap<>();
    private long highest = -1;

    RecordedLayers(String codec) {
        this.codec = codec;
    }

    synchronized void take(RtpPacketEvent packet) {
        byte[] data = packet.packet();
        int sequence = ((data[2] & 0xff) << 8) | (data[3] & 0xff);
        long number = highest < 0 ? (1 << 20) | sequence : highest + (short) (sequence - (int) highest);
        highest = Math.max(highest, number);
        byte[] payload = Arrays.copyOfRange(data, packet.payloadOffset(), data.length);
        packets.putIfAbsent(number, new Packet(timestamp(data), (data[1] & 0x80) != 0, payload));
    }

    private static long timestamp(byte[] data) {
        return ((data[4] & 0xffL) << 24) | ((data[5] & 0xff) << 16) | ((data[6] & 0xff) << 8) | (data[7] & 0xff);
    }

    /**
     * Pictures of the lowest temporal layer that all came and had no marker. A sender short of bandwidth leaves a spatial
     * layer out after it has sent the one below; what ends there is no whole picture to a receiver (RFC 9628 4.1), so that
     * it, and all that refers to it, stands still until the next key picture, whoever forwards it.
     */
    synchronized int picturesWithoutEnd() {
        int count = 0;
        boolean low = false;
        Map.@Nullable Entry<Long, Packet> before = null;
        for (Map.Entry<Long, Packet> entry : packets.entrySet()) {
            Packet packet = entry.getValue();
            boolean first = before == null || before.getValue().rtpTimestamp != packet.rtpTimestamp;
            if (first) {
                boolean follows = before != null && before.getKey() + 1 == entry.getKey();
                if (follows && low && !Objects.requireNonNull(before).getValue().marker) {
                    count++;
                }
                low = temporal(packet) == 0;
            }
            before = entry;
        }
        return count;
    }

    /** From the first key picture on, without a gap. */
    synchronized List<EncodedFrame> pictures(ScalabilityMode mode) {
        RtpCodec of = new RtpCodec(96, codec, 90_000, 1);
        FrameAssembler assembler = new FrameAssembler(Objects.requireNonNull(Depacketizer.of(of)), 1 << 22);
        Map<Long, List<Packet>> moments = new TreeMap<>();
        List<FrameAssembler.Frame> frames = new ArrayList<>();
        for (Map.Entry<Long, Packet> entry : packets.entrySet()) {
            Packet packet = entry.getValue();
            moments.computeIfAbsent(packet.rtpTimestamp, any -> new ArrayList<>())
                    .add(packet);
            byte[] payload = packet.payload;
            assembler.push(entry.getKey(), packet.rtpTimestamp, packet.marker, payload, 0, payload.length);
            for (FrameAssembler.Frame frame = assembler.poll(); frame != null; frame = assembler.poll()) {
                frames.add(frame);
            }
        }
        List<EncodedFrame> pictures = new ArrayList<>();
        for (FrameAssembler.Frame frame : frames) {
            List<Packet> parts = Objects.requireNonNull(moments.get(frame.rtpTimestamp()));
            int temporal = Math.min(mode.temporalLayers() - 1, Math.max(0, temporal(parts, frame.data())));
            byte[] data = codec.equals("VP9") && mode.spatialLayers() > 1 ? superframe(parts) : frame.data();
            pictures.add(EncodedFrame.ofTimestamp(data, frame.rtpTimestamp())
                    .withKeyFrame(frame.keyFrame())
                    .withLayer(new FrameLayer(mode, temporal)));
        }
        return pictures;
    }

    private int temporal(List<Packet> parts, byte[] frame) {
        byte[] payload = parts.get(0).payload;
        switch (codec) {
            case "VP8" -> {
                Vp8Descriptor read = new Vp8Descriptor();
                return read.parse(payload, 0, payload.length) ? read.temporalLayer() : 0;
            }
            case "VP9" -> {
                Vp9Descriptor read = new Vp9Descriptor();
                return read.parse(payload, 0, payload.length) ? read.temporalLayer() : 0;
            }
            default -> {
                // The extension of the first OBU that has one: |temporal (3)|spatial (2)|.
                for (int at = 0; at + 2 < frame.length; ) {
                    boolean extended = (frame[at] & 4) != 0;
                    if (extended) {
                        return (frame[at + 1] & 0xff) >> 5;
                    }
                    int size = 0;
                    int from = at + 1;
                    for (int shift = 0; ; shift += 7) {
                        int part = frame[from++];
                        size |= (part & 0x7f) << shift;
                        if (part >= 0) {
                            break;
                        }
                    }
                    at = from + size;
                }
                return 0;
            }
        }
    }

    /** The temporal layer of what a picture's first packet begins with. */
    private int temporal(Packet first) {
        if (!codec.equals("AV1")) {
            return temporal(List.of(first), first.payload);
        }
        // AV1 RTP specification 4.4: |Z|Y|W (2)|N|-|-|-|, then an element, with its size before it unless it is the
        // only one.
        byte[] payload = first.payload;
        int at = 1;
        if ((payload[0] & 0x30) != 0x10) {
            while (at < payload.length && payload[at] < 0) {
                at++;
            }
            at++;
        }
        boolean extended = at + 1 < payload.length && (payload[at] & 4) != 0;
        return extended ? (payload[at + 1] & 0xff) >> 5 : 0;
    }

    private static byte[] superframe(List<Packet> parts) {
        List<byte[]> layers = new ArrayList<>();
        Vp9Descriptor read = new Vp9Descriptor();
        for (Packet packet : parts) {
            byte[] payload = packet.payload;
            if (!read.parse(payload, 0, payload.length)) {
                continue;
            }
            byte[] before = read.layerFrameStart() ? new byte[0] : layers.remove(layers.size() - 1);
            byte[] whole = Arrays.copyOf(before, before.length + payload.length - read.length());
            System.arraycopy(payload, read.length(), whole, before.length, payload.length - read.length());
            layers.add(whole);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] layer : layers) {
            out.writeBytes(layer);
        }
        int marker = INDEX_MARKER | layers.size() - 1;
        out.write(marker);
        for (byte[] layer : layers) {
            for (int shift = 0; shift < 32; shift += 8) {
                out.write(layer.length >> shift);
            }
        }
        out.write(marker);
        return out.toByteArray();
    }

    @Override
    public synchronized String toString() {
        return packets.size() + " packets";
    }
}
