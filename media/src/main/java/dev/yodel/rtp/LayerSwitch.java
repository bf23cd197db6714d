package dev.yodel.rtp;

import dev.yodel.io.Time;
import dev.yodel.rtp.IncomingLayers.Layer;
import dev.yodel.rtp.extension.DependencyDescriptor;
import dev.yodel.rtp.extension.DependencyStructure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which packets of a sender's layers does one receiver get, and under which numbers (RFC 8853, RFC 7741, RFC 9628)?
 * Between simulcast layers it changes at a key frame, between temporal ones where the stream allows it; what is left
 * out on purpose leaves no gap in sequence numbers and picture identifiers. What the layers are and take is known by
 * {@link IncomingLayers}, so that it can choose by itself. It sends nothing, asks for key frames only through its owner,
 * and allocates nothing per packet. A core: one thread, time as an argument.
 */
public final class LayerSwitch {
    private static final long WISH_INTERVAL_NANOS = 500 * Time.MILLISECOND;
    private static final int ALL = 7;
    private final IncomingLayers incoming;
    /** Whether nobody else takes the packets. */
    private final boolean alone;

    private final ReceivedPacket out;
    /** What the packet in hand says. */
    private final LayerReader said;

    private final RelayNumbers numbers = new RelayNumbers();
    private final RelayNumbers pictures = new RelayNumbers();
    private @Nullable Layer current;
    private long currentBegun;
    /** What {@link #current} is forwarded as. */
    private @Nullable RtpCodec currentCodec;

    private @Nullable String wantedRid;
    private long maxBps = Long.MAX_VALUE;
    private int wantedTemporal = ALL;
    private int temporal = ALL;
    private int wantedSpatial = ALL;
    private int spatial = ALL;
    private int target = -1;
    private boolean paused;
    /** The next packet that goes on is the first one after a change or a pause. */
    private boolean continuing;

    /** The picture in hand is one of the lowest temporal layer, with spatial layers, and its last packet has not come. */
    private boolean baseOpen;

    private long lastSequence = -1;
    private boolean wish;
    private long wishedNanos = Long.MIN_VALUE / 2;
    private long switches;
    private long keyFrames;

    private long outPicture = -1;
    private int frameShift;
    private int outFrame = -1;
    private int outBase = -1;
    private int baseShift;

    /** A switch that forwards the best layer that comes. */
    public LayerSwitch() {
        this(new IncomingLayers(), true);
    }

    /**
     * A switch that forwards the best layer that comes.
     *
     * @param incoming the layers of the stream, whose owner lets it take each packet first
     */
    public LayerSwitch(IncomingLayers incoming) {
        this(incoming, false);
    }

    private LayerSwitch(IncomingLayers incoming, boolean alone) {
        this.incoming = incoming;
        this.alone = alone;
        out = incoming.out;
        said = incoming.said;
    }

    /**
     * Asks for one simulcast layer.
     *
     * @param rid its identifier, or null to choose by bit rate
     */
    public void select(@Nullable String rid) {
        wantedRid = rid;
    }

    /**
     * What the receiver's path carries: of the layers the best one that fits is chosen, else the smallest.
     *
     * @param bps bits per second
     */
    public void maxBitrate(long bps) {
        maxBps = bps;
    }

    /**
     * Leaves out temporal layers.
     *
     * @param highest 0 for the base layer alone, up to 7
     */
    public void maxTemporalLayer(int highest) {
        wantedTemporal = Math.max(0, Math.min(ALL, highest));
    }

    /**
     * Leaves out spatial layers of a scalable stream (VP9, and whatever has dependency descriptors).
     *
     * @param highest 0 for the base layer alone, up to 7
     */
    public void maxSpatialLayer(int highest) {
        wantedSpatial = Math.max(0, Math.min(ALL, highest));
    }

    /**
     * Forwards nothing, until it is woken with a key frame.
     *
     * @param value whether to pause
     */
    public void pause(boolean value) {
        if (paused != value) {
            paused = value;
            current = null;
        }
    }

    /**
     * Takes a packet of any layer.
     *
     * @param packet a current packet event
     * @param now the time
     * @return what to relay, valid until the next call on this or another switch with the same {@link IncomingLayers}, with
     *     what is to be rewritten in {@link ReceivedPacket#patch}; null if the packet is left out
     */
    public @Nullable ReceivedPacket accept(ReceivedPacket packet, long now) {
        if (alone) {
            incoming.take(packet, now);
        }
        if (current != null && current.begun != currentBegun) {
            // It was the longest silent one of too many, and another one has its place.
            current = null;
        }
        Layer layer = incoming.layer();
        if (layer == null || paused) {
            return null;
        }
        Layer wanted = wanted(now);
        wish |= wanted != current;
        if (layer != current || isOtherCodec(packet)) {
            if (layer != wanted || !said.keyStart) {
                waitForKeyFrame(packet, layer);
                return null;
            }
            change(layer, packet);
        }
        return forward(packet, layer);
    }

