package dev.yodel.ice;

/** What an agent refused, dropped or noticed. Read it on the agent's thread; figures only grow. */
public final class IceCounters {
    long malformedStun;
    long unauthenticatedRequests;
    long unauthenticatedResponses;
    long unexpectedResponses;
    long asymmetricResponses;
    long malformedResponses;
    long roleConflicts;
    long unvalidatedData;
    long ignoredRemoteCandidates;
    long refusedAddresses;
    long checksSent;
    long checksAnswered;

    IceCounters() {}

    /**
     * Datagrams that looked like STUN and were not, or that no session wanted.
     *
     * @return count
     */
    public long malformedStun() {
        return malformedStun;
    }

    /**
     * Requests without the right user name and integrity; dropped in silence.
     *
     * @return count
     */
    public long unauthenticatedRequests() {
        return unauthenticatedRequests;
    }

    /**
     * Responses without the right integrity; dropped.
     *
     * @return count
     */
    public long unauthenticatedResponses() {
        return unauthenticatedResponses;
    }

    /**
     * Responses to nothing that is under way; dropped.
     *
     * @return count
     */
    public long unexpectedResponses() {
        return unexpectedResponses;
    }

    /**
     * Responses from another address than the request went to.
     *
     * @return count
     */
    public long asymmetricResponses() {
        return asymmetricResponses;
    }

    /**
     * Datagrams that are no STUN and came from an address that no authenticated check has validated; dropped.
     *
     * @return count
     */
    public long unvalidatedData() {
        return unvalidatedData;
    }

    /**
     * Remote candidates beyond the cap, of other components, of TCP, or with names that are not resolved.
     *
     * @return count
     */
    public long ignoredRemoteCandidates() {
        return ignoredRemoteCandidates;
    }

    /**
     * Remote candidates that the {@link AddressPolicy} refused.
     *
     * @return count
     */
    public long refusedAddresses() {
        return refusedAddresses;
    }

    /**
     * Role conflicts seen, from either side.
     *
     * @return count
     */
    public long roleConflicts() {
        return roleConflicts;
    }

    /**
     * Checks sent, retransmissions included, consent checks too.
     *
     * @return count
     */
    public long checksSent() {
        return checksSent;
    }

    /**
     * Checks answered with success.
     *
     * @return count
     */
    public long checksAnswered() {
        return checksAnswered;
    }
}
