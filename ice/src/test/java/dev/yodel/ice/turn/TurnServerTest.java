package dev.yodel.ice.turn;

import static dev.yodel.ice.turn.ServerRig.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the server answers to requests (RFC 8656 sections 7, 8, 10, 12; RFC 8489 section 9.2). */
class TurnServerTest {
    private static final InetSocketAddress PEER = at("198.51.100.9", 5000);

    private final ServerRig rig = new ServerRig();
    private final RigClient client = new RigClient(rig, "198.51.100.1", 40_000);

    @Test
    void aClientGetsARelayAfterAChallenge() {
        StunMessage response = client.allocate();
        assertThat(response.messageClass()).isEqualTo(StunClass.SUCCESS);
        InetSocketAddress relayed = response.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS);
        assertThat(relayed).isNotNull();
        assertThat(relayed.getAddress()).isEqualTo(ServerRig.LISTENER.getAddress());
        assertThat(relayed.getPort()).isBetween(49_152, 65_535);
        assertThat(rig.relayIds).containsKey(relayed);
        assertThat(response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(client.address);
        assertThat(response.u32(StunAttribute.LIFETIME)).isEqualTo(600);
        assertThat(rig.events)
                .anyMatch(event -> event instanceof TurnServerEvent.Allocated made
                        && made.username().equals("user")
                        && made.relayed().equals(List.of(relayed)));
    }

    @Test
    void bothPasswordAlgorithmsAndBothIntegritiesAndUserhashWork() {
        int port = 41_000;
        for (boolean sha256Password : new boolean[] {false, true}) {
            for (MessageIntegrity.Algorithm algorithm : MessageIntegrity.Algorithm.values()) {
                for (boolean userhash : new boolean[] {false, true}) {
                    RigClient one = new RigClient(rig, "198.51.100.2", port++);
                    one.sha256Password = sha256Password;
                    one.algorithm = algorithm;
                    one.userhash = userhash;
                    one.allocated();
                }
            }
        }
        assertThat(rig.server.allocationCount()).isEqualTo(8);
    }

    @Test
    void theNonceSaysWhatTheServerCan() {
        client.allocated();
        String nonce = new String(Objects.requireNonNull(client.nonce), StandardCharsets.US_ASCII);
        // RFC 8489 section 18.1: bits 0 and 1 from the left.
        assertThat(nonce).startsWith("obMatJos2wAAA").hasSizeLessThan(128);
        assertThat(client.offeredAlgorithms).containsExactly(0, 2, 0, 0, 0, 1, 0, 0);
    }

    @Test
    void wrongCredentialsAreRefusedWithAnotherChallenge() {
        client.password = "wrong";
        assertThat(client.allocate().errorCode()).isEqualTo(401);
        client.password = "pass";
        client.username = "nobody";
        StunMessage response = client.allocate();
        assertThat(response.errorCode()).isEqualTo(401);
        assertThat(response.has(StunAttribute.NONCE)).isTrue();
        assertThat(response.has(StunAttribute.USERNAME)).isFalse();
        client.username = "user";
        client.realm = "elsewhere";
        assertThat(client.exchange(client.write(TurnMethod.ALLOCATE, RigClient::udp))
                        .errorCode())
                .isEqualTo(401);
        assertThat(rig.server.counters().wrongCredentials()).isEqualTo(3);
        assertThat(rig.server.allocationCount()).isZero();
    }

    @Test
    void aNonceEndsAndIsNobodyElses() {
        client.allocated();
        RigClient thief = new RigClient(rig, "198.51.100.1", 40_001);
        thief.nonce = client.nonce;
        assertThat(thief.allocate().errorCode()).isEqualTo(438);
        byte[] forged = Objects.requireNonNull(client.nonce).clone();
        forged[forged.length - 1] ^= 1;
        byte[] good = client.nonce;
        client.nonce = forged;
        assertThat(client.refresh(600).errorCode()).isEqualTo(438);
        client.nonce = good;
        rig.pass(599 * Time.SECOND);
        assertThat(client.refresh(600).messageClass()).isEqualTo(StunClass.SUCCESS);
        rig.pass(Time.SECOND);
        StunMessage stale = client.refresh(600);
        assertThat(stale.errorCode()).isEqualTo(438);
        client.nonce = stale.bytes(StunAttribute.NONCE);
        assertThat(client.refresh(600).messageClass()).isEqualTo(StunClass.SUCCESS);
    }

