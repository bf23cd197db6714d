package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** A machine that has fallen behind is not kept busy by its own consent checks (RFC 7675). */
class ConsentLatenessTest {
    /** Consent checks in 20 s without an answer, on a loop that is so late each time. */
    private static int checks(long lateNanos) throws UnknownHostException {
        JoinedAgents agents = new JoinedAgents(7);
        agents.connect();
        IceAgent agent = agents.a.agent;
        int sent = 0;
        long now = agent.nextTimeout();
        for (long end = now + 20 * Time.SECOND; now < end; now = Math.max(now, agent.nextTimeout()) + lateNanos) {
            agent.handleTimeout(now);
            while (agent.pollTransmit() != null) {
                sent++;
            }
        }
        return sent;
    }

    @Test
    void I09_aLateLoopRepeatsChecksLessOften() throws UnknownHostException {
        assertThat(checks(0)).isBetween(16, 28);
        assertThat(checks(20 * Time.MILLISECOND)).isBetween(16, 28);
        assertThat(checks(400 * Time.MILLISECOND)).isBetween(5, 8);
        // Consent lasts 30 s: some checks remain however late they are.
        assertThat(checks(2 * Time.SECOND)).isBetween(3, 5);
    }
}
