package dev.yodel.io.loop;

/**
 * What one loop has done so far, as published at the end of one of its recent turns.
 *
 * @param turns how often it woke up
 * @param slowTurns turns of more than 50 ms
 * @param errors exceptions thrown by handlers, commands, timers and drains
 * @param datagramsReceived datagrams read
 * @param datagramsSent datagrams the system took
 * @param datagramsBatched those of them that left together with others ({@link NioEnvironment.Builder#batchedSends})
 * @param datagramsPreferred those of them that went the short way to a preferred peer
 *     ({@link dev.yodel.io.UdpPort#prefer})
 * @param sendsFull datagrams dropped because a socket's buffer was full
 * @param sendsRefused datagrams the system refused
 * @param receiveErrors failed reads
 * @param openPorts sockets that are open now
 * @param openTimers timers that are not closed
 */
public record LoopStats(
        long turns,
        long slowTurns,
        long errors,
        long datagramsReceived,
        long datagramsSent,
        long datagramsBatched,
        long datagramsPreferred,
        long sendsFull,
        long sendsRefused,
        long receiveErrors,
        int openPorts,
        int openTimers) {}
