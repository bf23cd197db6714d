package dev.yodel.ice.turn;

import static dev.yodel.ice.turn.ServerRig.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import java.net.InetSocketAddress;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Binding requests, and NAT behaviour discovery at the server (RFC 8489 section 12, RFC 5780 section 6.1). */
class BindingResponderTest {
    private static final InetSocketAddress CLIENT = at("198.51.100.1", 40_000);
    private static final int[] CHANGES = {0, 2, 4, 6};

    private final ServerRig rig = new ServerRig();

    private StunMessage ask(int socketId, StunWriter request) {
        byte[] bytes = request.toByteArray();
        rig.server.handleDatagram(socketId, CLIENT, bytes, 0, bytes.length, rig.now);
        rig.drain();
        return RigClient.parse(rig.reply(CLIENT));
    }

    private static StunWriter binding() {
        return StunWriter.request(StunMessage.BINDING, TransactionId.random(ServerRig.random(9)));
    }

    @Test
    void tellsTheClientItsAddress() {
        StunMessage response = ask(rig.listener, binding());
        assertThat(response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(CLIENT);
        assertThat(response.has(StunAttribute.FINGERPRINT)).isFalse();
        assertThat(response.has(StunAttribute.OTHER_ADDRESS))
                .as("with one address it cannot do RFC 5780")
                .isFalse();
        assertThat(ask(rig.listener, binding().fingerprint()).has(StunAttribute.FINGERPRINT))
                .isTrue();
        assertThat(response.length()).as("no amplifier").isLessThanOrEqualTo(32);
    }

    @Test
    void whatItDoesNotKnowItNames() {
        StunMessage response = ask(rig.listener, binding().u32(StunAttribute.CHANGE_REQUEST, 6));
        assertThat(response.errorCode()).isEqualTo(420);
        assertThat(response.bytes(StunAttribute.UNKNOWN_ATTRIBUTES)).containsExactly(0, 3);
        // RESPONSE-PORT and PADDING of RFC 5780 would make us send elsewhere, or more.
        assertThat(ask(rig.listener, binding().u32(0x0027, 0x1234_0000)).errorCode())
                .isEqualTo(420);
        assertThat(ask(rig.listener, binding().bytes(0x0026, new byte[1000])).errorCode())
                .isEqualTo(420);
    }

    @Test
    void twoAddressesWithTwoPortsAnswerFromWhereTheyAreAsked() {
        InetSocketAddress[] locals = {
            ServerRig.LISTENER, at("203.0.113.254", 3479), at("203.0.113.253", 3478), at("203.0.113.253", 3479)
        };
        int[] ids = new int[4];
        ids[0] = rig.listener;
        for (int i = 1; i < 4; i++) {
            ids[i] = rig.server.addUdpListener(locals[i]);
        }
        // Index bits: 1 is the port, 2 the address.
        for (int asked = 0; asked < 4; asked++) {
            for (int change : CHANGES) {
                rig.fromListener.clear();
                StunMessage response = ask(ids[asked], binding().u32(StunAttribute.CHANGE_REQUEST, change));
                int from = asked ^ ((change & 2) != 0 ? 1 : 0) ^ ((change & 4) != 0 ? 2 : 0);
                assertThat(rig.fromListener.keySet()).containsExactly(ids[from]);
                assertThat(response.address(StunAttribute.RESPONSE_ORIGIN)).isEqualTo(locals[from]);
                assertThat(response.address(StunAttribute.OTHER_ADDRESS)).isEqualTo(locals[asked ^ 3]);
                assertThat(response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS))
                        .isEqualTo(CLIENT);
            }
        }
        assertThat(ask(ids[3], binding()).address(StunAttribute.RESPONSE_ORIGIN))
                .isEqualTo(locals[3]);
    }

    @Test
    void streamsGetPlainAnswersOnly() {
        rig.server.addUdpListener(at("203.0.113.254", 3479));
        rig.server.addUdpListener(at("203.0.113.253", 3478));
        rig.server.addUdpListener(at("203.0.113.253", 3479));
        int stream = rig.server.addStream(ServerRig.LISTENER, CLIENT, rig.now);
        rig.fromStream(stream, binding().toByteArray());
        rig.fromStream(stream, binding().u32(StunAttribute.CHANGE_REQUEST, 2).toByteArray());
        Queue<byte[]> answers = rig.toStreams.get(stream);
        assertThat(answers).hasSize(2);
        assertThat(RigClient.parse(answers.remove()).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS))
                .isEqualTo(CLIENT);
        assertThat(RigClient.parse(answers.remove()).errorCode()).isEqualTo(420);
    }
}
