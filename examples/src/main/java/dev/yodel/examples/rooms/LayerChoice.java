package dev.yodel.examples.rooms;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which layer of which picture does a receiver get? What is out of sight gets nothing; what is small on the page gets no
 * larger layer than it needs; the rest is shared so that first everything in sight gets its smallest layer, then the
 * screens and the largest tiles get better ones while the bandwidth lasts. A core: no clock, no state.
 */
final class LayerChoice {
    /** What is left free, so that the estimate is not filled to the brim by layers that vary. */
    private static final double USABLE = 0.92;
    /** A better layer than now must fit with so much to spare, so that nothing swings. */
    private static final double UPGRADE_MARGIN = 1.2;

    /** More than the margin takes: probes find a little less than there is. */
    private static final double SOUGHT = 1.2 * UPGRADE_MARGIN / USABLE;

    private LayerChoice() {}

    /**
     * A layer there is.
     *
     * @param rid its name, or null for the only one
     * @param bps what it takes now
     * @param highestBps what it took in the dearest of the last seconds, and will soon take again
     * @param height of its picture, in pixels
     */
    record Layer(@Nullable String rid, long bps, long highestBps, int height) {}

    /**
     * A picture that could be sent.
     *
     * @param source which
     * @param height pixels of its tile; 0 if it is out of sight
     * @param layers what there is, the smallest first
     * @param current the layer that is sent now, or null if none is
     */
    record Wish(SourceId source, int height, List<Layer> layers, @Nullable Layer current) {}

    private static final class Allotment {
        private final Wish wish;
        private final int highest;
        private int chosen = -1;
        /** Bits per second that are set aside for it. */
        private long taken;

        Allotment(Wish wish) {
            this.wish = wish;
            this.highest = highest(wish);
        }

        long bpsOf(int layer) {
            return wish.layers().get(layer).bps();
        }

        /** A layer that is cheap for a moment is not taken up because of that; what is sent now is kept. */
        long moreFor(int layer, boolean sentNow) {
            final Layer next = wish.layers().get(layer);
            return Math.max(0, (sentNow ? next.bps() : next.highestBps()) - taken);
        }

        void choose(int layer, long moreBps) {
            chosen = layer;
            taken += moreBps;
        }

        boolean isCurrent(int layer) {
            final Layer now = wish.current();
            if (now == null) {
                return false;
            }
            final String rid = wish.layers().get(layer).rid();
            return rid == null ? now.rid() == null : rid.equals(now.rid());
        }
    }

    /** The layer that is as large as the tile, or the largest there is. */
    private static int highest(Wish wish) {
        for (int i = 0; i < wish.layers().size(); i++) {
            if (wish.layers().get(i).height() >= wish.height()) {
                return i;
            }
        }
        return wish.layers().size() - 1;
    }

    /**
     * What the path would have to carry for the best layer that a tile is worth.
     *
     * @param wish of one picture
     * @return bits per second; 0 for what is out of sight
     */
    static long wanted(Wish wish) {
        return wish.height() == 0 || wish.layers().isEmpty()
                ? 0
                : (long) (wish.layers().get(highest(wish)).highestBps() * SOUGHT);
    }

    /**
     * Chooses.
     *
     * @param bps what the receiver's connection carries, less what sound takes
     * @param wishes what could be sent
     * @return the layer of each source that is sent; what is missing is paused
     */
    static Map<SourceId, Layer> choose(long bps, List<Wish> wishes) {
        final List<Allotment> order = new ArrayList<>();
        for (final Wish wish : wishes) {
            if (wish.height() > 0 && !wish.layers().isEmpty()) {
                order.add(new Allotment(wish));
            }
        }
        order.sort(Comparator.comparing((Allotment one) -> !one.wish.source().screen())
                .thenComparing(Comparator.comparingInt((Allotment one) -> one.wish.height())
                        .reversed()));
        long left = (long) (bps * USABLE);
        for (final Allotment one : order) {
            // Something is always shown, however little the path carries.
            if (one.bpsOf(0) <= left || one == order.get(0)) {
                one.choose(0, one.bpsOf(0));
                left -= one.bpsOf(0);
            }
        }
        boolean better = true;
        while (better) {
            better = false;
            for (final Allotment one : order) {
                if (one.chosen < 0 || one.chosen >= one.highest) {
                    continue;
                }
                final boolean reaches = reaches(one);
                final long more = one.moreFor(one.chosen + 1, reaches);
                final double needed = reaches ? more : more * UPGRADE_MARGIN;
                if (needed <= left) {
                    one.choose(one.chosen + 1, more);
                    left -= more;
                    better = true;
                }
            }
        }
        final Map<SourceId, Layer> chosen = new HashMap<>();
        for (final Allotment one : order) {
            if (one.chosen >= 0) {
                chosen.put(one.wish.source(), one.wish.layers().get(one.chosen));
            }
        }
        return chosen;
    }

    /** Whether the next layer is not above the one that is sent now. */
    private static boolean reaches(Allotment one) {
        for (int layer = one.chosen + 1; layer <= one.highest; layer++) {
            if (one.isCurrent(layer)) {
                return true;
            }
        }
        return false;
    }
}
