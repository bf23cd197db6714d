package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.yodel.io.Time;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What media costs in the agent. */
class DataPathTest {
    @Test
    void dataMakesNoGarbage() throws Exception {
        JoinedAgents agents = new JoinedAgents(1);
        agents.connect();
        IceDataPath path = agents.a.agent.dataPath();
        InetSocketAddress peer = agents.b.address;
        InetSocketAddress stranger = new InetSocketAddress(InetAddress.getByName("203.0.113.9"), 9);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        long accepted = 0;
        for (int round = 0; round < 5; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 50_000; i++) {
                long now = 3 * Time.SECOND + i;
                accepted += path.accepts(1, peer, 1200, now) == null ? 0 : 1;
                accepted += path.accepts(1, stranger, 1200, now) == null ? 0 : 1;
                accepted += path.socketId(now) == 1 ? 1 : 0;
                path.remote();
                path.countSent(1200, now);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(accepted).isEqualTo(5 * 100_000);
        assertThat(least).as("bytes for 250,000 datagrams").isLessThan(4096);
    }
}
