package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.RtpPacketEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the load generator counts. */
class LoadMeterTest {
    private static final long FRAME = 40_000_000;

    private final LoadMeter meter = new LoadMeter();

    private static EncodedFrame frame(LoadMeter.Sender sender) {
        return sender.frame(1_500, false, FRAME, System.nanoTime());
    }

    /** Frames of the measured time count, however late they come; others do not, and what is lost is missing. */
    @Test
    void framesOfTheMeasuredTimeCount() {
        LoadMeter.Sender one = meter.sender(2);
        LoadMeter.Sender other = meter.sender(2);
        EncodedFrame early = frame(one);
        meter.begin();
        List<EncodedFrame> measured = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            measured.add(frame(one));
            measured.add(frame(other));
        }
        meter.end();
        EncodedFrame late = frame(other);
        assertThat(meter.expected()).isEqualTo(40);
        meter.received(early);
        meter.received(late);
        assertThat(meter.whole()).isZero();
        measured.forEach(meter::received);
        measured.subList(0, 15).forEach(meter::received);
        assertThat(meter.whole()).isEqualTo(35);
        assertThat(meter.lateness()).hasSize(20);
    }

    /** The last packet of a frame, as it arrives. */
    private static RtpPacketEvent packet(EncodedFrame frame, boolean marker) {
        byte[] packet = new byte[12 + frame.data().length];
        System.arraycopy(frame.data(), 0, packet, 12, frame.data().length);
        return new RtpPacketEvent(packet, 12, 96, 1, 1, 1, marker);
    }

    /** A frame's way ends with its last packet; of the first sender's frames each is compared with itself. */
    @Test
    void eachFrameIsComparedWithItself() {
        LoadMeter.Sender first = meter.sender(2);
        LoadMeter.Sender other = meter.sender(2);
        meter.begin();
        for (int i = 0; i < 5; i++) {
            EncodedFrame one = frame(first);
            EncodedFrame another = frame(other);
            if (i > 0) {
                meter.arrivedWithoutServer(packet(one, true));
            }
            meter.arrived(packet(one, false));
            meter.arrived(packet(one, true));
            meter.arrived(packet(one, true));
            meter.arrived(packet(another, true));
        }
        meter.end();
        assertThat(meter.delays()).hasSize(15).isSorted();
        assertThat(meter.delays()[0]).isPositive();
        assertThat(meter.delaysWithoutServer()).hasSize(4);
        assertThat(meter.added())
                .as("two of each that came by both ways")
                .hasSize(8)
                .isSorted();
        assertThat(meter.added()[0]).as("without the server it came first").isPositive();
    }

    @Test
    void whatIsNoFrameOfOursIsLeftOut() {
        meter.sender(1);
        meter.begin();
        meter.received(EncodedFrame.ofDuration(new byte[10], FRAME));
        byte[] foreign = new byte[100];
        foreign[24] = 9;
        meter.received(EncodedFrame.ofDuration(foreign, FRAME));
        foreign[92] = 9;
        meter.arrived(packet(EncodedFrame.ofDuration(foreign, FRAME), true));
        meter.arrived(new RtpPacketEvent(new byte[20], 12, 96, 1, 1, 1, true));
        assertThat(meter.whole()).isZero();
        assertThat(meter.delays()).isEmpty();
    }

    @Test
    void quantilesAreOfTheSortedValues() {
        long[] sorted = new long[100];
        for (int i = 0; i < 100; i++) {
            sorted[i] = (i + 1) * 1_000_000L;
        }
        assertThat(LoadMeter.Samples.millis(sorted, 0.5)).isEqualTo(51);
        assertThat(LoadMeter.Samples.millis(sorted, 0.99)).isEqualTo(100);
        assertThat(LoadMeter.Samples.millis(sorted, 1)).isEqualTo(100);
        assertThat(LoadMeter.Samples.millis(new long[0], 0.5)).isNaN();
    }

    @Test
    void aServersOwnFiguresAreRead() {
        String text = new RoomMetrics().text();
        assertThat(RoomMetrics.read(text, RoomMetrics.CPU_SECONDS)).isPositive();
        assertThat(RoomMetrics.read(text, "yodel_rooms_joins_total")).isZero();
        assertThat(RoomMetrics.read(text, "nothing")).isNaN();
        assertThat(RoomMetrics.read("x y\n", "x")).isNaN();
    }
}
