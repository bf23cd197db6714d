package dev.yodel.sctp.rx;

/** A whole user message of the peer, owned by whoever holds it. */
@SuppressWarnings("ArrayRecordComponent")
public record ReceivedMessage(int streamId, int ppid, boolean unordered, byte[] data) {}
