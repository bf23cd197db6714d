package dev.yodel.dtls.bc;

import dev.yodel.dtls.engine.HandshakeMessage;
import dev.yodel.dtls.engine.Wire;
import dev.yodel.io.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * What Bouncy Castle takes for its network: it reads whole messages, one to a record, and writes whole messages. Records,
 * losses, fragments and encryption are not here: what is marked as epoch 1 crosses in plain text, because {@link
 * KeyTakingCrypto} gives Bouncy Castle a cipher that does nothing. The handshake's thread only.
 *
 * <p>It waits in {@link #getReceiveLimit}, which Bouncy Castle asks before each read to size its buffer: so a
 * handshake that waits holds no buffer, and one that reads gets a buffer of the right size instead of the longest.
 */
final class BlockingTransport implements DatagramTransport {
    /** The longest payload of one record. */
    private static final int MAX_PAYLOAD_BYTES = 1 << 14;

    private static final byte[] CHANGE_CIPHER_SPEC = {1};

    private final HandshakeScheduler.Ticket ticket;
    private final CertificateGuard guard;
    private final Consumer<List<HandshakeMessage>> flightWriter;
    private final ArrayDeque<byte[]> records = new ArrayDeque<>(4);
    private final ArrayList<HandshakeMessage> outgoing = new ArrayList<>();
    private int nextSeqToSend;
    private long inboundSequence;

    /**
     * A transport.
     *
     * @param ticket where messages come from
     * @param guard looks at the peer's certificates before Bouncy Castle does
     * @param flightWriter gets a flight when all of it is there
     */
    BlockingTransport(
            HandshakeScheduler.Ticket ticket, CertificateGuard guard, Consumer<List<HandshakeMessage>> flightWriter) {
        this.ticket = ticket;
        this.guard = guard;
        this.flightWriter = flightWriter;
    }

    @Override
    public int getReceiveLimit() throws IOException {
        if (records.isEmpty()) {
            flush();
            HandshakeMessage message = ticket.take();
            if (message == null) {
                throw new HandshakeStopped();
            }
            if (message.type() == Wire.CERTIFICATE) {
                guard.check(message.body());
            }
            split(message);
        }
        // The longest of those at hand: Bouncy Castle reads past a ChangeCipherSpec without asking again.
        int longest = 0;
        for (byte[] record : records) {
            longest = Math.max(longest, record.length);
        }
        return longest;
    }

    @Override
    public int receive(byte[] into, int offset, int length, int waitMillis) throws IOException {
        byte[] record = records.poll();
        if (record == null || record.length > length) {
            throw new IOException("a record was read before it was asked for");
        }
        System.arraycopy(record, 0, into, offset, record.length);
        return record.length;
    }

    @Override
    public int getSendLimit() {
        return Wire.RECORD_HEADER_BYTES + MAX_PAYLOAD_BYTES;
    }

    @Override
    public void send(byte[] data, int offset, int length) {
        int type = Bytes.u8(data, offset);
        int from = offset + Wire.RECORD_HEADER_BYTES;
        if (type != Wire.HANDSHAKE || length < Wire.RECORD_HEADER_BYTES + Wire.HANDSHAKE_HEADER_BYTES) {
            // ChangeCipherSpec goes with Finished by itself; alerts are made from the exception.
            return;
        }
        int messageSeq = Bytes.u16(data, from + 4);
        if (messageSeq < nextSeqToSend) {
            // A resend of Bouncy Castle's own, after a jump of the wall clock; the association's timers do that.
            return;
        }
        nextSeqToSend = messageSeq + 1;
        byte[] body = Arrays.copyOfRange(data, from + Wire.HANDSHAKE_HEADER_BYTES, offset + length);
        outgoing.add(new HandshakeMessage(Bytes.u8(data, from), messageSeq, Bytes.u16(data, offset + 3), body));
    }

    /** Hands out what was written since the last time. */
    void flush() {
        if (!outgoing.isEmpty()) {
            flightWriter.accept(List.copyOf(outgoing));
            outgoing.clear();
        }
    }

    @Override
    public void close() {}

    private void split(HandshakeMessage message) {
        if (message.epoch() == 1) {
            records.add(record(Wire.CHANGE_CIPHER_SPEC, 0, CHANGE_CIPHER_SPEC, null, 0, 0));
        }
        int most = MAX_PAYLOAD_BYTES - Wire.HANDSHAKE_HEADER_BYTES;
        int offset = 0;
        do {
            int length = Math.min(most, message.body().length - offset);
            byte[] header = new byte[Wire.HANDSHAKE_HEADER_BYTES];
            header[0] = (byte) message.type();
            Bytes.put24(header, 1, message.body().length);
            Bytes.put16(header, 4, message.messageSeq());
            Bytes.put24(header, 6, offset);
            Bytes.put24(header, 9, length);
            records.add(record(Wire.HANDSHAKE, message.epoch(), header, message.body(), offset, length));
            offset += length;
        } while (offset < message.body().length);
    }

    private byte[] record(int type, int epoch, byte[] head, byte @Nullable [] body, int offset, int length) {
        byte[] record = new byte[Wire.RECORD_HEADER_BYTES + head.length + length];
        record[0] = (byte) type;
        Bytes.put16(record, 1, Wire.DTLS_1_2);
        Bytes.put64(record, 3, (long) epoch << 48 | inboundSequence++);
        Bytes.put16(record, 11, head.length + length);
        System.arraycopy(head, 0, record, Wire.RECORD_HEADER_BYTES, head.length);
        if (body != null) {
            System.arraycopy(body, offset, record, Wire.RECORD_HEADER_BYTES + head.length, length);
        }
        return record;
    }

    /** Looks at a certificate message before anybody parses it. */
    @FunctionalInterface
    interface CertificateGuard {
        /**
         * Judges.
         *
         * @param body the message's body
         * @throws TlsFatalAlert if the chain must not be parsed
         */
        void check(byte[] body) throws TlsFatalAlert;
    }
}
