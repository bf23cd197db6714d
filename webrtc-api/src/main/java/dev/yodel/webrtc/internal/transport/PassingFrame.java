package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Bytes;
import dev.yodel.io.Loop;
import dev.yodel.media.EncodedFrame;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.webrtc.EncodedFrameMetadata;
import dev.yodel.webrtc.EncodedMediaFrame;
import dev.yodel.webrtc.EncodedVideoFrameType;
import dev.yodel.webrtc.MediaKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A frame on its way through a {@link TransformStage}; it knows where it goes on. One thread at a time. */
final class PassingFrame implements EncodedMediaFrame {
    /** Of the fixed part of a packet's header (RFC 3550 5.1), before the contributing sources. */
    private static final int FIXED_HEADER = 12;

    /** From NTP's beginning to 1970. */
    private static final long NTP_SECONDS = 2_208_988_800L;

    private final MediaKind kind;
    private final boolean keyFrame;
    private final EncodedFrameMetadata metadata;
    private final Consumer<byte[]> onward;
    private final boolean empty;
    private byte[] data;

    // Guarded by the stage.
    @Nullable
    TransformStage stage;

    long number;

    private PassingFrame(
            MediaKind kind, boolean keyFrame, byte[] data, EncodedFrameMetadata metadata, Consumer<byte[]> onward) {
        this.kind = kind;
        this.keyFrame = keyFrame;
        this.data = data;
        this.metadata = metadata;
        this.onward = onward;
        this.empty = data.length == 0;
    }

    /** A frame that is about to be packed. Loop thread; what is done with it then runs on the loop. */
    static PassingFrame sent(
            Loop loop,
            MediaKind kind,
            SendStream to,
            RtpCodec codec,
            EncodedFrame frame,
            long timestamp,
            Consumer<byte[]> onward) {
        AbsoluteCaptureTime captured = frame.metadata().captureTime();
        EncodedFrameMetadata metadata = new EncodedFrameMetadata(
                to.ssrc(),
                codec.payloadType(),
                List.of(),
                to.wireTimestamp(timestamp),
                mimeType(kind, codec),
                null,
                null,
                null,
                captured == null ? null : millis(captured),
                null,
                to.parameters().rid());
        return new PassingFrame(kind, frame.keyFrame(), frame.data().clone(), metadata, back(loop, onward));
    }

    /** A packet of sound, which is a frame. Loop thread; what is done with it then runs on the loop. */
    static PassingFrame heard(Loop loop, ReceivedPacket packet, long wallMillis, Consumer<byte[]> onward) {
        byte[] data =
                Arrays.copyOfRange(packet.data, packet.payloadOffset, packet.payloadOffset + packet.payloadLength);
        return new PassingFrame(
                MediaKind.AUDIO, true, data, received(packet, MediaKind.AUDIO, wallMillis, null), back(loop, onward));
    }

    /** A picture that was put together. Loop thread; what is done with it then runs on the loop. */
    static PassingFrame seen(
            Loop loop, ReceivedPacket last, EncodedFrame frame, long wallMillis, Consumer<byte[]> onward) {
        EncodedFrameMetadata metadata =
                received(last, MediaKind.VIDEO, wallMillis, frame.metadata().captureTime());
        return new PassingFrame(MediaKind.VIDEO, frame.keyFrame(), frame.data(), metadata, back(loop, onward));
    }

    private static EncodedFrameMetadata received(
            ReceivedPacket packet, MediaKind kind, long wallMillis, @Nullable AbsoluteCaptureTime captured) {
        boolean audio = kind == MediaKind.AUDIO;
        Long offset = captured == null ? null : captured.clockOffset();
        return new EncodedFrameMetadata(
                packet.ssrc,
                packet.codec.payloadType(),
                contributing(packet),
                packet.rtpTimestamp,
                mimeType(kind, packet.codec),
                audio ? (Integer) (int) (packet.sequence & 0xffff) : null,
                audio && packet.audioLevel >= 0 ? (Double) linear(packet.audioLevel) : null,
                (double) wallMillis,
                captured == null ? null : millis(captured),
                offset == null ? null : (Double) (offset * 1e3 / (1L << 32)),
                packet.rid);
    }

    private static List<Long> contributing(ReceivedPacket packet) {
        int count = packet.packetLength == 0 ? 0 : packet.data[packet.packetOffset] & 0x0f;
        List<Long> sources = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sources.add(Bytes.i32(packet.data, packet.packetOffset + FIXED_HEADER + 4 * i) & 0xffff_ffffL);
        }
        return sources;
    }

    private static String mimeType(MediaKind kind, RtpCodec codec) {
        return kind.toString().toLowerCase(Locale.ROOT) + "/" + codec.name();
    }

    /** 127 is silence and 0 overload (RFC 6464). */
    private static double linear(int level) {
        return level == 127 ? 0 : Math.pow(10, -level / 20.0);
    }

    private static Double millis(AbsoluteCaptureTime time) {
        long ntp = time.ntpTime();
        return ((ntp >>> 32) - NTP_SECONDS) * 1e3 + (ntp & 0xffff_ffffL) * 1e3 / (1L << 32);
    }

    private static Consumer<byte[]> back(Loop loop, Consumer<byte[]> onward) {
        return bytes -> {
            try {
                loop.execute(() -> onward.accept(bytes));
            } catch (RejectedExecutionException closed) {
                // Nothing is sent or played any more.
            }
        };
    }

    /** Takes the bytes and hands them on. */
    void goOn() {
        byte[] taken = data;
        data = Bytes.EMPTY;
        onward.accept(taken);
    }

    boolean isKeyFrameOfVideo() {
        return kind == MediaKind.VIDEO && keyFrame;
    }

    @Override
    public MediaKind kind() {
        return kind;
    }

    @Override
    public @Nullable EncodedVideoFrameType type() {
        if (kind == MediaKind.AUDIO) {
            return null;
        }
        if (empty) {
            return EncodedVideoFrameType.EMPTY;
        }
        return keyFrame ? EncodedVideoFrameType.KEY : EncodedVideoFrameType.DELTA;
    }

    @Override
    public byte[] data() {
        return data;
    }

    @Override
    public void data(byte[] value) {
        data = Objects.requireNonNull(value, "data");
    }

    @Override
    public EncodedFrameMetadata getMetadata() {
        return metadata;
    }

    @Override
    public String toString() {
        return metadata.mimeType() + " frame of " + data.length + " bytes, timestamp " + metadata.rtpTimestamp();
    }
}