    @Test
    void U02_biddingDownIsNoticed() {
        client.allocate();
        client.sha256Password = true;
        // Somebody on the path took SHA-256 out of the list that the client echoes.
        client.offeredAlgorithms = new byte[] {0, 1, 0, 0};
        assertThat(client.exchange(client.write(TurnMethod.REFRESH, writer -> {}))
                        .errorCode())
                .isEqualTo(400);
        client.offeredAlgorithms = new byte[] {0, 2, 0, 0, 0, 1, 0, 0};
        byte[] oneOnly = StunWriter.request(TurnMethod.REFRESH, client.lastId)
                .text(StunAttribute.USERNAME, "user")
                .text(StunAttribute.REALM, "example.test")
                .bytes(StunAttribute.NONCE, Objects.requireNonNull(client.nonce))
                .bytes(StunAttribute.PASSWORD_ALGORITHM, new byte[] {0, 2, 0, 0})
                .integrity(client.key(), MessageIntegrity.Algorithm.SHA1)
                .toByteArray();
        assertThat(client.exchange(oneOnly).errorCode()).isEqualTo(400);
        // A client that drops MESSAGE-INTEGRITY-SHA256 for a weaker one is served; a wrong stronger one decides.
        byte[] both = StunWriter.request(TurnMethod.REFRESH, client.lastId)
                .text(StunAttribute.USERNAME, "user")
                .text(StunAttribute.REALM, "example.test")
                .bytes(StunAttribute.NONCE, client.nonce)
                .integrity(
                        MessageIntegrity.longTermMd5("user", "example.test", "pass"), MessageIntegrity.Algorithm.SHA1)
                .bytes(StunAttribute.MESSAGE_INTEGRITY_SHA256, new byte[32])
                .toByteArray();
        assertThat(client.exchange(both).errorCode()).isEqualTo(401);
    }

    @Test
    void incompleteCredentialsAreABadRequest() {
        client.allocate();
        for (int missing : new int[] {StunAttribute.USERNAME, StunAttribute.REALM, StunAttribute.NONCE}) {
            StunWriter writer = StunWriter.request(TurnMethod.REFRESH, client.lastId);
            if (missing != StunAttribute.USERNAME) {
                writer.text(StunAttribute.USERNAME, "user");
            }
            if (missing != StunAttribute.REALM) {
                writer.text(StunAttribute.REALM, "example.test");
            }
            if (missing != StunAttribute.NONCE) {
                writer.bytes(StunAttribute.NONCE, Objects.requireNonNull(client.nonce));
            }
            writer.integrity(client.key(), MessageIntegrity.Algorithm.SHA1);
            assertThat(client.exchange(writer.toByteArray()).errorCode())
                    .as("without %04x", missing)
                    .isEqualTo(400);
        }
    }

    @Test
    void timeLimitedCredentialsEnd() {
        ServerRig timed = new ServerRig(ServerRig.options().credentials(TurnCredentials.timeLimited("secret")));
        RigClient one = new RigClient(timed, "198.51.100.1", 40_000);
        one.username = "1700000060:alice";
        // base64(HMAC-SHA1("secret", user name)), computed with openssl.
        one.password = "HyJxKP4/iHSiwvKUWqUOZ/o8aJU=";
        one.allocated();
        RigClient forged = new RigClient(timed, "198.51.100.1", 40_001);
        forged.username = "1700009999:alice";
        forged.password = one.password;
        assertThat(forged.allocate().errorCode()).isEqualTo(401);
        timed.server.handleWallClock(1_700_000_060_000L);
        assertThat(one.refresh(600).errorCode()).isEqualTo(401);
        for (String odd : new String[] {"alice", "", ":alice", "17x:alice", "99999999999999999999:alice", "-5:a"}) {
            forged.username = odd;
            assertThat(forged.allocate().errorCode()).as(odd).isEqualTo(401);
        }
    }

