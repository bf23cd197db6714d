package dev.yodel.io.loop;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** The two calls of a datagram channel that can fail at any moment; tests put failures in their place (F29). */
interface DatagramTransfer {
    /** {@link DatagramChannel#receive}. */
    @Nullable
    SocketAddress receive(ByteBuffer target) throws IOException;

    /** {@link DatagramChannel#send}. */
    int send(ByteBuffer source, SocketAddress remote) throws IOException;

    static DatagramTransfer of(DatagramChannel channel) {
        return new DatagramTransfer() {
            @Override
            public @Nullable SocketAddress receive(ByteBuffer target) throws IOException {
                return channel.receive(target);
            }

            @Override
            public int send(ByteBuffer source, SocketAddress remote) throws IOException {
                return channel.send(source, remote);
            }
        };
    }

    /** Those of a connected channel, whose remote address is the only one. */
    static DatagramTransfer connected(DatagramChannel channel) {
        return new DatagramTransfer() {
            @Override
            public @Nullable SocketAddress receive(ByteBuffer target) throws IOException {
                return channel.receive(target);
            }

            @Override
            public int send(ByteBuffer source, SocketAddress remote) throws IOException {
                return channel.write(source);
            }
        };
    }
}