    /** Of pictures: a sender may take another codec at any time, and begins with a key frame then. */
    private boolean isOtherCodec(ReceivedPacket packet) {
        RtpCodec before = currentCodec;
        return said.isPicture() && (before == null || !before.sameEncoding(packet.codec));
    }

    private void waitForKeyFrame(ReceivedPacket packet, Layer layer) {
        if (layer == current) {
            wish = true;
            numbers.map(packet.sequence, true);
        }
    }

    private @Nullable Layer wanted(long now) {
        Layer best = null;
        Layer smallest = null;
        for (int i = 0; i < incoming.count(); i++) {
            Layer layer = incoming.get(i);
            if (!incoming.isThere(layer, now)) {
                continue;
            }
            if (wantedRid != null && wantedRid.equals(layer.rid)) {
                return layer;
            }
            // A layer that is cheap for a moment is no smaller one, and will not fit for long.
            long highest = layer.rate.highestBps();
            if (smallest == null || highest < smallest.rate.highestBps()) {
                smallest = layer;
            }
            // What is forwarded already is kept a little beyond the limit, so that it does not swing.
            boolean fits = layer == current ? layer.rate.bps() <= maxBps : highest <= maxBps - maxBps / 8;
            if (fits && (best == null || highest > best.rate.highestBps())) {
                best = layer;
            }
        }
        if (wantedRid != null && current != null && incoming.isThere(current, now)) {
            // It has not come yet: what is there goes on.
            return current;
        }
        return best == null ? smallest : best;
    }

    private void change(Layer layer, ReceivedPacket packet) {
        if (layer != current) {
            numbers.restart(packet.sequence, packet.sequence);
        }
        current = layer;
        currentBegun = layer.begun;
        currentCodec = packet.codec;
        continuing = true;
        switches++;
        wish = false;
        temporal = wantedTemporal;
        spatial = spatialLimit();
        target = -1;
        if (said.pictureId >= 0) {
            pictures.restart(said.pictureId, outPicture + 1);
        }
        if (said.baseIndexAt >= 0) {
            baseShift = outBase + 1 - base(packet);
        }
        if (said.frameNumber >= 0) {
            frameShift = outFrame + 1 - said.frameNumber;
        }
    }

    private int base(ReceivedPacket packet) {
        return packet.data[packet.payloadOffset + said.baseIndexAt] & 0xff;
    }

    private @Nullable ReceivedPacket forward(ReceivedPacket packet, Layer layer) {
        chooseTemporal();
        boolean pictureLeft = said.temporalLayer > temporal;
        boolean left = pictureLeft || chooseSpatial(layer);
        lookForEnd(packet, layer);
        long sequence = numbers.map(packet.sequence, left);
        // Where frames say what they refer to by differences of numbers, what is left out keeps its number.
        boolean gap = pictureLeft && !said.referencesByNumber;
        long picture = said.pictureId < 0 ? 0 : pictures.map(pictures.unwrap(said.pictureId, said.numberBits()), gap);
        if (left || sequence == RelayNumbers.LEFT_OUT) {
            return null;
        }
        keyFrames += said.keyStart ? 1 : 0;
        packet.copyTo(out);
        out.sequence = sequence;
        out.continues = continuing;
        continuing = false;
        out.patch.clear();
        out.marker = packet.marker || endsPicture(layer);
        if (said.described && picture != RelayNumbers.LEFT_OUT) {
            outPicture = Math.max(outPicture, picture);
            out.frameNumber = (int) picture & 0xffff;
        } else if (said.pictureId >= 0 && picture != RelayNumbers.LEFT_OUT) {
            outPicture = Math.max(outPicture, picture);
            boolean inTwoBytes = said.pictureIdBytes == 2;
            out.patch.picture(said.pictureIdAt, inTwoBytes, (int) picture & (inTwoBytes ? 0x7fff : 0x7f));
        }
        if (said.frameNumber >= 0) {
            // Descriptors refer to frames by differences of numbers: those of another layer go on behind the last one.
            out.frameNumber = said.frameNumber + frameShift & 0xffff;
            outFrame = outFrame < 0 || (short) (out.frameNumber - outFrame) > 0 ? out.frameNumber : outFrame;
        }
        if (said.baseIndexAt >= 0) {
            int base = base(packet) + baseShift & 0xff;
            if ((byte) (base - outBase) > 0 || outBase < 0) {
                outBase = base;
            }
            out.patch.base(said.baseIndexAt, base);
        }
        return out;
    }

