package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.JitterBufferOptions;
import dev.yodel.media.audio.AudioDecoder;
import dev.yodel.media.audio.G711;
import dev.yodel.media.audio.G711Decoder;
import dev.yodel.media.audio.G722Decoder;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.loop.AudioReceivePipeline;
import dev.yodel.media.opus.Opus;
import dev.yodel.media.opus.OpusDecoder;
import dev.yodel.rtp.LayerSwitch;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.MediaKind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a received stream sounds like: behind a jitter buffer, as encoded frames or decoded. Buffers and decoders exist
 * only while somebody listens. {@link #handlePacket} on the loop, the rest from any thread.
 */
public final class DecodedMedia implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DecodedMedia.class);

    /** 10 ms each: half a second of audio may wait for a slow listener. */
    private static final int MAX_WAITING_FRAMES = 50;

    private final MediaKind kind;
    private final MediaServices services;
    private final ListenerList<PcmFrame> pcmListeners = new ListenerList<>();
    private final ListenerList<EncodedFrame> frameListeners = new ListenerList<>();
    private final LaneMailbox<PcmFrame> pcmMailbox;
    private final LaneMailbox<EncodedFrame> frameMailbox;
    private final Object lock = new Object();

    // Guarded by lock.
    private boolean closed;
    private @Nullable RtpCodec codec;
    private @Nullable AudioReceivePipeline pcm;
    private @Nullable FrameReceivePipeline frames;
    private boolean undecodable;
    private long requestedDelayNanos;
    private long synchronizeNanos;

    // Loop-confined.
    private @Nullable VideoFrames video;
    private @Nullable PictureAssembly assembly;
    private @Nullable LayerSwitch layers;
    private boolean wantsKeyFrame;
    private boolean videoLost;
    private long playedSsrc = -1;
    private volatile String encodingName = "";
    private volatile @Nullable TransformStage transform;

    DecodedMedia(MediaKind kind, Lane lane, MediaServices services) {
        this.kind = kind;
        this.services = services;
        pcmMailbox = new LaneMailbox<>(lane, MAX_WAITING_FRAMES, pcmListeners::fire);
        frameMailbox = new LaneMailbox<>(lane, MAX_WAITING_FRAMES, frameListeners::fire);
    }

    Registration onPcm(Consumer<? super PcmFrame> listener) {
        if (kind != MediaKind.AUDIO) {
            throw new InvalidAccessException("a video track has no PCM; use onFrame or onRtp");
        }
        // Loads the library here, on the caller's thread: neither the loop nor a media thread shall wait for it.
        if (!Opus.isAvailable()) {
            LOG.warn("received Opus will stay silent, G.711 will be heard: {}", Opus.description());
        }
        Registration registration = pcmListeners.add(listener);
        return () -> {
            registration.close();
            releaseIdle();
        };
    }

    Registration onFrame(Consumer<? super EncodedFrame> listener) {
        Registration registration = frameListeners.add(listener);
        return () -> {
            registration.close();
            releaseIdle();
        };
    }

    /**
     * Lets frames pass through an application's transform from now on, before they are buffered. Any thread.
     *
     * @param stage the transform, null for none
     */
    public void transform(@Nullable TransformStage stage) {
        transform = stage;
    }

    /**
     * What buffer and decoder counted.
     *
     * @return null while nobody listens to decoded audio
     */
    public AudioReceivePipeline.@Nullable Stats stats() {
        AudioReceivePipeline current;
        synchronized (lock) {
            current = pcm;
        }
        return current == null ? null : current.stats();
    }

    void handlePacket(Loop loop, ReceivedPacket packet) {
        boolean wantFrames = !frameListeners.isEmpty();
        if (packet.payloadLength > 0) {
            if (packet.rid == null) {
                playedSsrc = packet.ssrc;
            }
            if (kind == MediaKind.VIDEO || isSound(packet.codec)) {
                encodingName = packet.codec.name();
            }
        }
        if (kind == MediaKind.VIDEO) {
            handleVideo(loop, packet, wantFrames);
            return;
        }
        TransformStage stage = transform;
        if (stage != null && packet.payloadLength > 0 && isSound(packet.codec)) {
            ReceivedPacket kept = new ReceivedPacket();
            packet.copyTo(kept);
            stage.offer(PassingFrame.heard(loop, packet, services.environment().wallClockMillis(), data -> {
                kept.data = data;
                kept.packetOffset = 0;
                kept.packetLength = 0;
                kept.headerLength = 0;
                kept.payloadOffset = 0;
                kept.payloadLength = data.length;
                handleSound(kept);
            }));
            return;
        }
        handleSound(packet);
    }

    /** On the loop; the packet is borrowed. */
    private void handleSound(ReceivedPacket packet) {
        boolean wantPcm = !pcmListeners.isEmpty();
        boolean wantFrames = !frameListeners.isEmpty();
        if (packet.codec.name().equalsIgnoreCase("CN")) {
            onNoise(packet);
        }
        if ((!wantPcm && !wantFrames) || packet.payloadLength == 0 || !isSound(packet.codec)) {
            return;
        }
        AudioReceivePipeline toPcm;
        FrameReceivePipeline toFrames;
        synchronized (lock) {
            if (closed) {
                return;
            }
            RtpCodec before = codec;
            if (before == null || !before.sameEncoding(packet.codec)) {
                release();
                codec = packet.codec;
            }
            if (wantPcm && pcm == null && !undecodable) {
                pcm = open(packet.codec);
                undecodable = pcm == null;
                if (pcm != null) {
                    pcm.setRequestedDelayNanos(requestedDelayNanos);
                    pcm.synchronize(synchronizeNanos);
                }
            }
            if (wantFrames && frames == null) {
                frames = new FrameReceivePipeline(packet.codec, services.clock(), frameMailbox::offer);
                frames.requestDelay(requestedDelayNanos);
                frames.synchronize(synchronizeNanos);
            }
            toPcm = pcm;
            toFrames = frames;
        }
        if (toPcm != null) {
            toPcm.onPacket(
                    packet.sequence,
                    packet.rtpTimestamp,
                    packet.restarted,
                    packet.data,
                    packet.payloadOffset,
                    packet.payloadLength,
                    packet.arrivalNanos);
        }
        if (toFrames != null) {
            toFrames.onPacket(packet);
        }
    }

    /** RFC 3389: what the silence sounds like that begins now. */
    private void onNoise(ReceivedPacket packet) {
        AudioReceivePipeline toPcm;
        FrameReceivePipeline toFrames;
        synchronized (lock) {
            // Who sends noise before any sound has not said of which codec it is the silence.
            toPcm = pcm;
            toFrames = frames;
        }
        if (toPcm != null) {
            toPcm.onNoise(
                    packet.sequence,
                    packet.rtpTimestamp,
                    packet.restarted,
                    packet.data,
                    packet.payloadOffset,
                    packet.payloadLength,
                    packet.arrivalNanos);
        }
        if (toFrames != null) {
            toFrames.onNoise(packet);
        }
    }

    /**
     * Asks for a longer delay of the jitter buffers.
     *
     * @param nanos 0 to 4 s; 0 for what the network needs
     */
    public void requestDelay(long nanos) {
        synchronized (lock) {
            requestedDelayNanos = nanos;
            if (pcm != null) {
                pcm.setRequestedDelayNanos(nanos);
            }
            if (frames != null) {
                frames.requestDelay(nanos);
            }
        }
    }

    /**
     * The codec of what came last.
     *
     * @return its encoding name; empty before the first packet
     */
    public String encodingName() {
        return encodingName;
    }

    /** What is known of pictures of several packets; null if nobody ever took pictures. Loop thread. */
    PictureAssembly.@Nullable Snapshot assembled() {
        return assembly == null ? null : assembly.snapshot();
    }

    /** The stream that came last, or -1. Loop thread. */
    long playedSsrc() {
        return playedSsrc;
    }

    /** When a moment would have come at the earliest; {@link Time#NEVER} while nothing is played. Loop thread. */
    long fastestArrivalNanos(long rtpTimestamp) {
        if (kind == MediaKind.VIDEO) {
            return video == null ? Time.NEVER : video.fastestArrivalNanos(rtpTimestamp);
        }
        synchronized (lock) {
            if (pcm != null) {
                return pcm.fastestArrivalNanos(rtpTimestamp);
            }
            return frames == null ? Time.NEVER : frames.fastestArrivalNanos(rtpTimestamp);
        }
    }

    /** The delay of its own. Loop thread. */
    long ownDelayNanos() {
        if (kind == MediaKind.VIDEO) {
            return video == null ? 0 : video.ownDelayNanos();
        }
        synchronized (lock) {
            if (pcm != null) {
                return pcm.ownDelayNanos();
            }
            return frames == null ? 0 : frames.ownDelayNanos();
        }
    }

    /** The delay of what is heard; sound changes it only little by little. Loop thread. */
    long currentDelayNanos() {
        synchronized (lock) {
            if (pcm != null) {
                return pcm.currentDelayNanos();
            }
            return frames == null ? ownDelayNanos() : frames.currentDelayNanos();
        }
    }

    boolean isSound() {
        return kind == MediaKind.AUDIO;
    }

    /** The delay at which sound and picture belong together. Loop thread. */
    void synchronize(long nanos) {
        if (video != null) {
            video.synchronize(nanos);
        }
        synchronized (lock) {
            synchronizeNanos = nanos;
            if (pcm != null) {
                pcm.synchronize(nanos);
            }
            if (frames != null) {
                frames.synchronize(nanos);
            }
        }
    }

    /** The stream is over, or nobody listens any more. Loop thread. */
    void stopVideo() {
        layers = null;
        if (video != null) {
            video.close();
            video = null;
        }
    }

    private void handleVideo(Loop loop, ReceivedPacket packet, boolean wanted) {
        TransformStage stage = transform;
        if (!wanted && stage == null) {
            stopVideo();
            return;
        }
        VideoFrames frames = video;
        if (frames == null) {
            PictureAssembly counts = assembly == null ? new PictureAssembly() : assembly;
            assembly = counts;
            frames = new VideoFrames(loop, services.environment()::wallClockMillis, counts, this::offerVideo);
            video = frames;
            videoLost = false;
        }
        frames.requestDelay(delayOfVideo());
        frames.transform(stage);
        ReceivedPacket chosen = packet;
        if (packet.rid != null) {
            // Of simulcast layers one is shown, the best that comes.
            LayerSwitch choice = layers == null ? new LayerSwitch() : layers;
            layers = choice;
            chosen = choice.accept(packet, packet.arrivalNanos);
            wantsKeyFrame |= choice.takeKeyFrameWish(packet.arrivalNanos);
        }
        if (chosen != null) {
            playedSsrc = chosen.ssrc;
            wantsKeyFrame |= frames.onPacket(chosen) || videoLost;
        }
    }

    private long delayOfVideo() {
        synchronized (lock) {
            return requestedDelayNanos;
        }
    }

    /** A listener that was too slow lost frames: what refers to them is kept from it until a key frame comes. */
    private void offerVideo(EncodedFrame frame) {
        long before = frameMailbox.dropped();
        if (videoLost && !frame.keyFrame()) {
            return;
        }
        videoLost = false;
        frameMailbox.offer(frame);
        videoLost = frameMailbox.dropped() != before;
    }

    /** Whether a key frame must be asked for; the wish is taken with the answer. Loop thread. */
    boolean takeKeyFrameWish() {
        boolean result = wantsKeyFrame;
        wantsKeyFrame = false;
        return result;
    }

    /** Events and comfort noise share a stream with the voice (RFC 4733, RFC 3389) and are none. */
    private static boolean isSound(RtpCodec codec) {
        return codec.name().equalsIgnoreCase("opus")
                || codec.name().equalsIgnoreCase("G722")
                || codec.name().equalsIgnoreCase("PCMU")
                || codec.name().equalsIgnoreCase("PCMA");
    }

    private @Nullable AudioReceivePipeline open(RtpCodec of) {
        AudioDecoder decoder;
        if (of.name().equalsIgnoreCase("PCMU")) {
            decoder = new G711Decoder(G711.PCMU);
        } else if (of.name().equalsIgnoreCase("PCMA")) {
            decoder = new G711Decoder(G711.PCMA);
        } else if (of.name().equalsIgnoreCase("G722")) {
            decoder = new G722Decoder();
        } else if (Opus.isAvailable()) {
            decoder = new OpusDecoder(1);
        } else {
            return null;
        }
        return new AudioReceivePipeline(
                decoder, of.clockRate(), JitterBufferOptions.DEFAULT, services.clock(), pcmMailbox::offer);
    }

    private void releaseIdle() {
        synchronized (lock) {
            if (pcmListeners.isEmpty() && pcm != null) {
                pcm.close();
                pcm = null;
            }
            if (frameListeners.isEmpty() && frames != null) {
                frames.close();
                frames = null;
            }
        }
    }

    private void release() {
        if (pcm != null) {
            pcm.close();
            pcm = null;
        }
        if (frames != null) {
            frames.close();
            frames = null;
        }
        undecodable = false;
        codec = null;
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            release();
        }
    }
}
