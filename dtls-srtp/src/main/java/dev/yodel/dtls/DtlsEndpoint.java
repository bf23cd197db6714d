package dev.yodel.dtls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One DTLS association: datagrams in, datagrams and events out (RFC 6347). It opens no socket, knows no address and never
 * blocks; the cryptography of the handshake may run elsewhere, then the factory's {@code onReady} tells on the loop when
 * to drain again. Loop thread only. After each input the owner drains {@link #pollTransmit} and {@link #pollEvent}, then
 * reads {@link #nextTimeout}.
 */
public interface DtlsEndpoint {
    /** What a record adds to application data: header 13, explicit nonce 8, tag 16. */
    int RECORD_OVERHEAD_BYTES = 37;

    /** The longest application data of one record (RFC 6347 4.1.1). */
    int MAX_APPLICATION_DATA_BYTES = 1 << 14;

    /**
     * Starts the handshake, and handles what came before. The caller must have a validated path to the peer: the client's
     * first flight is ready to be sent when {@code onReady} runs or this returns.
     *
     * @param role ours
     * @param remoteFingerprints those of the peer's description; if the strongest hash among them that we know does not
     *     match the peer's certificate the endpoint fails, so an empty list always fails (RFC 8122 5)
     * @param rttNanos the path's round-trip time as ICE measured it, 0 or less if unknown; the first resend comes after
     *     three of them
     * @param now nanoseconds, {@link dev.yodel.io.Time}
     * @throws IllegalStateException if it was started or closed before
     */
    void start(DtlsRole role, List<DtlsFingerprint> remoteFingerprints, long rttNanos, long now);

    /**
     * Takes a datagram from the peer's validated address. Before {@link #start} at most 4 datagrams and 8 KiB are kept
     * (copied). Bad records are dropped and counted, never reported.
     *
     * @param data borrowed until the drain that follows is finished, and overwritten: records are decrypted in place
     * @param offset first byte
     * @param length count of bytes
     * @param now nanoseconds
     */
    void handleDatagram(byte[] data, int offset, int length, long now);

    /**
     * Seals application data into one record, to be taken by {@link #pollTransmit}. The owner keeps {@code length} +
     * {@link #RECORD_OVERHEAD_BYTES} within the path's MTU: records are never fragmented.
     *
     * @param data read by this call only
     * @param offset first byte
     * @param length count of bytes, at most {@link #MAX_APPLICATION_DATA_BYTES}
     * @param now nanoseconds
     * @return false if the endpoint is not connected or too many datagrams wait for {@link #pollTransmit}
     * @throws IllegalArgumentException if the range is wrong or too long
     */
    boolean send(byte[] data, int offset, int length, long now);

    /**
     * Tells whether the path is known to answer by other means, as by ICE's consent checks (RFC 7675); at first it
     * counts as one that does not. Flights to a peer that answers are repeated until the handshake's end, at least
     * every four first resend times; a peer that is silent on both gets a flight eight times at most. When the path
     * begins to answer, the flight is sent again within that time. Holds until it is called again.
     *
     * @param answers whether the peer answered lately
     * @param now nanoseconds
     */
    void handlePath(boolean answers, long now);

    /**
     * Handles the timers that are due; harmless when called early or twice.
     *
     * @param now nanoseconds
     */
    void handleTimeout(long now);

    /**
     * The next deadline: resend or the handshake's end.
     *
     * @return nanoseconds, {@link dev.yodel.io.Time#NEVER} if there is none
     */
    long nextTimeout();

    /**
     * Takes the next datagram to be sent to the peer.
     *
     * @param into filled from {@code offset}; must have room for the options' MTU, or for the longest application data
     *     given to {@link #send} and its overhead
     * @param offset first byte
     * @return its length, 0 if there is none
     * @throws IllegalArgumentException if there is no room; the datagram is kept
     */
    int pollTransmit(byte[] into, int offset);

    /**
     * Takes the next event.
     *
     * @return the event, null if there is none
     */
    @Nullable
    DtlsEvent pollEvent();

    /**
     * Ends the association: stops a running handshake, and queues a close_notify if the peer may be connected, which
     * a client's peer is while its Finished is under way. No event follows. Calling it again is harmless.
     *
     * @param now nanoseconds
     */
    void close(long now);

    /**
     * The state.
     *
     * @return never null
     */
    DtlsState state();

    /**
     * What was seen so far.
     *
     * @return a snapshot
     */
    DtlsCounters counters();
}
