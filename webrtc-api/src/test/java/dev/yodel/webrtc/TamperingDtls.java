package dev.yodel.webrtc;

import dev.yodel.dtls.DtlsCounters;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEndpointFactory;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.io.Bytes;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** DTLS of a peer that has the keys and sends what it likes (attacker A3): SCTP packets pass through a hand first. */
final class TamperingDtls implements DtlsEndpointFactory {
    /** Gets a chunk with the user's bytes in a packet of its own. */
    interface DataHand {
        /** May change the packet in place: where the PPID stands, and from where to where the payload. */
        void change(byte[] packet, int ppidAt, int from, int to);
    }

    /** What leaves instead of a packet; an empty array for nothing. */
    UnaryOperator<byte[]> hand = packet -> packet;
    /** Whether handshakes are begun and answered at all. */
    boolean answers = true;

    private final SimulatedDtls real = new SimulatedDtls();

    /** A hand for the chunks of user messages that are whole in one chunk; the packet then goes without a checksum. */
    static UnaryOperator<byte[]> onData(DataHand hand) {
        return packet -> {
            byte[] changed = packet.clone();
            for (int at = 12; at + 4 <= changed.length; ) {
                int type = Bytes.u8(changed, at);
                int length = Bytes.u16(changed, at + 2);
                boolean interleaved = type == 64;
                if ((type == 0 || interleaved) && (Bytes.u8(changed, at + 1) & 3) == 3) {
                    int ppidAt = at + (interleaved ? 16 : 12);
                    hand.change(changed, ppidAt, ppidAt + 4, at + length);
                }
                at += Math.max(4, (length + 3) & ~3);
            }
            // RFC 9653: the peers have agreed that packets need none.
            if (!Arrays.equals(changed, packet)) {
                Bytes.put32(changed, 8, 0);
            }
            return changed;
        };
    }

    @Override
    public DtlsEndpoint create(DtlsOptions options, Environment environment, Loop loop, Runnable onReady) {
        return new Endpoint(real.create(options, environment, loop, onReady));
    }

    private final class Endpoint implements DtlsEndpoint {
        private final DtlsEndpoint inner;

        Endpoint(DtlsEndpoint inner) {
            this.inner = inner;
        }

        @Override
        public void start(DtlsRole role, List<DtlsFingerprint> remoteFingerprints, long rttNanos, long now) {
            if (answers) {
                inner.start(role, remoteFingerprints, rttNanos, now);
            }
        }

        @Override
        public void handleDatagram(byte[] data, int offset, int length, long now) {
            if (answers) {
                inner.handleDatagram(data, offset, length, now);
            }
        }

        @Override
        public boolean send(byte[] data, int offset, int length, long now) {
            byte[] packet = hand.apply(Arrays.copyOfRange(data, offset, offset + length));
            return packet.length == 0 || inner.send(packet, 0, packet.length, now);
        }

        @Override
        public void handlePath(boolean answers, long now) {
            inner.handlePath(answers, now);
        }

        @Override
        public void handleTimeout(long now) {
            inner.handleTimeout(now);
        }

        @Override
        public long nextTimeout() {
            return inner.nextTimeout();
        }

        @Override
        public int pollTransmit(byte[] into, int offset) {
            return inner.pollTransmit(into, offset);
        }

        @Override
        public @Nullable DtlsEvent pollEvent() {
            return inner.pollEvent();
        }

        @Override
        public void close(long now) {
            inner.close(now);
        }

        @Override
        public DtlsState state() {
            return inner.state();
        }

        @Override
        public DtlsCounters counters() {
            return inner.counters();
        }
    }
}
