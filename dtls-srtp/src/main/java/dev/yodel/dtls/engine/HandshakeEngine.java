package dev.yodel.dtls.engine;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import java.util.List;

/**
 * Computes the messages of a handshake. It knows no records, fragments, losses or timers: whole messages come in order, and
 * whole flights go out, once each. Loop thread only; an engine that works elsewhere posts its results to the loop.
 */
public interface HandshakeEngine {
    /** What an engine says; called on the loop. Anything said after {@link #abort} is ignored. */
    interface Results {
        /**
         * A new flight; it replaces the one before.
         *
         * @param messages in order; a Finished has epoch 1 and is preceded by a ChangeCipherSpec on the wire
         * @param now nanoseconds
         */
        void onFlight(List<HandshakeMessage> messages, long now);

        /**
         * The keys of epoch 1, before the first flight or message that needs them.
         *
         * @param keys owned by the receiver
         * @param now nanoseconds
         */
        void onKeys(RecordKeys keys, long now);

        /**
         * The handshake is complete.
         *
         * @param event what the owner will be told
         * @param now nanoseconds
         */
        void onConnected(DtlsEvent.Connected event, long now);

        /**
         * The handshake failed.
         *
         * @param reason why
         * @param text the same in words
         * @param alert the fatal alert for the peer, -1 if none is to be sent
         * @param now nanoseconds
         */
        void onFailed(DtlsFailure reason, String text, int alert, long now);
    }

    /**
     * Begins; a client's first flight follows without any input.
     *
     * @param role ours
     * @param remoteFingerprints what the peer's certificate must match
     * @param results gets the results
     * @param now nanoseconds
     */
    void start(DtlsRole role, List<DtlsFingerprint> remoteFingerprints, Results results, long now);

    /**
     * The peer's next message. A Finished was authenticated with the keys of epoch 1.
     *
     * @param message whole, in order, each once
     * @param now nanoseconds
     */
    void handle(HandshakeMessage message, long now);

    /** Stops; nothing more is asked for. */
    void abort();
}
