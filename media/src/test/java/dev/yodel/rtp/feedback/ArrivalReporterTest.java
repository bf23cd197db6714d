package dev.yodel.rtp.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.TransportFeedback;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the sender learns of packets that did not come (draft-holmer-rmcat-transport-wide-cc-extensions 3). */
final class ArrivalReporterTest {
    private static List<Integer> received(TransportFeedback feedback) {
        List<Integer> numbers = new ArrayList<>();
        TransportFeedback.Cursor cursor = feedback.received();
        while (cursor.next()) {
            numbers.add(cursor.sequenceNumber());
        }
        return numbers;
    }

    private static TransportFeedback report(ArrivalReporter reporter, long now) {
        return Objects.requireNonNull(reporter.poll(1, now));
    }

    /** At few packets a second most losses lie between two reports: nobody would tell of them. */
    @Test
    void whatIsMissingInFrontOfAReportIsTold() {
        ArrivalReporter reporter = new ArrivalReporter();
        long now = Time.SECOND;
        reporter.onPacket(65_530, 2, now);
        now += 50 * Time.MILLISECOND;
        assertThat(received(report(reporter, now))).containsExactly(65_530);
        reporter.onPacket(2, 2, now);
        reporter.onPacket(4, 2, now + Time.MILLISECOND);
        now += 50 * Time.MILLISECOND;
        TransportFeedback second = report(reporter, now);
        assertThat(second.baseSequenceNumber()).isEqualTo(65_531);
        assertThat(second.packetStatusCount()).isEqualTo(10);
        assertThat(received(second)).containsExactly(2, 4);
        assertThat(reporter.poll(1, now + Time.SECOND)).isNull();
    }

    @Test
    void aLongGapIsNotToldInFull() {
        ArrivalReporter reporter = new ArrivalReporter();
        reporter.onPacket(100, 2, Time.SECOND);
        report(reporter, 2 * Time.SECOND);
        reporter.onPacket(3_000, 2, 2 * Time.SECOND);
        TransportFeedback second = report(reporter, 3 * Time.SECOND);
        assertThat(second.baseSequenceNumber()).isEqualTo(2_700);
        assertThat(received(second)).containsExactly(3_000);
    }
}
