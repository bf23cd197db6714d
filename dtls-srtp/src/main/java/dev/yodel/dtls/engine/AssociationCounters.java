package dev.yodel.dtls.engine;

import dev.yodel.dtls.DtlsCounters;

/** The counters of one association, counting. */
final class AssociationCounters {
    long datagramsReceived;
    long datagramsSent;
    long recordsMalformed;
    long recordsForged;
    long recordsReplayed;
    long recordsIgnored;
    long fragmentsRefused;
    long earlyDatagramsDropped;
    long flightsRetransmitted;
    long transmitsDropped;

    DtlsCounters snapshot() {
        return new DtlsCounters(
                datagramsReceived,
                datagramsSent,
                recordsMalformed,
                recordsForged,
                recordsReplayed,
                recordsIgnored,
                fragmentsRefused,
                earlyDatagramsDropped,
                flightsRetransmitted,
                transmitsDropped);
    }
}
