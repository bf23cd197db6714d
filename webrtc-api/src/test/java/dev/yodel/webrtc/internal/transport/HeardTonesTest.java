package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.payload.TelephoneEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Presses told by packets of which some are lost, late or come twice. */
class HeardTonesTest {
    private static final RtpCodec EVENTS = new RtpCodec(110, "telephone-event", 48_000, 1);
    private static final RtpCodec OPUS = new RtpCodec(111, "opus", 48_000, 2);

    private final HeardTones tones = new HeardTones();

    private @Nullable String hear(RtpCodec codec, long ssrc, long rtpTimestamp, int event, boolean end) {
        ReceivedPacket packet = new ReceivedPacket();
        packet.data = new byte[TelephoneEvent.SIZE];
        new TelephoneEvent(event, end, 10, 960).write(packet.data, 0);
        packet.payloadLength = packet.data.length;
        packet.codec = codec;
        packet.ssrc = ssrc;
        packet.rtpTimestamp = rtpTimestamp & 0xffff_ffffL;
        return tones.take(packet);
    }

    private @Nullable String hear(long rtpTimestamp, int event, boolean end) {
        return hear(EVENTS, 7, rtpTimestamp, event, end);
    }

    @Test
    void anyPacketOfAPressTellsItAndTheOthersDoNot() {
        // The first ones were lost, and the clock goes round.
        assertThat(hear(-100, 5, true)).isEqualTo("5");
        assertThat(hear(-100, 5, true)).isNull();
        assertThat(hear(4_000, 5, false)).isEqualTo("5");
        assertThat(hear(4_000, 5, false)).isNull();
        // One of the first press is late.
        assertThat(hear(-100, 5, true)).isNull();
        assertThat(hear(9_000, 11, true)).isEqualTo("#");
    }

    @Test
    void aLongPressGoesOnUnderALaterTime() {
        assertThat(hear(1_000, 1, false)).isEqualTo("1");
        assertThat(hear(1_000 + 0xffff, 1, false)).isNull();
        assertThat(hear(1_000 + 2 * 0xffff, 1, true)).isNull();
        assertThat(hear(1_000 + 3 * 0xffff, 1, true))
                .as("the one before had ended")
                .isEqualTo("1");
    }

    @Test
    void anotherSourceBeginsAnew() {
        assertThat(hear(50_000, 1, true)).isEqualTo("1");
        assertThat(hear(EVENTS, 8, 10, 1, true)).isEqualTo("1");
        assertThat(hear(EVENTS, 8, 10, 1, true)).isNull();
    }

    @Test
    void whatIsNoKeyIsLeftOut() {
        assertThat(hear(OPUS, 7, 10, 1, true)).isNull();
        assertThat(hear(20, 16, true)).as("a flash of the hook").isNull();
        ReceivedPacket tooShort = new ReceivedPacket();
        tooShort.data = new byte[3];
        tooShort.payloadLength = 3;
        tooShort.codec = EVENTS;
        assertThat(tones.take(tooShort)).isNull();
        assertThat(hear(30, 15, true)).isEqualTo("D");
    }
}
