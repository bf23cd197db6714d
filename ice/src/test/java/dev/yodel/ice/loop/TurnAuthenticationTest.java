package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Long-term credentials of a client (RFC 8489 section 9.2), against a scripted server (THREATS.md U02). */
class TurnAuthenticationTest {
    private static final int MD5 = 1;
    private static final int SHA256 = 2;

    private final TurnWorld world = new TurnWorld(Simulator.create(8489));
    private final SimulatedTurnServer server = world.server;

    private IcePeer gather() {
        return world.gather(
                world.simulator.internet().host("client", "198.51.100.1"), TurnWorld.relayOnly(server.address));
    }

    private StunMessage lastRequest() {
        return server.requests.get(server.requests.size() - 1).message();
    }

    @Test
    void withoutAnOfferItIsMd5AndSha1() {
        assertThat(TurnWorld.relays(gather())).hasSize(1);
        StunMessage signed = lastRequest();
        assertThat(signed.has(StunAttribute.MESSAGE_INTEGRITY)).isTrue();
        assertThat(signed.has(StunAttribute.MESSAGE_INTEGRITY_SHA256)).isFalse();
        assertThat(signed.has(StunAttribute.PASSWORD_ALGORITHM)).isFalse();
        assertThat(signed.text(StunAttribute.USERNAME)).isEqualTo("user");
    }

    @Test
    void sha256AndUserhashAreUsedWhenOffered() {
        server.nonceCookie = SimulatedTurnServer.BOTH_FEATURES;
        server.offered = new int[] {SHA256, MD5};
        assertThat(TurnWorld.relays(gather())).hasSize(1);
        StunMessage signed = lastRequest();
        assertThat(signed.u32(StunAttribute.PASSWORD_ALGORITHM)).isEqualTo(SHA256 << 16);
        assertThat(signed.bytes(StunAttribute.PASSWORD_ALGORITHMS)).containsExactly(0, 2, 0, 0, 0, 1, 0, 0);
        assertThat(signed.has(StunAttribute.MESSAGE_INTEGRITY)).isFalse();
        assertThat(signed.has(StunAttribute.MESSAGE_INTEGRITY_SHA256)).isTrue();
        assertThat(signed.has(StunAttribute.USERNAME))
                .as("the name is not told")
                .isFalse();
        assertThat(signed.bytes(StunAttribute.USERHASH)).isEqualTo(MessageIntegrity.userhash("user", "example.test"));
    }

    @Test
    void theFirstKnownAlgorithmOfTheListIsTaken() {
        server.nonceCookie = SimulatedTurnServer.PASSWORD_FEATURE;
        server.offered = new int[] {7, MD5, SHA256};
        assertThat(TurnWorld.relays(gather())).hasSize(1);
        StunMessage signed = lastRequest();
        assertThat(signed.u32(StunAttribute.PASSWORD_ALGORITHM)).isEqualTo(MD5 << 16);
        assertThat(signed.has(StunAttribute.MESSAGE_INTEGRITY_SHA256)).isTrue();
        assertThat(signed.text(StunAttribute.USERNAME)).isEqualTo("user");
    }

    @Test
    void unknownAlgorithmsOnlyAreGivenUp() {
        server.nonceCookie = SimulatedTurnServer.PASSWORD_FEATURE;
        server.offered = new int[] {7, 8};
        IcePeer peer = gather();
        assertThat(TurnWorld.relays(peer)).isEmpty();
        assertThat(peer.errors).singleElement().satisfies(error -> assertThat(error.errorCode())
                .isEqualTo(401));
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void U02_anOfferTakenOutOnTheWayIsNoticedByTheNonce() {
        server.nonceCookie = SimulatedTurnServer.PASSWORD_FEATURE;
        server.offered = new int[] {SHA256};
        server.offersLeft = 0;
        IcePeer peer = gather();
        assertThat(TurnWorld.relays(peer)).isEmpty();
        assertThat(peer.errors).hasSize(1);
        assertThat(server.requests).as("no password was tried with less").hasSize(1);
    }

    @Test
    void U02_anOfferOnceMadeIsNotTakenBackLater() {
        server.offered = new int[] {SHA256};
        server.offersLeft = 1;
        server.requestsPerNonce = 1;
        SimulatedCall call = world.behindSymmetricNats(TurnWorld.relayOnly(server.address));
        call.trickles = false;
        IcePeer peer = call.a;
        peer.onLoop(() -> peer.connection.gather(peer.credentials));
        world.simulator.run(Duration.ofSeconds(1));
        assertThat(TurnWorld.relays(peer)).hasSize(1);
        int before = server.requests.size();
        // The refresh meets a stale nonce, and a challenge without the offer.
        world.simulator.run(Duration.ofMinutes(10));
        assertThat(server.requests).hasSize(before + 1);
        assertThat(server.granted).hasSize(1);
    }

    @Test
    void aRealmThatChangesIsFollowed() {
        SimulatedCall call = world.behindSymmetricNats(TurnWorld.relayOnly(server.address));
        call.settle();
        assertThat(TurnWorld.talk(call, 100)).isGreaterThanOrEqualTo(9);
        server.realm = "other.test";
        world.simulator.run(Duration.ofMinutes(10));
        assertThat(TurnWorld.talk(call, 100)).isGreaterThanOrEqualTo(9);
        assertThat(server.allocations).hasSize(2);
    }
}
