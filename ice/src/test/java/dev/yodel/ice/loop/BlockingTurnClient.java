package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Bytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A TURN client of blocking sockets, for tests of the server: UDP, or a stream that may be TLS. */
final class BlockingTurnClient implements AutoCloseable {
    private static final int ALLOCATE = 3;
    private static final int REFRESH = 4;
    private static final int CHANNEL_BIND = 9;

    private final Random random = new Random();
    private final MessageIntegrity key = MessageIntegrity.longTermMd5("user", "example.test", "pass");
    private final @Nullable DatagramSocket udp;
    private final @Nullable Socket stream;
    private byte @Nullable [] nonce;

    private BlockingTurnClient(@Nullable DatagramSocket udp, @Nullable Socket stream) {
        this.udp = udp;
        this.stream = stream;
    }

    static BlockingTurnClient udp(InetSocketAddress server) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(server);
        socket.setSoTimeout(10_000);
        return new BlockingTurnClient(socket, null);
    }

    static BlockingTurnClient stream(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        return new BlockingTurnClient(null, socket);
    }

    void write(byte[] bytes) throws IOException {
        if (udp != null) {
            udp.send(new DatagramPacket(bytes, bytes.length));
        } else {
            OutputStream out = Objects.requireNonNull(stream).getOutputStream();
            out.write(Arrays.copyOf(bytes, bytes.length + 3 & ~3));
            out.flush();
        }
    }

    byte[] read() throws IOException {
        if (udp != null) {
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            udp.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }
        DataInputStream in = new DataInputStream(Objects.requireNonNull(stream).getInputStream());
        byte[] start = new byte[4];
        in.readFully(start);
        boolean channel = (start[0] & 0xC0) == 0x40;
        int length = Bytes.u16(start, 2) + (channel ? 4 : 20);
        byte[] frame = Arrays.copyOf(start, length + 3 & ~3);
        in.readFully(frame, 4, frame.length - 4);
        return Arrays.copyOf(frame, length);
    }

    private StunMessage exchange(int method, Consumer<StunWriter> attributes) throws IOException {
        StunWriter writer = StunWriter.request(method, new TransactionId(random.nextLong(), random.nextInt()));
        attributes.accept(writer);
        if (nonce != null) {
            writer.text(StunAttribute.USERNAME, "user")
                    .text(StunAttribute.REALM, "example.test")
                    .bytes(StunAttribute.NONCE, nonce)
                    .integrity(key, MessageIntegrity.Algorithm.SHA1);
        }
        write(writer.fingerprint().toByteArray());
        byte[] answer = read();
        return Objects.requireNonNull(StunMessage.parse(answer, 0, answer.length));
    }

    private StunMessage request(int method, Consumer<StunWriter> attributes) throws IOException {
        StunMessage answer = exchange(method, attributes);
        if (answer.errorCode() == 401) {
            nonce = answer.bytes(StunAttribute.NONCE);
            answer = exchange(method, attributes);
        }
        assertThat(answer.messageClass()).as("%s", answer).isEqualTo(StunClass.SUCCESS);
        return answer;
    }

    InetSocketAddress allocate() throws IOException {
        StunMessage answer = request(ALLOCATE, writer -> writer.u32(StunAttribute.REQUESTED_TRANSPORT, 17L << 24));
        return Objects.requireNonNull(answer.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS));
    }

    void bind(int channel, InetSocketAddress peer) throws IOException {
        request(CHANNEL_BIND, writer -> writer.u32(StunAttribute.CHANNEL_NUMBER, (long) channel << 16)
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer));
    }

    void giveBack() throws IOException {
        request(REFRESH, writer -> writer.u32(StunAttribute.LIFETIME, 0));
    }

    void send(int channel, byte[] data) throws IOException {
        byte[] message = new byte[4 + data.length];
        Bytes.put16(message, 0, channel);
        Bytes.put16(message, 2, data.length);
        System.arraycopy(data, 0, message, 4, data.length);
        write(message);
    }

    byte[] receive(int channel) throws IOException {
        byte[] message = read();
        assertThat(Bytes.u16(message, 0)).isEqualTo(channel);
        return Arrays.copyOfRange(message, 4, 4 + Bytes.u16(message, 2));
    }

    @Override
    public void close() throws IOException {
        if (udp != null) {
            udp.close();
        }
        if (stream != null) {
            stream.close();
        }
    }
}
