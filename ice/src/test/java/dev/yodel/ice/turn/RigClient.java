package dev.yodel.ice.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.RandomSource;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of a {@link ServerRig} that writes its requests by hand, over UDP or a stream. */
final class RigClient {
    static final int UDP = 17;

    private static final RandomSource RANDOM = ServerRig.random(77);

    final ServerRig rig;
    final InetSocketAddress address;
    int stream = -1;
    String username = "user";
    String password = "pass";
    MessageIntegrity.Algorithm algorithm = MessageIntegrity.Algorithm.SHA1;
    boolean sha256Password;
    boolean userhash;

    byte @Nullable [] nonce;
    byte @Nullable [] offeredAlgorithms;
    String realm = "example.test";
    TransactionId lastId = TransactionId.random(RANDOM);

    RigClient(ServerRig rig, String address, int port) {
        this.rig = rig;
        this.address = ServerRig.at(address, port);
    }

    MessageIntegrity key() {
        return sha256Password
                ? MessageIntegrity.longTermSha256(username, realm, password)
                : MessageIntegrity.longTermMd5(username, realm, password);
    }

    /** One request, with credentials if there is a nonce. */
    byte[] write(int method, Consumer<StunWriter> attributes) {
        return write(method, attributes, TransactionId.random(RANDOM));
    }

    byte[] write(int method, Consumer<StunWriter> attributes, TransactionId id) {
        lastId = id;
        StunWriter writer = StunWriter.request(method, id);
        attributes.accept(writer);
        byte[] current = nonce;
        if (current != null) {
            if (userhash) {
                writer.bytes(StunAttribute.USERHASH, MessageIntegrity.userhash(username, realm));
            } else {
                writer.text(StunAttribute.USERNAME, username);
            }
            writer.text(StunAttribute.REALM, realm).bytes(StunAttribute.NONCE, current);
            if (sha256Password) {
                writer.bytes(StunAttribute.PASSWORD_ALGORITHMS, Objects.requireNonNull(offeredAlgorithms))
                        .bytes(StunAttribute.PASSWORD_ALGORITHM, new byte[] {0, 2, 0, 0});
            }
            writer.integrity(key(), algorithm);
        }
        return writer.toByteArray();
    }

    StunMessage exchange(byte[] request) {
        send(request);
        return parse(receive());
    }

    void send(byte[] bytes) {
        if (stream < 0) {
            rig.fromClient(address, bytes);
        } else {
            rig.fromStream(stream, bytes);
        }
    }

    byte[] receive() {
        if (stream < 0) {
            return rig.reply(address);
        }
        Queue<byte[]> queue = rig.toStreams.get(stream);
        byte[] bytes = queue == null ? null : queue.poll();
        return Objects.requireNonNull(bytes, "nothing came by the stream");
    }

    static StunMessage parse(byte[] bytes) {
        return Objects.requireNonNull(StunMessage.parse(bytes, 0, bytes.length), "no STUN message");
    }

    /** The first challenge, and the same request again. */
    StunMessage request(int method, Consumer<StunWriter> attributes) {
        if (nonce == null) {
            StunMessage challenge = exchange(write(method, attributes));
            assertThat(challenge.errorCode()).isEqualTo(401);
            assertThat(challenge.text(StunAttribute.REALM)).isEqualTo(realm);
            nonce = challenge.bytes(StunAttribute.NONCE);
            offeredAlgorithms = challenge.bytes(StunAttribute.PASSWORD_ALGORITHMS);
        }
        StunMessage response = exchange(write(method, attributes));
        boolean signed = key().verifies(response, algorithm);
        assertThat(signed || response.errorCode() == 401 || response.errorCode() == 438)
                .as("%s is signed", response)
                .isTrue();
        return response;
    }

    StunMessage allocate() {
        return request(TurnMethod.ALLOCATE, RigClient::udp);
    }

    InetSocketAddress allocated() {
        StunMessage response = allocate();
        assertThat(response.messageClass()).as("%s", response).isEqualTo(StunClass.SUCCESS);
        return Objects.requireNonNull(response.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS));
    }

    static void udp(StunWriter writer) {
        writer.u32(StunAttribute.REQUESTED_TRANSPORT, (long) UDP << 24);
    }

    StunMessage refresh(long seconds) {
        return request(TurnMethod.REFRESH, writer -> writer.u32(StunAttribute.LIFETIME, seconds));
    }

    StunMessage permit(InetSocketAddress... peers) {
        return request(TurnMethod.CREATE_PERMISSION, writer -> {
            for (InetSocketAddress peer : peers) {
                writer.xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer);
            }
        });
    }

    StunMessage bind(int channel, InetSocketAddress peer) {
        return request(TurnMethod.CHANNEL_BIND, writer -> writer.u32(StunAttribute.CHANNEL_NUMBER, (long) channel << 16)
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer));
    }

    void sendIndication(InetSocketAddress peer, byte[] data) {
        send(new StunWriter(StunClass.INDICATION, TurnMethod.SEND, TransactionId.random(RANDOM))
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer)
                .bytes(StunAttribute.DATA, data)
                .toByteArray());
    }

    void sendChannel(int channel, byte[] data) {
        int padding = stream < 0 ? 0 : -data.length & 3;
        byte[] message = new byte[4 + data.length + padding];
        ChannelData.writeHeader(message, 0, channel, data.length);
        System.arraycopy(data, 0, message, 4, data.length);
        send(message);
    }
}
