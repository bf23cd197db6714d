package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpPacket;
import dev.yodel.rtp.SendStream;
import dev.yodel.webrtc.MediaKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the media of one RtpSender goes: from its track, on any thread, to the RTP stream on the connection's loop. It
 * outlives streams: while there is none, or the track's codec was not negotiated, media is dropped and counted. It makes
 * no sound or picture itself.
 */
public final class MediaSender implements PacketSink {
    /** The longest payload that fits a packet of 1,200 bytes with its header extensions and SRTP tag. */
    private static final int MAX_PAYLOAD_BYTES = 1_120;
    /** RTP header and the usual extensions, which count for W3C's maxBitrate. */
    static final int HEADER_BYTES = 28;
    /** Of every video format (RFC 3551 5). */
    private static final int VIDEO_CLOCK_HZ = 90_000;

    private record Way(Loop from, LoopCrossing crossing) {}

    private final Loop loop;
    private final AtomicLong dropped = new AtomicLong();
    private final Object sourceLock = new Object();
    private final MediaServices services;
    private final PcmSending pcm;
    private volatile @Nullable TransformStage transform;
    private @Nullable TrackSource source;
    /** Of the loop that relayed packets come from: written and read there. */
    private volatile @Nullable Way way;

    // Loop-confined from here on.
    private final RtpPacket scratch = new RtpPacket();
    private final FrameClock frameClock = new FrameClock();
    private final MadeLayers made = new MadeLayers();
    private final VideoPackets videoPackets;
    private final PictureCount pictures = new PictureCount();
    private final AudioPackets audio = new AudioPackets(MAX_PAYLOAD_BYTES);
    private final RateGate gate = new RateGate();
    private final Map<String, FrameSending> layers = new HashMap<>();
    private final ToneSending tone;
    private final LoopCrossing.Destination arrived = this::relay;
    private SendLimits limits = SendLimits.NONE;
    private @Nullable SendStream stream;
    private Runnable wakeUp = () -> {};
    private Runnable atOnce = () -> {};

