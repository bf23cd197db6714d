package dev.yodel.examples.secrets;

import dev.yodel.dtls.DtlsCounters;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEndpointFactory;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** DTLS that tells what the exporter gave (RFC 5764 4.2) and whose certificates were used; it changes nothing. */
final class KeyWatchingDtls implements DtlsEndpointFactory {
    /** Keying material of every handshake that was completed. */
    final List<byte[]> keyingMaterial = new CopyOnWriteArrayList<>();
    /** The secret numbers of the certificates of those who took part. */
    final List<byte[]> privateKeys = new CopyOnWriteArrayList<>();

    private final DtlsEndpointFactory real;

    KeyWatchingDtls(DtlsEndpointFactory real) {
        this.real = real;
    }

    @Override
    public DtlsEndpoint create(DtlsOptions options, Environment environment, Loop loop, Runnable onReady) {
        privateKeys.add(ReachableObjects.secretOf(options.certificate().privateKey()));
        return new Endpoint(real.create(options, environment, loop, onReady));
    }

    private final class Endpoint implements DtlsEndpoint {
        private final DtlsEndpoint inner;

        Endpoint(DtlsEndpoint inner) {
            this.inner = inner;
        }

        @Override
        public void start(DtlsRole role, List<DtlsFingerprint> remoteFingerprints, long rttNanos, long now) {
            inner.start(role, remoteFingerprints, rttNanos, now);
        }

        @Override
        public void handleDatagram(byte[] data, int offset, int length, long now) {
            inner.handleDatagram(data, offset, length, now);
        }

        @Override
        public boolean send(byte[] data, int offset, int length, long now) {
            return inner.send(data, offset, length, now);
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
            DtlsEvent event = inner.pollEvent();
            if (event instanceof DtlsEvent.Connected connected) {
                keyingMaterial.add(connected.keyingMaterial().clone());
            }
            return event;
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