    /**
     * A sender short of bandwidth may leave out a picture's upper layers when the lower one is sent already, without a
     * marker: to its receivers the picture is not whole (RFC 9628 4.1), nor is anything that refers to it. They would
     * notice after seconds; here it is known when the next picture begins.
     */
    private void lookForEnd(ReceivedPacket packet, Layer layer) {
        if (said.described || !said.referencesByNumber) {
            return;
        }
        if (said.frameStart) {
            wish |= baseOpen && !said.keyStart && packet.sequence == lastSequence + 1;
            baseOpen = said.temporalLayer <= 0;
        }
        if (packet.marker || endsPicture(layer)) {
            baseOpen = false;
        }
        lastSequence = packet.sequence;
    }

    /** The highest spatial layer that is wanted and that the receiver's path carries, all below it counted. */
    private int spatialLimit() {
        if (!said.referencesByNumber) {
            // Without spatial layers there is nothing to choose among.
            return wantedSpatial;
        }
        long sum = 0;
        int fits = ALL;
        for (int i = 0; i < IncomingLayers.SPATIAL; i++) {
            RateMeter rate = incoming.spatialRate(i);
            // What is forwarded already is kept a little beyond the limit, so that it does not swing.
            sum += i <= spatial ? rate.bps() : rate.highestBps();
            long limit = i <= spatial ? maxBps : maxBps - maxBps / 8;
            if (i > 0 && rate.bps() > 0 && sum > limit) {
                fits = i - 1;
                break;
            }
        }
        return Math.min(wantedSpatial, fits);
    }

    /** Down at a picture's beginning, up at a key picture or where a descriptor says so; true if the packet is left out. */
    private boolean chooseSpatial(Layer layer) {
        DependencyStructure structure = layer.structure;
        if (said.described && structure != null) {
            if (said.frameStart && said.spatialLayer == 0) {
                int wanted = structure.target(spatialLimit(), wantedTemporal);
                if (target < 0 || target >= structure.decodeTargets() || said.keyStart || isBelow(structure, wanted)) {
                    target = wanted;
                } else if (wanted != target) {
                    boolean here = said.indication(wanted) == DependencyDescriptor.SWITCH;
                    target = here ? wanted : target;
                    wish |= !here;
                }
                spatial = structure.targetSpatialLayer(target);
            }
            return said.indication(target) == DependencyDescriptor.NOT_PRESENT;
        }
        if (said.frameStart) {
            int wanted = spatialLimit();
            if (said.keyStart || wanted < spatial) {
                spatial = wanted;
            } else if (wanted > spatial) {
                wish = true;
            }
        }
        return said.spatialLayer > spatial;
    }

    private boolean isBelow(DependencyStructure structure, int wanted) {
        return structure.targetSpatialLayer(wanted) <= structure.targetSpatialLayer(target)
                && structure.targetTemporalLayer(wanted) <= structure.targetTemporalLayer(target);
    }

    /**
     * RFC 9628 4.1, AV1 RTP 4.4: the marker ends the picture; where the layer that it ends is left out, the highest
     * one left has it.
     */
    private boolean endsPicture(Layer layer) {
        DependencyStructure structure = layer.structure;
        int highest = spatial;
        if (said.described && structure != null) {
            highest = target < 0 ? -1 : structure.targetSpatialLayer(target);
        }
        return said.frameEnd && said.spatialLayer == highest;
    }

    /** Down at once, up where the stream says that nothing left out is needed. */
    private void chooseTemporal() {
        if (said.temporalLayer < 0 || !said.frameStart) {
            return;
        }
        if (wantedTemporal < temporal || said.keyStart) {
            temporal = wantedTemporal;
        } else if (wantedTemporal > temporal && said.temporalLayer == temporal + 1 && said.switchingUp) {
            temporal++;
        }
    }

    /**
     * Whether the sender should be asked for a key frame: a layer is waited for. At most once in half a second.
     *
     * @param now the time
     * @return true if it should
     */
    public boolean takeKeyFrameWish(long now) {
        if (!wish || now - wishedNanos < WISH_INTERVAL_NANOS) {
            return false;
        }
        wish = false;
        wishedNanos = now;
        return true;
    }

    /**
     * The layers that came in the last second; see {@link IncomingLayers#rates(long)}.
     *
     * @param now the time
     * @return a new list
     */
    public List<LayerRate> rates(long now) {
        return incoming.rates(now);
    }

    /**
     * The layer that is forwarded.
     *
     * @return its source, 0 to 2^32-1, or -1 if none is
     */
    public long currentSsrc() {
        return current == null ? -1 : current.ssrc;
    }

    /**
     * The layer that is forwarded.
     *
     * @return its identifier, or null if none is or it has none
     */
    public @Nullable String currentRid() {
        return current == null ? null : current.rid;
    }

    /**
     * Changes of the layer, the first one counted.
     *
     * @return a count since the beginning
     */
    public long switches() {
        return switches;
    }

    /**
     * Key frames that went on, of which a receiver can begin to decode.
     *
     * @return a count of their first packets since the beginning
     */
    public long keyFrames() {
        return keyFrames;
    }
}