    /**
     * The sending end of a transceiver.
     *
     * @param loop the connection's loop
     * @param services media threads and clock
     */
    public MediaSender(Loop loop, MediaServices services) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.services = Objects.requireNonNull(services, "services");
        this.videoPackets = packets(0);
        this.pcm = new PcmSending(loop, services, this::sendEncoded);
        this.tone = new ToneSending(loop);
    }

    /**
     * Connects another track, or none. Any thread.
     *
     * @param track what to send from now on, null for nothing
     */
    public void source(@Nullable TrackSource track) {
        synchronized (sourceLock) {
            if (source == track) {
                return;
            }
            if (source != null) {
                source.detach(this);
            }
            source = track;
            if (track != null) {
                track.attach(this);
            }
        }
        onLoop(() -> {
            breakRelay();
            chooseSource();
        });
    }

    /**
     * Lets frames pass through an application's transform from now on. Any thread.
     *
     * @param stage the transform, null for none
     */
    public void transform(@Nullable TransformStage stage) {
        transform = stage;
    }

    /**
     * Where it lives.
     *
     * @return the connection's loop
     */
    public Loop loop() {
        return loop;
    }

    /**
     * Media threads and clock.
     *
     * @return the factory's
     */
    public MediaServices services() {
        return services;
    }

    /**
     * Frames, packets and pieces of audio that could not be sent.
     *
     * @return a count since this was made
     */
    public long dropped() {
        return dropped.get();
    }

    /** The pictures that were sent; null if there were none. Loop thread. */
    PictureCount.@Nullable Snapshot pictures() {
        return pictures.snapshot(loop.now());
    }

    /** Binds the stream that media goes to, or none. Loop thread. */
    void bind(@Nullable SendStream to, SendLimits within, Runnable onWritten, Runnable onRelayed) {
        if (to == null || !within.active()) {
            tone.close();
        }
        stream = to;
        limits = within;
        gate.limit(within.maxBitrateBps(), loop.now());
        wakeUp = onWritten;
        atOnce = onRelayed;
        chooseSource();
    }

    /** Binds the streams of the further simulcast layers. Loop thread. */
    void bindLayers(Map<String, SendStream> streams, List<SendLayer> plans) {
        layers.keySet().retainAll(streams.keySet());
        for (SendLayer plan : plans) {
            SendStream to = streams.get(plan.rid());
            FrameSending layer = layers.get(plan.rid());
            if (to != null && (layer == null || layer.stream() != to)) {
                layer = new FrameSending(to, packets(plans.indexOf(plan) + 1));
                layers.put(plan.rid(), layer);
            }
            if (layer != null) {
                layer.limit(plan.limits(), loop.now());
            }
        }
    }

    private VideoPackets packets(int streamIndex) {
        return new VideoPackets(services.environment().random(), MAX_PAYLOAD_BYTES, made, streamIndex);
    }

    /** Whether something may leave now: its encoding is active, no key is down, and the bit rate allows it. */
    private boolean mayLeave(long rtpTimestamp, int bytes, long now) {
        return limits.active() && !tone.sounds() && gate.pass(rtpTimestamp, bytes, now);
    }

    /**
     * Sends a telephone key instead of audio. Nothing happens where none can be sent. Any thread.
     *
     * @param event its number (RFC 4733 3.2)
     * @param durationNanos how long it is held
     */
    public void playTone(int event, long durationNanos) {
        onLoop(() -> {
            SendStream to = stream;
            RtpCodec codec = to == null ? null : eventCodec(to.parameters().codecs());
            if (to != null && codec != null && limits.active()) {
                tone.start(to, codec, event, durationNanos, wakeUp);
            }
        });
    }

    /** RFC 4733 2.1: events have the clock of the audio that they replace, where that was negotiated. */
    private static @Nullable RtpCodec eventCodec(List<RtpCodec> codecs) {
        RtpCodec found = null;
        for (RtpCodec codec : codecs) {
            if (codec.name().equalsIgnoreCase("telephone-event")
                    && (found == null || codec.clockRate() == codecs.get(0).clockRate())) {
                found = codec;
            }
        }
        return found;
    }

    /** Track or stream changed. Raw audio needs an encoder exactly while there is a track of it and a stream to send on. */
    private void chooseSource() {
        TrackSource track;
        synchronized (sourceLock) {
            track = source;
        }
        if (track == null) {
            demand(0);
        } else {
            demand(track instanceof ForwardedTrack forwarded ? forwarded.demand() : SendStream.DEMAND_UNKNOWN);
        }
        if (stream != null && track instanceof LocalAudioTrack audio) {
            pcm.use(stream.parameters().codecs(), audio.opusAllowed(), limits);
        } else {
            pcm.close();
        }
    }

    /**
     * What the encoder of raw audio aims at.
     *
     * @return bits per second; 0 while nothing is encoded here
     */
    public long targetBitrateBps() {
        return pcm.targetBitrateBps();
    }

    /** How much this sender may send, with headers. Loop thread. */
    void targetBps(long bps) {
        pcm.targetBps(bps);
    }

    /** The bound stream. Loop thread. */
    @Nullable
    SendStream stream() {
        return stream;
    }

    /**
     * The peer asked for a key frame; a transform hears of it first. On the connection's lane.
     *
     * @param rid the simulcast layer; null if there is one stream only
     */
    public void peerRequestsKeyFrame(@Nullable String rid) {
        TransformStage stage = transform;
        if (stage != null) {
            stage.requestKeyFrame(rid);
        } else {
            requestKeyFrame();
        }
    }

    /** A key frame is wanted of the source. On the connection's lane. */
    public void requestKeyFrame() {
        TrackSource track;
        synchronized (sourceLock) {
            track = source;
        }
        if (track instanceof LocalEncodedTrack encoded) {
            encoded.requestKeyFrame();
        } else if (track instanceof ReceivedTrack relayed) {
            relayed.requestKeyFrame();
        } else if (track instanceof ForwardedTrack forwarded) {
            forwarded.requestKeyFrame();
        }
    }

    void sendFrame(LocalEncodedTrack track, EncodedFrame frame) {
        onLoop(() -> writeFrame(track, frame));
    }

    void sendPcm(LocalAudioTrack track, PcmFrame frame) {
        if (!pcm.write(frame)) {
            dropped.incrementAndGet();
            track.countDropped(frame.durationNanos());
        }
    }

    /** On a media thread. */
    private void sendEncoded(RtpCodec codec, EncodedFrame frame, long rtpTimestamp, boolean talkspurt, int level) {
        onLoop(() -> {
            SendStream to = stream;
            TransformStage stage = transform;
            if (to == null || stage == null) {
                writeEncoded(codec, frame.data(), rtpTimestamp, talkspurt, level);
                return;
            }
            stage.offer(PassingFrame.sent(
                    loop,
                    MediaKind.AUDIO,
                    to,
                    codec,
                    frame,
                    rtpTimestamp,
                    data -> writeEncoded(codec, data, rtpTimestamp, talkspurt, level)));
        });
    }

    private void writeEncoded(RtpCodec codec, byte[] data, long rtpTimestamp, boolean talkspurt, int level) {
        SendStream to = stream;
        // A renegotiation may have taken the codec away while the frame was encoded.
        if (to == null
                || data.length > MAX_PAYLOAD_BYTES
                || !to.parameters().codecs().contains(codec)) {
            dropped.incrementAndGet();
            return;
        }
        // The encoder keeps to the bit rate by itself.
        if (limits.active() && !tone.sounds()) {
            audio.write(to, codec, data, rtpTimestamp, talkspurt, level, loop.now());
            wakeUp.run();
        }
    }

    void sendRtp(LocalRtpTrack track, byte[] packet) {
        onLoop(() -> writeRtp(track, packet));
    }

    /** Relays a packet that another connection, or this one, received. On the loop where it came; the view is borrowed. */
    @Override
    public void relay(PacketArrival from, ReceivedPacket packet) {
        if (from.loop() == loop) {
            relay(packet);
        } else if (!crossing(from.loop()).offer(from, arrived, packet)) {
            dropped.incrementAndGet();
        }
    }

    private LoopCrossing crossing(Loop from) {
        Way known = way;
        if (known == null || known.from() != from) {
            known = new Way(from, services.crossings().between(from, loop));
            way = known;
        }
        return known.crossing();
    }

    /** What is relayed next continues behind what was relayed last. */
    private void breakRelay() {
        SendStream to = stream;
        if (to != null) {
            to.breakRelay();
        }
    }

    /** What the track would send if the path carried it. Any thread. */
    void wants(long bps) {
        onLoop(() -> demand(bps));
    }

    private void demand(long bps) {
        SendStream to = stream;
        if (to != null) {
            to.demand(bps);
        }
    }

    private void relay(ReceivedPacket packet) {
        SendStream to = stream;
        // Packets are no frames: what a transform hides must not leave beside it.
        if (to == null || transform != null) {
            dropped.incrementAndGet();
            return;
        }
        long now = loop.now();
        boolean left = mayLeave(packet.rtpTimestamp, packet.payloadLength + HEADER_BYTES, now);
        if (!left) {
            to.breakRelay();
        }
        if (!left || !to.relay(packet, now)) {
            dropped.incrementAndGet();
            return;
        }
        countPicture(packet.marker, packet.codec, now);
        atOnce.run();
    }

    private void writeFrame(LocalEncodedTrack track, EncodedFrame frame) {
        SendStream first = stream;
        RtpCodec codec = first == null ? null : codecNamed(first, track.codec(), track.clockRateHz());
        boolean video = track.kind() == MediaKind.VIDEO;
        boolean further = video && first != null && isFurther(first, frame);
        FrameSending layer = further ? layers.get(frame.rid()) : null;
        if (first == null
                || codec == null
                || (further && layer == null)
                || (!video && frame.data().length > MAX_PAYLOAD_BYTES)) {
            drop(track);
            return;
        }
        long now = loop.now();
        long timestamp =
                layer != null ? layer.stamp(codec, frame, now) : frameClock.next(frame, codec.clockRate(), now);
        boolean talkspurt = layer == null && frameClock.resumed();
        TransformStage stage = transform;
        if (stage == null) {
            leave(track, codec, frame, layer, timestamp, talkspurt);
            return;
        }
        SendStream to = layer == null ? first : layer.stream();
        stage.offer(PassingFrame.sent(loop, track.kind(), to, codec, frame, timestamp, data -> {
            // A renegotiation may have taken stream or codec away meanwhile.
            FrameSending left = layer == null ? null : layers.get(frame.rid());
            SendStream present = left == null ? stream : left.stream();
            if (left != layer
                    || present != to
                    || !to.parameters().codecs().contains(codec)
                    || (!video && data.length > MAX_PAYLOAD_BYTES)) {
                drop(track);
            } else {
                leave(track, codec, frame.withData(data), left, timestamp, talkspurt);
            }
        }));
    }

    /** Whether a frame belongs to another simulcast layer than the first. */
    private static boolean isFurther(SendStream first, EncodedFrame frame) {
        String rid = frame.rid();
        return rid != null && !rid.equals(first.parameters().rid());
    }

    private void drop(LocalEncodedTrack track) {
        dropped.incrementAndGet();
        track.countDropped(1);
    }

    private void leave(
            LocalEncodedTrack track,
            RtpCodec codec,
            EncodedFrame frame,
            @Nullable FrameSending layer,
            long timestamp,
            boolean talkspurt) {
        SendStream to = stream;
        long now = loop.now();
        int packets = 1 + frame.data().length / MAX_PAYLOAD_BYTES;
        int bytes = frame.data().length + packets * HEADER_BYTES;
        boolean video = track.kind() == MediaKind.VIDEO;
        boolean left;
        if (layer != null) {
            left = layer.write(codec, frame, timestamp, bytes, now);
        } else {
            left = to != null
                    && mayLeave(timestamp, bytes, now)
                    && (!video || videoPackets.write(to, codec, frame, timestamp, now));
        }
        if (!left || to == null) {
            drop(track);
            return;
        }
        if (video && layer == null) {
            pictures.handleFrame(codec.name(), frame.data(), frame.keyFrame(), now);
        } else if (!video) {
            // RFC 3551 4.1: the marker opens a talkspurt, so the first packet after a pause carries it.
            audio.write(to, codec, frame.data(), timestamp, talkspurt, -1, now);
        }
        wakeUp.run();
    }

    private void writeRtp(LocalRtpTrack track, byte[] packet) {
        SendStream to = stream;
        RtpCodec codec = to == null ? null : codecNamed(to, track.codec(), 0);
        if (to == null || transform != null || codec == null || !scratch.wrap(packet, 0, packet.length)) {
            dropped.incrementAndGet();
            track.countDropped(1);
            return;
        }
        long now = loop.now();
        boolean left = mayLeave(scratch.timestamp(), scratch.payloadLength() + HEADER_BYTES, now);
        if (!left) {
            to.breakRelay();
        }
        if (!left || !to.writeRtp(scratch, codec, HeaderExtensionIds.NONE, now)) {
            dropped.incrementAndGet();
            track.countDropped(1);
            return;
        }
        countPicture(scratch.marker(), codec, now);
        wakeUp.run();
    }

    private void countPicture(boolean marker, RtpCodec codec, long now) {
        if (marker && codec.clockRate() == VIDEO_CLOCK_HZ) {
            pictures.handleFrame(now);
        }
    }

    private static @Nullable RtpCodec codecNamed(SendStream stream, String name, int clockRateHz) {
        for (RtpCodec codec : stream.parameters().codecs()) {
            if (codec.name().equalsIgnoreCase(name) && (clockRateHz == 0 || codec.clockRate() == clockRateHz)) {
                return codec;
            }
        }
        return null;
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closed) {
            dropped.incrementAndGet();
        }
    }
}
