package dev.yodel.examples.call;

import org.jspecify.annotations.Nullable;

/**
 * How a call went: the last line that {@code yodel call --json} prints.
 *
 * @param ok whether it connected and ended as wished
 * @param exitCode what the command returns
 * @param reason why it failed, or how it ended
 * @param setup how long each stage took
 * @param local type of our candidate in use
 * @param remote type of the peer's candidate in use
 * @param rttMillis round trip by ICE's checks
 * @param packetsSent audio packets
 * @param packetsReceived audio packets
 * @param packetsLost audio packets missed
 * @param jitterMillis of the packets' arrival
 * @param codec what we sent
 * @param spokenFromMicros when the first sample was spoken, on the machine's shared clock; 0 if none was
 * @param spokenSeconds how long was spoken
 */
public record CallResult(
        boolean ok,
        int exitCode,
        String reason,
        Setup setup,
        @Nullable String local,
        @Nullable String remote,
        @Nullable Double rttMillis,
        long packetsSent,
        long packetsReceived,
        long packetsLost,
        @Nullable Double jitterMillis,
        @Nullable String codec,
        long spokenFromMicros,
        double spokenSeconds) {
    /**
     * Durations of the stages, each from the end of the one before; null where it was not reached. The first begins when
     * both peers are in the room.
     *
     * @param jvmMillis from the process's start to the beginning of {@code main}
     * @param signalingMillis until both descriptions are set
     * @param iceMillis until a path works
     * @param dtlsMillis until the path is secured
     * @param firstAudioMillis until the first sound is decoded
     * @param connectedMillis the sum of signaling, ICE and DTLS
     */
    public record Setup(
            @Nullable Double jvmMillis,
            @Nullable Double signalingMillis,
            @Nullable Double iceMillis,
            @Nullable Double dtlsMillis,
            @Nullable Double firstAudioMillis,
            @Nullable Double connectedMillis) {}
}
