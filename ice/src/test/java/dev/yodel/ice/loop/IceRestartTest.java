package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.io.SendResult;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Restarts under traffic (THREATS.md F16; RFC 8445 section 9). */
class IceRestartTest {
    @Test
    void F16_restartsUnderTrafficLoseNothing() {
        SimulatedCall call = SimulatedCall.direct(16);
        call.settle();
        int restarts = Boolean.getBoolean("yodel.long") ? 1000 : 50;
        Set<String> ufrags = new HashSet<>();
        int sent = 0;
        for (int round = 0; round < restarts; round++) {
            IcePeer first = round % 2 == 0 ? call.a : call.b;
            IcePeer second = round % 2 == 0 ? call.b : call.a;
            // The offer takes 20 ms, the answer another 20.
            first.restart();
            ufrags.add(first.credentials.ufrag());
            sent += traffic(call, 4);
            second.restart();
            ufrags.add(second.credentials.ufrag());
            second.startWith(first, second == call.a ? IceRole.CONTROLLING : IceRole.CONTROLLED);
            sent += traffic(call, 4);
            first.startWith(second, first == call.a ? IceRole.CONTROLLING : IceRole.CONTROLLED);
            sent += traffic(call, 300);
            assertThat(call.a.state()).as("restart %d", round).isEqualTo(IceState.COMPLETED);
            assertThat(call.b.state()).as("restart %d", round).isEqualTo(IceState.COMPLETED);
        }
        call.simulator.run(Duration.ofMillis(100));
        assertThat(ufrags).hasSize(2 * restarts);
        assertThat(call.a.received).hasSize(sent);
        assertThat(call.b.received).hasSize(sent);
        for (IcePeer peer : List.of(call.a, call.b)) {
            assertThat(peer.states).noneMatch(at -> at.what() == IceState.DISCONNECTED || at.what() == IceState.FAILED);
            assertThat(peer.connection.stats().pairs()).hasSizeLessThanOrEqualTo(2);
            assertThat(peer.host.leaks().sockets()).hasSize(1);
        }
        call.close();
    }

    /** A datagram each way every 5 ms. */
    private static int traffic(SimulatedCall call, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(call.a.send("~")).isEqualTo(SendResult.SENT);
            assertThat(call.b.send("~")).isEqualTo(SendResult.SENT);
            call.simulator.run(Duration.ofMillis(5));
        }
        return count;
    }
}
