package dev.yodel.ice;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent has done so far, by the names of W3C webrtc-stats (RTCIceCandidatePairStats, RTCIceCandidateStats).
 * Immutable.
 *
 * @param pairs all pairs of the current generation, best first
 * @param local our candidates
 * @param remote the peer's candidates
 * @param selectedPairId null while there is none
 * @param selectedPairChanges how often it changed
 */
public record IceStats(
        List<PairStats> pairs,
        List<CandidateStats> local,
        List<CandidateStats> remote,
        @Nullable String selectedPairId,
        int selectedPairChanges) {

    /** W3C RTCStatsIceCandidatePairState. */
    public enum PairState {
        /** Not checked yet, and waiting for another of its foundation. */
        FROZEN("frozen"),
        /** Not checked yet. */
        WAITING("waiting"),
        /** A check is under way. */
        IN_PROGRESS("in-progress"),
        /** It did not work. */
        FAILED("failed"),
        /** It works. */
        SUCCEEDED("succeeded");

        private final String text;

        PairState(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * One pair. Byte counts are of data, without STUN and headers.
     *
     * @param id unique
     * @param localId id of the local candidate
     * @param remoteId id of the remote candidate
     * @param state state
     * @param nominated whether it is or was nominated
     * @param packetsSent datagrams of data
     * @param packetsReceived datagrams of data
     * @param bytesSent their bytes
     * @param bytesReceived their bytes
     * @param packetsDiscardedOnSend datagrams of data that a full or closed socket did not take
     * @param bytesDiscardedOnSend their bytes
     * @param lastPacketSentNanos agent's time, 0 for never
     * @param lastPacketReceivedNanos agent's time, 0 for never
     * @param currentRoundTripTimeNanos of the last answered check, -1 if none was
     * @param totalRoundTripTimeNanos sum over all answered checks
     * @param requestsSent checks sent, retransmissions included, consent checks not
     * @param requestsReceived checks received
     * @param responsesSent answers sent
     * @param responsesReceived answers received
     * @param consentRequestsSent consent checks sent
     * @param priority RFC 8445 section 6.1.2.3, unsigned
     */
    public record PairStats(
            String id,
            String localId,
            String remoteId,
            PairState state,
            boolean nominated,
            long packetsSent,
            long packetsReceived,
            long bytesSent,
            long bytesReceived,
            long packetsDiscardedOnSend,
            long bytesDiscardedOnSend,
            long lastPacketSentNanos,
            long lastPacketReceivedNanos,
            long currentRoundTripTimeNanos,
            long totalRoundTripTimeNanos,
            long requestsSent,
            long requestsReceived,
            long responsesSent,
            long responsesReceived,
            long consentRequestsSent,
            long priority) {}

    /**
     * One candidate.
     *
     * @param id unique: equal for equal address, port, protocol and type
     * @param candidate the candidate
     * @param url of the server that gave it, empty for none
     */
    public record CandidateStats(String id, Candidate candidate, String url) {}

    static String id(String prefix, Candidate candidate) {
        return prefix + candidate.type() + "_" + candidate.protocol() + "_" + candidate.address() + "_"
                + candidate.port();
    }

    static PairStats of(Pair pair) {
        PairCounters counters = pair.counters;
        Path path = pair.path;
        PairState state =
                switch (pair.state) {
                    case FROZEN -> PairState.FROZEN;
                    case WAITING -> PairState.WAITING;
                    case IN_PROGRESS -> PairState.IN_PROGRESS;
                    case SUCCEEDED -> PairState.SUCCEEDED;
                    case FAILED -> PairState.FAILED;
                };
        return new PairStats(
                "CP" + pair.id,
                id("L", pair.localCandidate()),
                id("R", pair.remote.candidate),
                state,
                pair.nominated,
                path.packetsSent,
                path.source.packetsReceived(),
                path.bytesSent,
                path.source.bytesReceived(),
                path.packetsDiscarded,
                path.bytesDiscarded,
                path.lastDataSentNanos,
                path.source.lastReceivedNanos(),
                counters.currentRttNanos,
                counters.totalRttNanos,
                counters.requestsSent,
                counters.requestsReceived,
                counters.responsesSent,
                counters.responsesReceived,
                counters.consentRequestsSent,
                pair.priority);
    }
}
