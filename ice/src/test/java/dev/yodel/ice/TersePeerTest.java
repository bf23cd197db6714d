package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.NetworkAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A peer that says no more than FFmpeg's WHIP muxer does: no candidates, checks with USE-CANDIDATE but without a priority
 * or a role, answers without XOR-MAPPED-ADDRESS.
 */
class TersePeerTest {
    private final JoinedAgents.SeededSource random = new JoinedAgents.SeededSource(9725);
    private final IceCredentials ours = IceCredentials.generate(random);
    private final IceCredentials theirs = IceCredentials.generate(random);
    private final IceAgent agent = new IceAgent(IceOptions.DEFAULT, random);
    private final InetSocketAddress own;
    private final InetSocketAddress peer;
    private long now;

    TersePeerTest() throws Exception {
        own = new InetSocketAddress(InetAddress.getByName("198.51.100.1"), 5000);
        peer = new InetSocketAddress(InetAddress.getByName("198.51.100.2"), 40_000);
        agent.gather(ours, List.of(new NetworkAddress("eth0", 1, own.getAddress(), 24, false, false, true)), 0);
        for (IceEvent event = agent.pollEvent(); event != null; event = agent.pollEvent()) {
            if (event instanceof IceEvent.OpenUdp open) {
                agent.handleOpened(open.socketId(), own, now);
            }
        }
        agent.start(IceRole.CONTROLLED, theirs, now);
        agent.endOfRemoteCandidates(now);
    }

    private void receive(StunWriter message, IceCredentials key) {
        byte[] data = message.integrity(MessageIntegrity.shortTerm(key.password()), MessageIntegrity.Algorithm.SHA1)
                .fingerprint()
                .toByteArray();
        agent.handleDatagram(1, data, 0, data.length, peer, now);
    }

    /** The peer checks us; gives the check that it gets back. */
    private StunMessage checked() {
        receive(
                StunWriter.request(StunMessage.BINDING, new TransactionId(1, 2))
                        .text(StunAttribute.USERNAME, ours.ufrag() + ":" + theirs.ufrag())
                        .flag(StunAttribute.USE_CANDIDATE),
                ours);
        for (int i = 0; i < 10; i++) {
            for (IceTransmit sent = agent.pollTransmit(); sent != null; sent = agent.pollTransmit()) {
                StunMessage message = StunMessage.parse(sent.data(), 0, sent.data().length);
                if (message != null && message.messageClass() == StunClass.REQUEST) {
                    assertThat(sent.remote()).isEqualTo(peer);
                    return message;
                }
            }
            now = Math.max(now, agent.nextTimeout());
            agent.handleTimeout(now);
        }
        throw new AssertionError("no check in return");
    }

    @Test
    void itIsMet() {
        receive(StunWriter.success(checked()), theirs);
        assertThat(agent.state()).isIn(IceState.CONNECTED, IceState.COMPLETED);
        CandidatePair selected = agent.selectedPair();
        assertThat(selected).isNotNull();
        assertThat(selected.local().socketAddress()).isEqualTo(own);
        assertThat(selected.remote().socketAddress()).isEqualTo(peer);
        assertThat(agent.stats().pairs()).anyMatch(IceStats.PairStats::nominated);
    }

    @Test
    void anAddressThatIsNoneIsNotTakenForSilence() {
        receive(StunWriter.success(checked()).bytes(StunAttribute.XOR_MAPPED_ADDRESS, new byte[5]), theirs);
        assertThat(agent.selectedPair()).isNull();
    }

    @Test
    void whoDoesNotKnowThePasswordIsNotBelieved() {
        receive(StunWriter.success(checked()), ours);
        assertThat(agent.selectedPair()).isNull();
        assertThat(agent.counters().unauthenticatedResponses()).isEqualTo(1);
    }
}
