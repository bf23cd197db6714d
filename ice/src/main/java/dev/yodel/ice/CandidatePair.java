package dev.yodel.ice;

/**
 * A local and a remote candidate (W3C RTCIceCandidatePair).
 *
 * @param id unique within the agent
 * @param local ours; what the peer sees, so server- or peer-reflexive behind a NAT
 * @param remote the peer's
 */
public record CandidatePair(String id, Candidate local, Candidate remote) {}
