package dev.yodel.webrtc;

import dev.yodel.rtp.LayerRate;
import dev.yodel.webrtc.internal.transport.ForwardedTrack;
import dev.yodel.webrtc.internal.transport.ReceivedTrack;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forwards a received track to one subscriber, layer by layer: the building block of an SFU. Of the simulcast layers
 * that the sender sends it forwards one at a time and changes at key frames, which it asks for; temporal layers can
 * be left out. Sequence numbers, timestamps and picture identifiers go on without gaps (RFC 7741, RFC 9628). It
 * decodes and encodes nothing, and allocates nothing per packet while source and subscriber are on one loop ({@link
 * PeerConnectionFactory#newPeerConnection(Configuration, PeerConnection)}).
 *
 * <pre>{@code
 * RtpForwarder forwarder = RtpForwarder.of(publisherTrack);
 * RtpSender sender = subscriber.addTrack(forwarder.track());
 * sender.onTargetBitrate(forwarder::maxBitrate);
 * }</pre>
 *
 * Make one for each subscriber. Any thread; what is set counts from the next packet on.
 */
public final class RtpForwarder implements AutoCloseable {
    private final ForwardedTrack track;

    private RtpForwarder(ForwardedTrack track) {
        this.track = track;
    }

    /**
     * A forwarder of the best layer that comes.
     *
     * @param source a track that a connection received
     * @return the forwarder; close it when the subscriber leaves
     */
    public static RtpForwarder of(MediaStreamTrack source) {
        if (!(source instanceof ReceivedTrack received)) {
            throw new IllegalArgumentException("give a track that a connection received, not " + source);
        }
        return new RtpForwarder(new ForwardedTrack(received));
    }

    /**
     * What the subscriber gets: give it to its connection's {@code addTrack}, {@code addTransceiver} or {@code
     * replaceTrack}.
     *
     * @return a live local track
     */
    public MediaStreamTrack track() {
        return track;
    }

    /**
     * Asks for one simulcast layer. Until its next key frame the present one goes on; where it is not sent, one is
     * chosen by bit rate.
     *
     * @param rid the layer's restriction identifier (RFC 8851), or null to choose by bit rate
     */
    public void select(@Nullable String rid) {
        track.select(rid);
    }

    /**
     * Tells what the subscriber's path carries. Of the layers the best one that fits is forwarded, else the smallest.
     *
     * @param bps bits per second
     */
    public void maxBitrate(long bps) {
        track.maxBitrate(bps);
    }

    /**
     * Tells what the subscriber would be sent if its path carried it. So much is looked for by probes, and no more,
     * also while a smaller layer or none is sent; else a path would only be known to carry what it was asked to.
     * Unless told it is what the largest layer takes and half as much again, and nothing while paused.
     *
     * @param bps bits per second
     */
    public void wantedBitrate(long bps) {
        if (bps < 0) {
            throw new IllegalArgumentException("a bit rate is 0 or more, was " + bps);
        }
        track.wantedBitrate(bps);
    }

    /**
     * Leaves out temporal layers of VP8 and VP9.
     *
     * @param highest 0 for the base layer alone
     */
    public void maxTemporalLayer(int highest) {
        track.maxTemporalLayer(highest);
    }

    /**
     * Leaves out spatial layers of a scalable stream: of VP9, and of AV1 where the dependency descriptor was negotiated
     * ({@link Settings.Builder#receiveSimulcast}). Down at the next picture, up at a key picture, which is asked for,
     * or where the descriptor says so.
     *
     * @param highest 0 for the base layer alone
     */
    public void maxSpatialLayer(int highest) {
        track.maxSpatialLayer(highest);
    }

    /**
     * Stops forwarding for a while; it goes on with a key frame.
     *
     * @param value whether to pause
     */
    public void pause(boolean value) {
        track.pause(value);
    }

    /**
     * The simulcast layer that is forwarded now.
     *
     * @return its rid, or null if none is, or the sender sends no simulcast
     */
    public @Nullable String currentRid() {
        return track.currentRid();
    }

    /**
     * The layers that the sender sends now, paused or not: what there is to choose from.
     *
     * @return an immutable list, the one that takes least first, by the dearest of the last ten seconds of each; it is
     *     renewed four times a second while packets come, where a layer came or went or a bit rate changed by a sixteenth
     */
    public List<LayerRate> layers() {
        return track.rates();
    }

    /**
     * How often the layer changed, the first one counted.
     *
     * @return a count
     */
    public long switches() {
        return track.switches();
    }

    /**
     * How many key frames were forwarded. Who has just connected, or looks again, can decode from the next one on;
     * where pictures come seldom, as of a screen that stands still, ask the source for one ({@link
     * RemoteTrack#requestKeyFrame}) until this grows.
     *
     * @return a count since the beginning; of sound, of packets
     */
    public long keyFrames() {
        return track.keyFrames();
    }

    /** Forwards nothing any more. */
    @Override
    public void close() {
        track.stop();
    }

    @Override
    public String toString() {
        return "RtpForwarder of " + track + ", layer " + currentRid();
    }
}
