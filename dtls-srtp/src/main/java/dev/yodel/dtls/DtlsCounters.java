package dev.yodel.dtls;

/**
 * What an endpoint has seen so far; a snapshot.
 *
 * @param datagramsReceived datagrams given to the endpoint
 * @param datagramsSent datagrams taken from it
 * @param recordsMalformed records with a wrong header, type, version or length
 * @param recordsForged records that failed authentication
 * @param recordsReplayed records seen before or too old (RFC 6347 4.1.2.6)
 * @param recordsIgnored records that have no place in the current state, such as epoch 0 after the handshake
 * @param fragmentsRefused handshake fragments beyond the limits on lengths, counts and bytes
 * @param earlyDatagramsDropped datagrams before {@code start} that did not fit
 * @param flightsRetransmitted flights sent again, by timer or because the peer repeated its own
 * @param transmitsDropped datagrams that nobody took in time
 */
public record DtlsCounters(
        long datagramsReceived,
        long datagramsSent,
        long recordsMalformed,
        long recordsForged,
        long recordsReplayed,
        long recordsIgnored,
        long fragmentsRefused,
        long earlyDatagramsDropped,
        long flightsRetransmitted,
        long transmitsDropped) {}
