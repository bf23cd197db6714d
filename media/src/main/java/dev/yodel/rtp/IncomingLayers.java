package dev.yodel.rtp;

import dev.yodel.io.Time;
import dev.yodel.rtp.extension.DependencyStructure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which layers does a sender send, what does each take, and what does the packet in hand say (RFC 8853, RFC 7741, RFC
 * 9628)? All that is the same for all receivers of a stream is found here once; a {@link LayerSwitch} for each of them
 * chooses. It knows no receiver, and allocates nothing per packet. A core: one thread, that of its switches, time as an
 * argument.
 */
public final class IncomingLayers {
    /** Most layers at a time; the longest silent one makes room. */
    static final int MAX_LAYERS = ReceiveParameters.MAX_RIDS;

    /** Spatial layers whose bit rates are measured. */
    static final int SPATIAL = 4;

    /** A layer that is silent for longer is switched off at its sender. */
    private static final long SILENT_NANOS = Time.SECOND;

    /** Where nothing at all comes for longer, the sender stalls, and no layer of it is switched off because of that. */
    private static final long STALL_NANOS = 250 * Time.MILLISECOND;

    /** A change of a bit rate that is worth telling: one of a sixteenth. */
    private static final int NOTABLE_CHANGE = 16;

    /** A simulcast layer, or all of a stream that has no rids. Its place is used again for another one. */
    static final class Layer {
        long ssrc = -1;

        @Nullable
        String rid;

        /** Which layer began later; another number when the place is used again. */
        long begun;

        /** What its dependency descriptors refer to, from its last key frame on. */
        @Nullable
        DependencyStructure structure;

        private long lastNanos;
        final RateMeter rate = new RateMeter();
    }

    /** What the packet in hand says. */
    final LayerReader said = new LayerReader();
    /** The packet in hand as it goes on to the receiver whose turn it is; theirs. */
    final ReceivedPacket out = new ReceivedPacket();

    private final Layer[] layers = new Layer[MAX_LAYERS];
    private final RateMeter[] spatialRates = new RateMeter[SPATIAL];
    private int layerCount;
    private long begun;
    private long heardNanos;
    private long number = Long.MIN_VALUE;
    private @Nullable Layer layer;
    private boolean readable;

    /** Of a stream of which nothing has come. */
    public IncomingLayers() {
        for (int i = 0; i < MAX_LAYERS; i++) {
            layers[i] = new Layer();
        }
        for (int i = 0; i < SPATIAL; i++) {
            spatialRates[i] = new RateMeter();
        }
    }

    /**
     * Takes a packet of any layer, before the switches do. Without effect if it is the one taken last.
     *
     * @param packetNumber another one for each packet
     * @param packet a current packet event
     * @param now the time
     */
    public void take(long packetNumber, ReceivedPacket packet, long now) {
        if (packetNumber != number) {
            number = packetNumber;
            take(packet, now);
        }
    }

    void take(ReceivedPacket packet, long now) {
        handleStall(now);
        Layer of = find(packet, now);
        layer = of;
        of.lastNanos = now;
        of.rate.add(packet.payloadLength, now);
        readable = packet.payloadLength > 0 && said.read(packet, of.structure);
        if (!readable) {
            return;
        }
        if (said.structure != null) {
            of.structure = said.structure;
        }
        if (said.referencesByNumber && said.spatialLayer < SPATIAL) {
            spatialRates[said.spatialLayer].add(packet.payloadLength, now);
        }
    }

    /** After a stall the layers come back one after another: the first one of them is not the only one there is. */
    private void handleStall(long now) {
        long silence = now - heardNanos;
        heardNanos = now;
        if (silence > STALL_NANOS) {
            for (int i = 0; i < layerCount; i++) {
                layers[i].lastNanos += silence - STALL_NANOS;
            }
        }
    }

    private Layer find(ReceivedPacket packet, long now) {
        Layer oldest = layers[0];
        for (int i = 0; i < layerCount; i++) {
            Layer each = layers[i];
            if (each.ssrc == packet.ssrc) {
                if (each.rid == null) {
                    each.rid = packet.rid;
                }
                return each;
            }
            if (each.lastNanos < oldest.lastNanos) {
                oldest = each;
            }
        }
        Layer free = layerCount < MAX_LAYERS ? layers[layerCount++] : oldest;
        free.ssrc = packet.ssrc;
        free.rid = packet.rid;
        free.begun = ++begun;
        free.structure = null;
        free.lastNanos = now;
        free.rate.reset(now);
        return free;
    }

    // What the switches ask.

    /** The layer of the packet in hand; null if it says nothing that can be read, or nothing at all. */
    @Nullable
    Layer layer() {
        return readable ? layer : null;
    }

    int count() {
        return layerCount;
    }

    Layer get(int index) {
        return layers[index];
    }

    /** What a spatial layer takes. */
    RateMeter spatialRate(int spatialLayer) {
        return spatialRates[spatialLayer];
    }

    /** Whether a layer came in the last second and has not gone on under another source. */
    boolean isThere(Layer which, long now) {
        return now - which.lastNanos <= SILENT_NANOS && !isReplaced(which, now);
    }

    /** RFC 3550 8.2, RFC 8851: a sender that changes its source goes on with the layer under another one. */
    private boolean isReplaced(Layer which, long now) {
        if (which.rid == null) {
            return false;
        }
        for (int i = 0; i < layerCount; i++) {
            Layer other = layers[i];
            if (other.begun > which.begun && which.rid.equals(other.rid) && now - other.lastNanos <= SILENT_NANOS) {
                return true;
            }
        }
        return false;
    }

    /**
     * The layers that came in the last second.
     *
     * @param now the time
     * @return a new list, the one that takes least first, by the dearest of the last seconds of each
     */
    public List<LayerRate> rates(long now) {
        List<LayerRate> rates = new ArrayList<>(layerCount);
        for (int i = 0; i < layerCount; i++) {
            if (isThere(layers[i], now)) {
                rates.add(new LayerRate(layers[i].rid, layers[i].rate.bps(), layers[i].rate.highestBps()));
            }
        }
        rates.sort(Comparator.comparingLong(LayerRate::highestBps));
        return rates;
    }

    /**
     * The layers that came in the last second, as a new list only where something is worth telling.
     *
     * @param known what was told last
     * @param now the time
     * @return {@code known} if there are the same layers still, and the bit rate of none changed by more than a
     *     sixteenth; else {@link #rates(long)}
     */
    public List<LayerRate> rates(List<LayerRate> known, long now) {
        int same = 0;
        for (int i = 0; i < layerCount; i++) {
            if (isThere(layers[i], now)) {
                if (!isKnown(layers[i], known)) {
                    return rates(now);
                }
                same++;
            }
        }
        return same == known.size() ? known : rates(now);
    }

    private static boolean isKnown(Layer which, List<LayerRate> known) {
        for (int i = 0; i < known.size(); i++) {
            LayerRate told = known.get(i);
            if (Objects.equals(told.rid(), which.rid)
                    && isNear(told.bps(), which.rate.bps())
                    && isNear(told.highestBps(), which.rate.highestBps())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNear(long told, long bps) {
        return Math.abs(told - bps) <= told / NOTABLE_CHANGE;
    }
}
