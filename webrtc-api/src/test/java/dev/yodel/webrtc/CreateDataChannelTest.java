package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What createDataChannel refuses, in W3C's order (WebRTC 1.0, 6.1 createDataChannel, steps 2 to 19). */
final class CreateDataChannelTest {
    private static final String TOO_LONG = "\u20ac".repeat(21_846);

    private static DataChannelInit.Builder negotiated(int id) {
        return DataChannelInit.builder().negotiated(true).id(id);
    }

    private static void refused(
            PeerConnection connection, String label, DataChannelInit init, Class<?> type, String words) {
        assertThatThrownBy(() -> connection.createDataChannel(label, init))
                .isInstanceOf(type)
                .hasMessageContaining(words);
    }

    @Test
    void everyCheckComesInItsTurn() {
        try (SimulatedPair pair = new SimulatedPair(41)) {
            PeerConnection pc = pair.a;
            DataChannelInit.Builder wrongInAll = DataChannelInit.builder()
                    .negotiated(true)
                    .protocol(TOO_LONG)
                    .maxRetransmits(1)
                    .maxPacketLifeTime(1);
            Class<?> type = IllegalArgumentException.class;
            refused(pc, TOO_LONG, wrongInAll.build(), type, "the label has more than 65535 bytes");
            refused(pc, "", wrongInAll.build(), type, "the protocol has more than 65535 bytes");
            refused(pc, "", wrongInAll.protocol("").build(), type, "a negotiated channel needs an id");
            refused(pc, "", wrongInAll.id(65_535).build(), type, "exclude each other");
            refused(pc, "", negotiated(65_535).build(), type, "an id is 0 to 65534");
            assertThat(pc.createDataChannel("\u20ac".repeat(21_845)).label()).hasSize(21_845);
            // An id without negotiated is ignored, also one that cannot be.
            assertThat(pc.createDataChannel(
                                    "", DataChannelInit.builder().id(65_535).build())
                            .id())
                    .isNull();
            assertThat(pc.createDataChannel("", negotiated(7).build()).id()).isEqualTo(7);
            refused(pc, "", negotiated(7).build(), OperationException.class, "in use");
            for (int value : new int[] {-1, 65_536}) {
                assertThatThrownBy(() -> DataChannelInit.builder().id(value)).isInstanceOf(type);
                assertThatThrownBy(() -> DataChannelInit.builder().maxRetransmits(value))
                        .isInstanceOf(type);
                assertThatThrownBy(() -> DataChannelInit.builder().maxPacketLifeTime(value))
                        .isInstanceOf(type);
            }
            pc.close();
            refused(pc, TOO_LONG, wrongInAll.build(), InvalidStateException.class, "closed");
        }
    }

    @Test
    void whatAChannelShowsIsWhatWasAskedFor() {
        try (SimulatedPair pair = new SimulatedPair(42)) {
            DataChannel plain = pair.a.createDataChannel("plain");
            assertThat(plain.ordered()).isTrue();
            assertThat(plain.maxRetransmits()).isNull();
            assertThat(plain.maxPacketLifeTime()).isNull();
            assertThat(plain.protocol()).isEmpty();
            assertThat(plain.negotiated()).isFalse();
            assertThat(plain.id()).isNull();
            assertThat(plain.priority()).isEqualTo(PriorityType.LOW);
            assertThat(plain.readyState()).isEqualTo(DataChannelState.CONNECTING);
            assertThat(plain.bufferedAmount()).isZero();
            assertThat(plain.bufferedAmountLowThreshold()).isZero();
            assertThatThrownBy(() -> plain.send("x"))
                    .isInstanceOf(InvalidStateException.class)
                    .hasMessageContaining("onOpen");
            assertThatThrownBy(() -> plain.bufferedAmountLowThreshold(-1)).isInstanceOf(IllegalArgumentException.class);
            DataChannelInit full = negotiated(9)
                    .ordered(false)
                    .maxRetransmits(0)
                    .protocol("p\ud800")
                    .priority(PriorityType.HIGH)
                    .build();
            DataChannel other = pair.a.createDataChannel("l\udfff", full);
            assertThat(other.label()).as("a USVString has no lone surrogates").isEqualTo("l\ufffd");
            assertThat(other.protocol()).isEqualTo("p\ufffd");
            assertThat(other.ordered()).isFalse();
            assertThat(other.maxRetransmits()).isZero();
            assertThat(other.negotiated()).isTrue();
            assertThat(other.id()).isEqualTo(9);
            assertThat(other.priority()).isEqualTo(PriorityType.HIGH);
            pair.connect();
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(plain.id()).isIn(0, 1);
            assertThat(plain.readyState()).isEqualTo(DataChannelState.OPEN);
        }
    }

    /** The first channel asks for a negotiation, the second does not; ids follow the DTLS role; a given id is not taken. */
    @Test
    void idsFollowTheRoleAndNegotiationIsAskedForOnce() {
        try (SimulatedPair pair = new SimulatedPair(43)) {
            int[] needed = new int[1];
            pair.a.onNegotiationNeeded(() -> needed[0]++);
            DataChannel first = pair.a.createDataChannel("first");
            pair.simulator.run(Duration.ofSeconds(1));
            pair.a.createDataChannel("second");
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(needed[0]).isEqualTo(1);
            DataChannel taken = pair.a.createDataChannel("taken", negotiated(3).build());
            DataChannel both = pair.b.createDataChannel("taken", negotiated(3).build());
            List<String> announced = new ArrayList<>();
            pair.b.onDataChannel(event -> announced.add(event.channel().label()));
            pair.connect();
            pair.simulator.run(Duration.ofSeconds(1));
            // B answers, so it is the DTLS client and has even ids; A has odd ones (RFC 8832 6).
            assertThat(first.id()).isEqualTo(1);
            assertThat(pair.a.createDataChannel("third").id()).isEqualTo(7);
            assertThat(pair.b.createDataChannel("theirs").id()).isEqualTo(0);
            assertThat(announced).containsExactly("first", "second");
            assertThat(taken.readyState()).isEqualTo(DataChannelState.OPEN);
            assertThat(both.readyState()).isEqualTo(DataChannelState.OPEN);
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(needed[0]).isEqualTo(1);
        }
    }
}
