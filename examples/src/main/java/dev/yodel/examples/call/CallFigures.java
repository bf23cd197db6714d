package dev.yodel.examples.call;

import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.StatsReport;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Picks out of W3C statistics what a person wants to see of a call of one voice. For one thread at a time. */
final class CallFigures {
    private @Nullable String local;
    private @Nullable String remote;
    private @Nullable Double rttMillis;
    private @Nullable Double reportedRttMillis;
    private @Nullable Double jitterMillis;
    private @Nullable String codec;
    private long packetsSent;
    private long packetsReceived;
    private long packetsLost;
    private long bytesSent;
    private long bytesReceived;
    private long atNanos = System.nanoTime();

    /**
     * Takes in a report.
     *
     * @param second since the call was begun
     * @param state the W3C connection state
     * @return the figures, with rates since the last report
     */
    CallProgress update(StatsReport report, int second, String state) {
        final long sentBefore = bytesSent;
        final long receivedBefore = bytesReceived;
        final long now = System.nanoTime();
        final double seconds = Math.max(0.001, (now - atNanos) / 1e9);
        atNanos = now;
        packetsReceived = 0;
        packetsLost = 0;
        bytesReceived = 0;
        for (final Stats stats : report.values()) {
            switch (stats.type()) {
                case "inbound-rtp" -> {
                    // More than one when the other side changed its source.
                    packetsReceived += count(stats, "packetsReceived");
                    packetsLost += count(stats, "packetsLost");
                    bytesReceived += count(stats, "bytesReceived");
                    jitterMillis = millis(stats.number("jitter"));
                }
                case "outbound-rtp" -> {
                    packetsSent = count(stats, "packetsSent");
                    bytesSent = count(stats, "bytesSent");
                    codec = codec(report, stats);
                }
                case "remote-inbound-rtp" -> reportedRttMillis = millis(stats.number("roundTripTime"));
                case "transport" -> selectedPair(report, stats);
                default -> {}
            }
        }
        return new CallProgress(
                second,
                state,
                local,
                remote,
                rttMillis(),
                Math.round((bytesSent - sentBefore) * 8 / seconds),
                Math.round((bytesReceived - receivedBefore) * 8 / seconds),
                packetsLost,
                jitterMillis);
    }

    /** By ICE's checks, or by RTCP's reports until there was one. */
    private @Nullable Double rttMillis() {
        return rttMillis == null ? reportedRttMillis : rttMillis;
    }

    private void selectedPair(StatsReport report, Stats transport) {
        final Stats pair = named(report, transport.text("selectedCandidatePairId"));
        if (pair != null) {
            rttMillis = millis(pair.number("currentRoundTripTime"));
            local = type(named(report, pair.text("localCandidateId")));
            remote = type(named(report, pair.text("remoteCandidateId")));
        }
    }

    private static @Nullable String codec(StatsReport report, Stats outbound) {
        final Stats stats = named(report, outbound.text("codecId"));
        final String mime = stats == null ? null : stats.text("mimeType");
        return mime == null ? null : mime.substring(mime.indexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    private static @Nullable Stats named(StatsReport report, @Nullable String id) {
        return id == null ? null : report.get(id);
    }

    private static @Nullable String type(@Nullable Stats candidate) {
        return candidate == null ? null : candidate.text("candidateType");
    }

    private static long count(Stats stats, String key) {
        final Double value = stats.number(key);
        return value == null ? 0 : value.longValue();
    }

    private static @Nullable Double millis(@Nullable Double seconds) {
        return seconds == null ? null : (Double) (Math.round(seconds * 1e6) / 1e3);
    }

    /**
     * How the call went.
     *
     * @param spokenFromMicros when the first sample was spoken, on the shared clock; 0 if none was
     * @param spokenSeconds how long was spoken
     */
    CallResult result(
            int exitCode, String reason, CallResult.Setup setup, long spokenFromMicros, double spokenSeconds) {
        return new CallResult(
                exitCode == 0,
                exitCode,
                reason,
                setup,
                local,
                remote,
                rttMillis(),
                packetsSent,
                packetsReceived,
                packetsLost,
                jitterMillis,
                codec,
                spokenFromMicros,
                spokenSeconds);
    }
}
