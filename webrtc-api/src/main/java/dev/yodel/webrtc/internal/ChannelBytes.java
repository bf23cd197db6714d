package dev.yodel.webrtc.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/** A data channel as a channel of java.nio that waits: joins what comes in and what goes out. Any thread but lanes. */
final class ChannelBytes extends AbstractInterruptibleChannel implements ByteChannel {
    private final DataChannelImpl channel;
    private final WaitingRule rule;
    private final IncomingBytes incoming;
    private final OutgoingBytes outgoing;

    ChannelBytes(DataChannelImpl channel, WaitingRule rule, IncomingBytes incoming, OutgoingBytes outgoing) {
        this.channel = channel;
        this.rule = rule;
        this.incoming = incoming;
        this.outgoing = outgoing;
    }

    private void check(String operation) throws ClosedChannelException {
        rule.check(operation);
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        check("read");
        boolean isDone = false;
        try {
            begin();
            int count = incoming.read(target);
            isDone = count >= 0;
            return count;
        } finally {
            // Throws the right exception if another thread closed it or interrupted this one.
            end(isDone);
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        check("write");
        boolean isDone = false;
        try {
            begin();
            int count = outgoing.write(source);
            isDone = !source.hasRemaining();
            return count;
        } finally {
            end(isDone);
        }
    }

    /** What was written before still goes; what came and was not read is thrown away. */
    @Override
    protected void implCloseChannel() {
        channel.close();
        outgoing.close();
        incoming.discard();
    }

    @Override
    public String toString() {
        return "bytes of " + channel;
    }
}
