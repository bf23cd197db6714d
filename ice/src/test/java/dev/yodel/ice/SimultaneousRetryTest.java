package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.NetworkAddress;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The opening of a stream that meets nobody yet is refused: when is it tried again (RFC 6544 section 7.1)? */
class SimultaneousRetryTest {
    private final JoinedAgents.SeededSource random = new JoinedAgents.SeededSource(65);
    private final IceAgent agent =
            new IceAgent(IceOptions.builder().tcp(TcpType.ACTIVE, TcpType.SO).build(), random);
    private final InetSocketAddress own;
    private final InetSocketAddress peer;
    private long now;
    private final List<IceEvent.OpenStream> opened = new ArrayList<>();
    private int listenerId;

    SimultaneousRetryTest() throws Exception {
        InetAddress address = InetAddress.getByName("198.51.100.1");
        own = new InetSocketAddress(address, 6000);
        peer = new InetSocketAddress(InetAddress.getByName("203.0.113.2"), 7000);
        agent.gather(
                IceCredentials.generate(random),
                List.of(new NetworkAddress("eth0", 1, address, 24, false, false, true)),
                0);
        agent.start(IceRole.CONTROLLING, IceCredentials.generate(random), 0);
        drain();
        agent.addRemoteCandidate(
                Candidate.parse(
                        "candidate:1 1 tcp 1015021823 203.0.113.2 7000 typ srflx raddr 10.0.0.2 rport 5 tcptype so"),
                0);
        drain();
    }

    private void drain() {
        while (agent.pollTransmit() != null) {
            // Checks of UDP pairs lead nowhere here.
        }
        for (IceEvent event = agent.pollEvent(); event != null; event = agent.pollEvent()) {
            if (event instanceof IceEvent.Listen listen) {
                assertThat(listen.shared()).isTrue();
                listenerId = listen.socketId();
                agent.handleOpened(listenerId, own, now);
            } else if (event instanceof IceEvent.OpenStream open) {
                opened.add(open);
            }
        }
    }

    private IceEvent.@Nullable OpenStream next() {
        int before = opened.size();
        while (opened.size() == before && agent.nextTimeout() != Time.NEVER && now < 60 * Time.SECOND) {
            now = Math.max(now, agent.nextTimeout());
            agent.handleTimeout(now);
            drain();
        }
        return opened.size() == before ? null : opened.get(before);
    }

    private IceEvent.OpenStream first() {
        if (opened.isEmpty()) {
            next();
        }
        return opened.get(0);
    }

    @Test
    void itIsTriedSoonAgainAtRandomMomentsAndNotForEver() {
        IceEvent.OpenStream open = first();
        List<Long> gaps = new ArrayList<>();
        while (open != null) {
            assertThat(open.local()).isEqualTo(own);
            assertThat(open.remote()).isEqualTo(peer);
            long refusedAt = now;
            agent.handleClosed(open.socketId(), "refused", now);
            drain();
            open = next();
            if (open != null) {
                gaps.add((now - refusedAt) / Time.MILLISECOND);
            }
        }
        assertThat(gaps).hasSize(14);
        assertThat(gaps.subList(0, 10)).allSatisfy(gap -> assertThat(gap).isBetween(100L, 320L));
        assertThat(gaps.subList(0, 10)).doesNotHaveDuplicates();
        assertThat(gaps.subList(10, 14)).allSatisfy(gap -> assertThat(gap).isBetween(1000L, 1020L));
    }

    @Test
    void whatIsOpenIsChecked() {
        IceEvent.OpenStream open = first();
        agent.handleClosed(open.socketId(), "refused", now);
        drain();
        IceEvent.OpenStream again = next();
        assertThat(again).isNotNull();
        agent.handleOpened(again.socketId(), own, now);
        agent.handleTimeout(Math.max(now, agent.nextTimeout()));
        boolean checked = false;
        for (IceTransmit sent = agent.pollTransmit(); sent != null; sent = agent.pollTransmit()) {
            checked |= sent.socketId() == again.socketId() && sent.remote().equals(peer);
        }
        assertThat(checked).isTrue();
    }

    @Test
    void whoIsAcceptedIsNotOpenedToAgain() {
        IceEvent.OpenStream open = first();
        agent.handleClosed(open.socketId(), "refused", now);
        drain();
        assertThat(agent.handleAccepted(listenerId, own, peer, now)).isPositive();
        assertThat(next()).isNull();
    }
}
