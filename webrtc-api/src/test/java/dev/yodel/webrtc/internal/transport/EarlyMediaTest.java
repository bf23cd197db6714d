package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EarlyMediaTest {
    @Test
    void S09_keepsSixtyFourPacketsAndCountsTheRest() {
        EarlyMedia early = new EarlyMedia();
        for (int i = 0; i < 100_000; i++) {
            early.keep(new byte[] {(byte) i}, 0, 1);
        }
        assertThat(early.dropped()).isEqualTo(100_000 - EarlyMedia.MAX_PACKETS);

        List<byte[]> released = new ArrayList<>();
        early.release(released::add);

        assertThat(released).hasSize(EarlyMedia.MAX_PACKETS);
        assertThat(released.get(0)).containsExactly(0);
        assertThat(released.get(63)).containsExactly(63);
    }

    @Test
    void S09_keepsAHundredKibibytes() {
        EarlyMedia early = new EarlyMedia();
        for (int i = 0; i < EarlyMedia.MAX_PACKETS; i++) {
            early.keep(new byte[10_000], 0, 10_000);
        }
        List<byte[]> released = new ArrayList<>();
        early.release(released::add);
        assertThat(released).hasSize(10);
        assertThat(early.dropped()).isEqualTo(54);
    }

    @Test
    void releasesOnce() {
        EarlyMedia early = new EarlyMedia();
        early.keep(new byte[] {1, 2, 3}, 1, 2);
        List<byte[]> released = new ArrayList<>();
        early.release(released::add);
        early.release(released::add);
        assertThat(released).hasSize(1);
        assertThat(released.get(0)).containsExactly(2, 3);
    }
}
