package dev.yodel.ice;

import java.net.InetSocketAddress;

/** A remote candidate with its resolved address. The candidate is replaced when signaling names a prflx one. */
final class RemoteCandidate {
    final InetSocketAddress address;
    Candidate candidate;

    RemoteCandidate(InetSocketAddress address, Candidate candidate) {
        this.address = address;
        this.candidate = candidate;
    }

    boolean isSignaled() {
        return candidate.type() != CandidateType.PRFLX;
    }

    @Override
    public String toString() {
        return candidate.type() + " " + address;
    }
}
