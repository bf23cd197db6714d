package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import org.junit.jupiter.api.Test;

/** The counts of pictures that statistics show. */
class PictureCountTest {
    private static final byte[] VP8_KEY = {0x10, 0, 0, (byte) 0x9d, 1, 0x2a, (byte) 0x80, 0x42, (byte) 0xe0, 1};

    private final PictureCount count = new PictureCount();

    @Test
    void nothingIsKnownBeforeTheFirstPicture() {
        assertThat(count.snapshot(0)).isNull();
    }

    @Test
    void aKeyFrameOfVp8SaysItsSize() {
        count.handleFrame("VP8", VP8_KEY, true, 0);
        count.handleFrame("VP8", new byte[] {1, 2, 3}, false, 1);
        assertThat(count.snapshot(1)).isEqualTo(new PictureCount.Snapshot(2, 1, 640, 480, 2, 0));
    }

    @Test
    void whatIsNoVp8KeyFrameSaysNone() {
        byte[] broken = VP8_KEY.clone();
        broken[4] = 2;
        count.handleFrame("VP8", broken, true, 0);
        count.handleFrame("VP8", new byte[5], true, 0);
        count.handleFrame("H264", VP8_KEY, true, 0);
        assertThat(count.snapshot(0)).isEqualTo(new PictureCount.Snapshot(3, 3, 0, 0, 3, 0));
    }

    @Test
    void aPictureFarAboveTheAverageIsHuge() {
        for (int i = 0; i < 10; i++) {
            count.handleFrame("VP8", new byte[100], false, i);
        }
        count.handleFrame("VP8", new byte[249], false, 10);
        assertThat(count.snapshot(10)).isNotNull().matches(now -> now.huge() == 0);
        count.handleFrame("VP8", new byte[300], false, 11);
        assertThat(count.snapshot(11)).isNotNull().matches(now -> now.huge() == 1);
    }

    @Test
    void theRateIsThatOfTheLastFullSecond() {
        for (int i = 0; i < 75; i++) {
            count.handleFrame(i * Time.SECOND / 25);
        }
        PictureCount.Snapshot now = count.snapshot(75 * Time.SECOND / 25);
        assertThat(now).isNotNull();
        assertThat(now.perSecond()).isEqualTo(25);
        assertThat(now.frames()).isEqualTo(75);
    }
}
