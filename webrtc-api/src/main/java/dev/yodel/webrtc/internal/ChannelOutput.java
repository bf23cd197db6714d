package dev.yodel.webrtc.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** What is written to a data channel as a stream; each write is a message at least. Any thread but lanes. */
final class ChannelOutput extends OutputStream {
    private final DataChannelImpl channel;
    private final WaitingRule rule;
    private final OutgoingBytes outgoing;
    private volatile boolean closed;

    ChannelOutput(DataChannelImpl channel, WaitingRule rule, OutgoingBytes outgoing) {
        this.channel = channel;
        this.rule = rule;
        this.outgoing = outgoing;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        rule.check("write");
        if (closed) {
            throw new IOException("the stream is closed");
        }
        if (outgoing.write(ByteBuffer.wrap(data, offset, length)) < length) {
            throw new IOException("the stream was closed before everything was written");
        }
    }

    /** The channel closes when everything is sent. */
    @Override
    public void close() {
        closed = true;
        channel.close();
    }
}
