package dev.yodel.ice;

/** W3C RTCIceCandidatePairStats' STUN counters of one pair. */
final class PairCounters {
    long requestsSent;
    long requestsReceived;
    long responsesSent;
    long responsesReceived;
    long consentRequestsSent;
    long currentRttNanos = -1;
    long totalRttNanos;

    void answered(long rttNanos) {
        responsesReceived++;
        currentRttNanos = rttNanos;
        totalRttNanos += rttNanos;
    }
}
