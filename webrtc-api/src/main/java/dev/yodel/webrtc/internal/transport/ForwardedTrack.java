package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;
import dev.yodel.rtp.LayerRate;
import dev.yodel.rtp.LayerSwitch;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.SendStream;
import dev.yodel.webrtc.MediaKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A local track whose packets come from a received one, by way of a choice of layers. What is set from any thread
 * counts from the next packet on; packets come on the source's loop.
 */
public final class ForwardedTrack extends LocalTrack implements PacketSink {
    private static final long RATES_INTERVAL_NANOS = 250 * Time.MILLISECOND;

    private final ReceivedTrack from;
    private final LayerSwitch layers;

    private volatile @Nullable String wantedRid;
    private volatile long maxBps = Long.MAX_VALUE;
    private volatile int maxTemporalLayer = Integer.MAX_VALUE;
    private volatile int maxSpatialLayer = Integer.MAX_VALUE;
    private volatile boolean paused;
    private volatile long wantedBps = SendStream.DEMAND_UNKNOWN;
    private volatile @Nullable String currentRid;
    private volatile long switches;
    private volatile long keyFrames;
    private volatile List<LayerRate> rates = List.of();
    private volatile long toldBps = SendStream.DEMAND_UNKNOWN;
    private long ratesNanos = Long.MIN_VALUE / 2;
    private boolean begun;

    /**
     * Attaches itself to a track.
     *
     * @param from the source
     */
    public ForwardedTrack(ReceivedTrack from) {
        super(from.kind(), from.id());
        this.from = from;
        layers = new LayerSwitch(from.layers());
        from.attachSink(this);
    }

    @Override
    public @Nullable String encoding() {
        return null;
    }

    /**
     * Asks for a layer.
     *
     * @param rid the layer, or null to choose by bit rate
     */
    public void select(@Nullable String rid) {
        wantedRid = rid;
    }

    /**
     * Limits the layer that is chosen.
     *
     * @param bps bits per second
     */
    public void maxBitrate(long bps) {
        maxBps = bps;
    }

    /**
     * Limits the temporal layer.
     *
     * @param highest 0 and more
     */
    public void maxTemporalLayer(int highest) {
        maxTemporalLayer = highest;
    }

    /**
     * Leaves out spatial layers.
     *
     * @param highest 0 and more
     */
    public void maxSpatialLayer(int highest) {
        maxSpatialLayer = highest;
    }

    /**
     * Stops forwarding for a while.
     *
     * @param value whether to pause
     */
    public void pause(boolean value) {
        paused = value;
    }

    /**
     * What is looked for.
     *
     * @param bps bits per second
     */
    public void wantedBitrate(long bps) {
        if (bps != wantedBps) {
            wantedBps = bps;
            tellDemand();
        }
    }

    /** Unless told, what the largest layer takes and half as much again: layers vary. */
    long demand() {
        long told = wantedBps;
        List<LayerRate> known = rates;
        if (told != SendStream.DEMAND_UNKNOWN || known.isEmpty()) {
            return told;
        }
        return paused ? 0 : known.get(known.size() - 1).highestBps() * 3 / 2;
    }

    private void tellDemand() {
        long demand = demand();
        if (kind() == MediaKind.VIDEO && demand != toldBps) {
            toldBps = demand;
            for (MediaSender sender : senders()) {
                sender.wants(demand);
            }
        }
    }

    /**
     * The layer that is forwarded.
     *
     * @return its rid, or null
     */
    public @Nullable String currentRid() {
        return currentRid;
    }

    /**
     * Changes of the layer.
     *
     * @return a count
     */
    public long switches() {
        return switches;
    }

    /**
     * Key frames that went on.
     *
     * @return a count
     */
    public long keyFrames() {
        return keyFrames;
    }

    /**
     * The layers that come, looked at four times a second while packets come.
     *
     * @return the one that takes least first
     */
    public List<LayerRate> rates() {
        return rates;
    }

    void requestKeyFrame() {
        from.requestKeyFrame();
    }

    @Override
    public void stop() {
        super.stop();
        from.detachSink(this);
    }

    @Override
    public void relay(PacketArrival from, ReceivedPacket packet) {
        layers.select(wantedRid);
        layers.maxBitrate(maxBps);
        layers.maxTemporalLayer(maxTemporalLayer);
        layers.maxSpatialLayer(maxSpatialLayer);
        layers.pause(paused || !enabled());
        long now = packet.arrivalNanos;
        if (!begun) {
            begun = true;
            // Of several layers none is told before all have had the time to come: the first one need not be the
            // smallest.
            ratesNanos = packet.rid == null ? ratesNanos : now;
        }
        this.from.layers().take(from.number(), packet, now);
        ReceivedPacket chosen = layers.accept(packet, now);
        if (layers.switches() != switches) {
            switches = layers.switches();
            currentRid = layers.currentRid();
        }
        if (now - ratesNanos >= RATES_INTERVAL_NANOS) {
            ratesNanos = now;
            List<LayerRate> told = this.from.layers().rates(rates, now);
            if (told != rates) {
                rates = List.copyOf(told);
            }
            tellDemand();
        }
        if (layers.keyFrames() != keyFrames) {
            keyFrames = layers.keyFrames();
        }
        if (chosen != null) {
            List<MediaSender> to = senders();
            for (int i = 0; i < to.size(); i++) {
                to.get(i).relay(from, chosen);
            }
        }
        if (layers.takeKeyFrameWish(now)) {
            requestKeyFrame();
        }
    }
}
