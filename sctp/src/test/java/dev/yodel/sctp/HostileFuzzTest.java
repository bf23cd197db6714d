package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever an authenticated peer sends, nothing throws, and heap stays bounded. */
class HostileFuzzTest {
    private static void fuzz(int seeds, int packets) {
        long before = HostilePeer.usedHeap();
        long taken = 0;
        Map<String, Integer> ends = new TreeMap<>();
        List<HostileFuzz> survivors = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            HostileFuzz one = new HostileFuzz(seed);
            try {
                taken += one.run(packets);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            if (one.peer.victim.state() == SctpState.CLOSED) {
                ends.merge(String.valueOf(one.last), 1, Integer::sum);
            } else if (survivors.size() < 5) {
                survivors.add(one);
            }
        }
        // Most of the packets must have met a living association, or this shows nothing.
        assertThat(taken).as("ends: %s", ends).isGreaterThan(200L * seeds);
        assertThat(HostilePeer.usedHeap() - before)
                .as("%s living associations", survivors.size())
                .isLessThan((1 + survivors.size()) * (HostileFuzz.SMALL.receiveBufferBytes() + (11L << 20)));
    }

    @Test
    void C03_C09_aHostilePeerWithTheKeys() {
        fuzz(60, 3_000);
    }

    @Test
    @Tag("long")
    void C03_C09_aHostilePeerWithTheKeysForLong() {
        fuzz(2_000, 30_000);
    }
}