    @Test
    void aRetransmissionIsAnsweredAgainAndAnythingElseIsAMismatch() {
        client.allocate();
        TransactionId id = client.lastId;
        StunMessage again = client.exchange(client.write(TurnMethod.ALLOCATE, RigClient::udp, id));
        assertThat(again.messageClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(rig.relayIds).hasSize(1);
        assertThat(client.allocate().errorCode()).isEqualTo(437);
        RigClient fresh = new RigClient(rig, "198.51.100.1", 40_002);
        assertThat(fresh.refresh(600).errorCode()).isEqualTo(437);
        assertThat(fresh.permit(PEER).errorCode()).isEqualTo(437);
        assertThat(fresh.bind(0x4000, PEER).errorCode()).isEqualTo(437);
        client.username = "other";
        client.password = "word";
        assertThat(client.refresh(0).errorCode()).isEqualTo(441);
        assertThat(rig.server.allocationCount()).isEqualTo(1);
    }

    @Test
    void whatCannotBeHadIsNamed() {
        assertThat(client.request(TurnMethod.ALLOCATE, writer -> {}).errorCode())
                .isEqualTo(400);
        assertThat(client.request(
                                TurnMethod.ALLOCATE, writer -> writer.u32(StunAttribute.REQUESTED_TRANSPORT, 6L << 24))
                        .errorCode())
                .isEqualTo(442);
        StunMessage fragment = client.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.flag(StunAttribute.DONT_FRAGMENT);
        });
        assertThat(fragment.errorCode()).isEqualTo(420);
        assertThat(fragment.bytes(StunAttribute.UNKNOWN_ATTRIBUTES)).containsExactly(0, 0x1A);
        assertThat(family(StunAttribute.REQUESTED_ADDRESS_FAMILY, 7).errorCode())
                .isEqualTo(440);
        assertThat(family(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 1).errorCode())
                .isEqualTo(400);
        assertThat(client.request(TurnMethod.ALLOCATE, writer -> {
                            RigClient.udp(writer);
                            writer.bytes(StunAttribute.EVEN_PORT, new byte[] {0})
                                    .i64(StunAttribute.RESERVATION_TOKEN, 5);
                        })
                        .errorCode())
                .isEqualTo(400);
        assertThat(client.request(TurnMethod.ALLOCATE, writer -> {
                            RigClient.udp(writer);
                            writer.i64(StunAttribute.RESERVATION_TOKEN, 5);
                        })
                        .errorCode())
                .isEqualTo(508);
        assertThat(rig.server.allocationCount()).isZero();
        assertThat(rig.relayIds).isEmpty();
    }

    private StunMessage family(int attribute, int family) {
        return client.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.u32(attribute, (long) family << 24);
        });
    }

    @Test
    void ipv6RelaysAndBothFamiliesAtOnce() {
        InetSocketAddress six =
                family(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2).xorAddress(StunAttribute.XOR_RELAYED_ADDRESS);
        assertThat(Objects.requireNonNull(six).getAddress()).isEqualTo(ServerRig.address("2001:db8::254"));
        assertThat(client.permit(PEER).errorCode()).isEqualTo(443);
        assertThat(client.permit(at("2001:db8::9", 0)).messageClass()).isEqualTo(StunClass.SUCCESS);

        RigClient both = new RigClient(rig, "198.51.100.3", 40_000);
        StunMessage response = both.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.u32(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2L << 24);
        });
        List<InetSocketAddress> relayed =
                Objects.requireNonNull(response.xorAddresses(StunAttribute.XOR_RELAYED_ADDRESS));
        assertThat(relayed).hasSize(2);
        assertThat(relayed.get(0).getAddress().getAddress()).hasSize(4);
        assertThat(relayed.get(1).getAddress().getAddress()).hasSize(16);
        assertThat(both.permit(PEER, at("2001:db8::9", 0)).messageClass()).isEqualTo(StunClass.SUCCESS);
        // One family is given back, the other stays.
        assertThat(both.request(TurnMethod.REFRESH, writer -> writer.u32(StunAttribute.LIFETIME, 0)
                                .u32(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2L << 24))
                        .messageClass())
                .isEqualTo(StunClass.SUCCESS);
        assertThat(rig.relayIds).containsKey(relayed.get(0)).doesNotContainKey(relayed.get(1));
        assertThat(both.request(TurnMethod.REFRESH, writer -> writer.u32(StunAttribute.LIFETIME, 600)
                                .u32(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2L << 24))
                        .errorCode())
                .isEqualTo(443);
    }

    @Test
    void aMissingSecondFamilyIsToldWithTheFirst() {
        ServerRig four = new ServerRig(
                ServerRig.options().relayAddresses(List.of(RelayAddress.of(ServerRig.LISTENER.getAddress()))));
        RigClient one = new RigClient(four, "198.51.100.1", 40_000);
        StunMessage response = one.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.u32(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2L << 24);
        });
        assertThat(response.xorAddresses(StunAttribute.XOR_RELAYED_ADDRESS)).hasSize(1);
        byte[] error = Objects.requireNonNull(response.bytes(StunAttribute.ADDRESS_ERROR_CODE));
        assertThat(error).startsWith(2, 0, 4, 40);
        assertThat(one.request(TurnMethod.REFRESH, writer -> writer.u32(StunAttribute.LIFETIME, 0))
                        .messageClass())
                .isEqualTo(StunClass.SUCCESS);
        assertThat(family(four, 2).errorCode()).isEqualTo(440);
    }

    private static StunMessage family(ServerRig rig, int family) {
        return new RigClient(rig, "198.51.100.1", 40_009).request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.u32(StunAttribute.REQUESTED_ADDRESS_FAMILY, (long) family << 24);
        });
    }

    @Test
    void anEvenPortAndTheNextOneForTheHolderOfTheToken() {
        StunMessage response = client.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.bytes(StunAttribute.EVEN_PORT, new byte[] {(byte) 0x80});
        });
        InetSocketAddress even = Objects.requireNonNull(response.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS));
        assertThat(even.getPort() % 2).isZero();
        InetSocketAddress odd = new InetSocketAddress(even.getAddress(), even.getPort() + 1);
        assertThat(rig.relayIds).containsKeys(even, odd);
        long token = Objects.requireNonNull(response.i64(StunAttribute.RESERVATION_TOKEN));

        RigClient stranger = new RigClient(rig, "198.51.100.4", 40_000);
        stranger.username = "other";
        stranger.password = "word";
        assertThat(claim(stranger, token).errorCode()).isEqualTo(508);
        RigClient second = new RigClient(rig, "198.51.100.1", 40_001);
        assertThat(claim(second, token).xorAddress(StunAttribute.XOR_RELAYED_ADDRESS))
                .isEqualTo(odd);
        assertThat(claim(new RigClient(rig, "198.51.100.1", 40_002), token).errorCode())
                .as("once only")
                .isEqualTo(508);

        RigClient third = new RigClient(rig, "198.51.100.1", 40_003);
        int before = rig.relayIds.size();
        third.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.bytes(StunAttribute.EVEN_PORT, new byte[] {(byte) 0x80});
        });
        assertThat(rig.relayIds).hasSize(before + 2);
        rig.pass(30 * Time.SECOND);
        assertThat(rig.relayIds).as("an unclaimed port is given back").hasSize(before + 1);
    }

    private static StunMessage claim(RigClient client, long token) {
        return client.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.i64(StunAttribute.RESERVATION_TOKEN, token);
        });
    }

    @Test
    void takenPortsAreTriedNoLongerThanNeeded() {
        ServerRig few = new ServerRig(ServerRig.options().ports(50_000, 50_003));
        few.takenPorts.add(at("203.0.113.254", 50_001));
        List<InetSocketAddress> relayed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            relayed.add(new RigClient(few, "198.51.100.1", 40_000 + i).allocated());
        }
        assertThat(relayed).extracting(InetSocketAddress::getPort).containsExactlyInAnyOrder(50_000, 50_002, 50_003);
        assertThat(new RigClient(few, "198.51.100.1", 40_009).allocate().errorCode())
                .isEqualTo(508);
        assertThat(few.server.allocationCount()).isEqualTo(3);
        assertThat(few.relayIds).hasSize(3);
    }

    @Test
    void quotasAndCapacity() {
        ServerRig small = new ServerRig(ServerRig.options().maxAllocations(3, 2));
        RigClient first = new RigClient(small, "198.51.100.1", 40_000);
        first.allocated();
        new RigClient(small, "198.51.100.1", 40_001).allocated();
        assertThat(new RigClient(small, "198.51.100.1", 40_002).allocate().errorCode())
                .isEqualTo(486);
        RigClient other = new RigClient(small, "198.51.100.2", 40_000);
        other.username = "other";
        other.password = "word";
        other.allocated();
        RigClient late = new RigClient(small, "198.51.100.2", 40_001);
        late.username = "other";
        late.password = "word";
        assertThat(late.allocate().errorCode()).isEqualTo(508);
        assertThat(first.refresh(0).u32(StunAttribute.LIFETIME)).isZero();
        late.allocated();
        assertThat(small.server.allocationCount()).isEqualTo(3);
    }

    @Test
    void lifetimesAreBoundedAndEnd() {
        client.allocated();
        assertThat(client.refresh(10).u32(StunAttribute.LIFETIME)).isEqualTo(600);
        assertThat(client.refresh(1_000_000).u32(StunAttribute.LIFETIME)).isEqualTo(3600);
        assertThat(client.refresh(700).u32(StunAttribute.LIFETIME)).isEqualTo(700);
        rig.pass(699 * Time.SECOND);
        assertThat(rig.server.allocationCount()).isEqualTo(1);
        rig.pass(Time.SECOND);
        assertThat(rig.server.allocationCount()).isZero();
        assertThat(rig.relayIds).isEmpty();
        assertThat(rig.events.get(rig.events.size() - 1))
                .isInstanceOfSatisfying(TurnServerEvent.Released.class, released -> assertThat(released.reason())
                        .isEqualTo("not refreshed"));
        assertThat(rig.server.nextTimeout()).isEqualTo(Time.NEVER);
        client.nonce = null;
        client.allocated();
    }

    @Test
    void U05_forbiddenPeersGetNoPermissionAndNoChannel() {
        InetSocketAddress relayed = client.allocated();
        for (String peer : new String[] {
            "127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"
        }) {
            assertThat(client.permit(at(peer, 80)).errorCode()).as(peer).isEqualTo(403);
            assertThat(client.bind(0x4000, at(peer, 80)).errorCode()).as(peer).isEqualTo(403);
            client.sendIndication(at(peer, 80), new byte[100]);
        }
        // All or none.
        assertThat(client.permit(PEER, at("10.0.0.1", 80)).errorCode()).isEqualTo(403);
        client.sendIndication(PEER, new byte[10]);
        assertThat(rig.toPeers).isEmpty();

        RigClient six = new RigClient(rig, "198.51.100.1", 40_001);
        six.request(TurnMethod.ALLOCATE, writer -> {
            RigClient.udp(writer);
            writer.u32(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2L << 24);
        });
        for (String peer : new String[] {
            "::1", "::", "fe80::1", "fd00::1", "ff02::1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "::ffff:0:10.0.0.1"
        }) {
            assertThat(six.permit(at(peer, 80)).errorCode()).as(peer).isEqualTo(403);
        }
        // An IPv4-mapped address is IPv4, of which this allocation has no relay.
        StunMessage response = six.request(TurnMethod.CREATE_PERMISSION, writer -> {
            byte[] mapped = Bytes.fromHex("00020050" + "00000000000000000000ffff7f000001");
            byte[] mask = new byte[16];
            Bytes.put32(mask, 0, StunMessage.MAGIC_COOKIE);
            Bytes.put64(mask, 4, six.lastId.high());
            Bytes.put32(mask, 12, six.lastId.low());
            for (int i = 0; i < 16; i++) {
                mapped[4 + i] ^= mask[i];
            }
            writer.bytes(StunAttribute.XOR_PEER_ADDRESS, mapped);
        });
        assertThat(response.errorCode()).isEqualTo(443);
        assertThat(rig.server.counters().refusedPeers()).isGreaterThan(15);
        assertThat(relayed).isNotNull();
    }

    @Test
    void channelsAreBoundOneToOne() {
        client.allocated();
        InetSocketAddress second = at("198.51.100.9", 5001);
        assertThat(client.bind(0x3FFF, PEER).errorCode()).isEqualTo(400);
        assertThat(client.bind(0x8000, PEER).errorCode()).isEqualTo(400);
        assertThat(client.bind(0x4000, at("198.51.100.9", 0)).errorCode()).isEqualTo(400);
        assertThat(client.bind(0x4000, PEER).messageClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(client.bind(0x4000, PEER).messageClass()).as("a refresh").isEqualTo(StunClass.SUCCESS);
        assertThat(client.bind(0x4000, second).errorCode()).isEqualTo(400);
        assertThat(client.bind(0x4001, PEER).errorCode()).isEqualTo(400);
        assertThat(client.bind(0x7FFF, second).messageClass())
                .as("a number of RFC 5766")
                .isEqualTo(StunClass.SUCCESS);
        // Ten minutes later both are free again.
        rig.pass(300 * Time.SECOND);
        client.refresh(3600);
        rig.pass(301 * Time.SECOND);
        client.nonce = null;
        assertThat(client.bind(0x4000, second).messageClass()).isEqualTo(StunClass.SUCCESS);
    }

    @Test
    void permissionsAndChannelsHaveBounds() {
        ServerRig small = new ServerRig(ServerRig.options().maxPeers(3, 2));
        RigClient one = new RigClient(small, "198.51.100.1", 40_000);
        one.allocated();
        assertThat(one.permit(at("198.51.100.10", 0), at("198.51.100.11", 0), at("198.51.100.12", 0))
                        .messageClass())
                .isEqualTo(StunClass.SUCCESS);
        assertThat(one.permit(at("198.51.100.13", 0)).errorCode()).isEqualTo(508);
        assertThat(one.permit(at("198.51.100.12", 0)).messageClass())
                .as("a refresh needs no room")
                .isEqualTo(StunClass.SUCCESS);
        assertThat(one.bind(0x4000, at("198.51.100.10", 1)).messageClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(one.bind(0x4001, at("198.51.100.10", 2)).messageClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(one.bind(0x4002, at("198.51.100.10", 3)).errorCode()).isEqualTo(508);
        assertThat(one.bind(0x4001, at("198.51.100.10", 2)).messageClass()).isEqualTo(StunClass.SUCCESS);
        small.pass(301 * Time.SECOND);
        assertThat(one.permit(at("198.51.100.13", 0)).messageClass())
                .as("those that have ended make room")
                .isEqualTo(StunClass.SUCCESS);
    }

    @Test
    void withoutCredentialsItIsAStunServerOnly() {
        TurnServerOptions.Builder options = TurnServerOptions.builder();
        ServerRig stun = new ServerRig(options);
        RigClient one = new RigClient(stun, "198.51.100.1", 40_000);
        StunMessage binding = one.exchange(one.write(StunMessage.BINDING, writer -> {}));
        assertThat(binding.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(one.address);
        one.send(one.write(TurnMethod.ALLOCATE, RigClient::udp));
        assertThat(stun.isSilentTo(one.address)).isTrue();
    }
}
