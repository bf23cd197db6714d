package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.rtp.IncomingLayers;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStreamTrackState;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtpPacketEvent;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The track of a receiver: what came is relayed, handed over as packets, or decoded. It does not know SDP or transports.
 * Public methods from any thread, {@link #handlePacket} on the connection's loop, {@link #setMuted} and {@link #end} on
 * the connection's lane.
 */
public final class ReceivedTrack implements RemoteTrack, TrackSource {
    /** Packets that wait for a slow listener at most: two seconds and more of audio. */
    private static final int MAX_WAITING_PACKETS = 512;

    private final MediaKind kind;
    private final String id;
    private final Lane lane;
    private final Snapshot<PacketSink> relays = new Snapshot<>();
    private final ListenerList<RtpPacketEvent> packetListeners = new ListenerList<>();
    private final ListenerList<ReceivedTrack> muteListeners = new ListenerList<>();
    private final ListenerList<ReceivedTrack> unmuteListeners = new ListenerList<>();
    private final ListenerList<ReceivedTrack> endedListeners = new ListenerList<>();
    private final ListenerList<Integer> levelListeners = new ListenerList<>();
    private final ListenerList<String> toneListeners = new ListenerList<>();
    private final LaneMailbox<RtpPacketEvent> mailbox;
    private final LaneMailbox<Integer> levels;
    private final LaneMailbox<String> tones;
    private final HeardTones heardTones = new HeardTones();
    private final DecodedMedia decoded;
    /** On the connection's loop. */
    private final PacketArrival arrival = new PacketArrival();
    /** For all who choose among the layers of this track; on the connection's loop. */
    private final IncomingLayers layers = new IncomingLayers();

    private volatile Runnable keyFrameRequest = () -> {};
    private volatile boolean enabled = true;
    private volatile boolean muted = true;
    private volatile boolean ended;

    public ReceivedTrack(MediaKind kind, String id, Lane lane, MediaServices services) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.id = Objects.requireNonNull(id, "id");
        this.lane = Objects.requireNonNull(lane, "lane");
        this.mailbox = new LaneMailbox<>(lane, MAX_WAITING_PACKETS, packetListeners::fire);
        this.levels = new LaneMailbox<>(lane, MAX_WAITING_PACKETS, levelListeners::fire);
        this.tones = new LaneMailbox<>(lane, MAX_WAITING_PACKETS, toneListeners::fire);
        this.decoded = new DecodedMedia(kind, lane, services);
    }

    /** What those who choose among the layers share; who does takes each packet there first, on the connection's loop. */
    IncomingLayers layers() {
        return layers;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public MediaKind kind() {
        return kind;
    }

    @Override
    public String label() {
        return "remote " + kind;
    }

    @Override
    public boolean enabled() {
        return enabled;
    }

    @Override
    public void enabled(boolean value) {
        enabled = value;
    }

    @Override
    public boolean muted() {
        return muted;
    }

    @Override
    public MediaStreamTrackState readyState() {
        return ended ? MediaStreamTrackState.ENDED : MediaStreamTrackState.LIVE;
    }

    @Override
    public void stop() {
        ended = true;
        decoded.close();
    }

    @Override
    public Registration onMute(Runnable listener) {
        return muteListeners.add(track -> listener.run());
    }

    @Override
    public Registration onUnmute(Runnable listener) {
        return unmuteListeners.add(track -> listener.run());
    }

    @Override
    public Registration onEnded(Runnable listener) {
        return endedListeners.add(track -> listener.run());
    }

    @Override
    public Registration onRtp(Consumer<RtpPacketEvent> listener) {
        return packetListeners.add(listener);
    }

    @Override
    public Registration onFrame(Consumer<EncodedFrame> listener) {
        return decoded.onFrame(listener);
    }

    @Override
    public Registration onPcm(Consumer<PcmFrame> listener) {
        return decoded.onPcm(listener);
    }

    @Override
    public Registration onAudioLevel(IntConsumer listener) {
        Objects.requireNonNull(listener, "listener");
        return levelListeners.add(listener::accept);
    }

    @Override
    public Registration onTone(Consumer<String> listener) {
        return toneListeners.add(listener);
    }

    @Override
    public void requestKeyFrame() {
        if (kind == MediaKind.VIDEO) {
            keyFrameRequest.run();
        }
    }

    /** What a wish for a key frame does from now on; callable from any thread. */
    void onKeyFrameWish(Runnable request) {
        keyFrameRequest = request;
    }

    /**
     * What jitter buffer and decoder counted, for statistics.
     *
     * @return the decoding side
     */
    public DecodedMedia decoded() {
        return decoded;
    }

    @Override
    public @Nullable String encoding() {
        return null;
    }

    @Override
    public void attach(MediaSender sender) {
        relays.add(sender);
    }

    @Override
    public void detach(MediaSender sender) {
        relays.remove(sender);
    }

    void attachSink(PacketSink sink) {
        relays.add(sink);
    }

    void detachSink(PacketSink sink) {
        relays.remove(sink);
    }

    /**
     * The lane of the track's events.
     *
     * @return the lane
     */
    public Lane lane() {
        return lane;
    }

    /**
     * Changes the mute state and fires the event, if it is a change. W3C: "set the muted state".
     *
     * @param value the new state
     */
    public void setMuted(boolean value) {
        if (muted == value || ended) {
            return;
        }
        muted = value;
        fire(value ? muteListeners : unmuteListeners);
    }

    /** The transceiver is stopped: the track ends and says so, in a task of its own, as W3C has it. */
    public void end() {
        lane.execute(() -> {
            if (!ended) {
                ended = true;
                decoded.close();
                endedListeners.fire(this);
            }
        });
    }

    /** At once if the connection's lane is this one, so that the event comes within W3C's steps. */
    private void fire(ListenerList<ReceivedTrack> listeners) {
        if (lane.inLane()) {
            listeners.fire(this);
        } else {
            lane.execute(() -> listeners.fire(this));
        }
    }

    void handlePacket(Loop loop, ReceivedPacket packet) {
        if (ended || !enabled) {
            return;
        }
        arrival.next(loop);
        List<PacketSink> to = relays.get();
        for (int i = 0; i < to.size(); i++) {
            to.get(i).relay(arrival, packet);
        }
        if (!packetListeners.isEmpty()) {
            mailbox.offer(new RtpPacketEvent(
                    packet.toBytes(),
                    packet.headerLength,
                    packet.codec.payloadType(),
                    packet.sequence,
                    packet.rtpTimestamp,
                    packet.ssrc,
                    packet.marker));
        }
        if (packet.audioLevel >= 0 && !levelListeners.isEmpty()) {
            levels.offer(packet.audioLevel);
        }
        if (!toneListeners.isEmpty()) {
            String tone = heardTones.take(packet);
            if (tone != null) {
                tones.offer(tone);
            }
        }
        decoded.handlePacket(loop, packet);
    }

    @Override
    public String toString() {
        return "remote " + kind + " track \"" + id + "\" " + readyState() + (muted ? ", muted" : "");
    }
}
