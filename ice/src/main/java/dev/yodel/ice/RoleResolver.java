package dev.yodel.ice;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.RandomSource;

/** Which role do we have, and who yields when both have the same (RFC 8445 sections 7.2.5.1 and 7.3.1.1)? */
final class RoleResolver {
    /** What to do with a request. */
    enum Verdict {
        NO_CONFLICT,
        /** Answer 487. */
        PEER_YIELDS,
        /** The role was switched. */
        WE_YIELDED
    }

    private final RandomSource random;
    private IceRole role;
    private final boolean yields;
    private long tieBreaker;
    private int switches;

    RoleResolver(IceRole role, RandomSource random) {
        this(role, random, false);
    }

    /**
     * A role to begin with.
     *
     * @param yields whether a peer that controls too is given way to. After a restart RFC 8445 keeps the roles, as
     *     Pion does, but browsers give control to whoever offered the restart, and do not get over a refusal
     */
    RoleResolver(IceRole role, RandomSource random, boolean yields) {
        this.role = role;
        this.random = random;
        this.yields = yields;
        tieBreaker = random.nextLong();
    }

    IceRole role() {
        return role;
    }

    long tieBreaker() {
        return tieBreaker;
    }

    int switches() {
        return switches;
    }

    /**
     * Judges an authenticated request.
     *
     * @param winsTie who wins when even the tie-breakers are equal: RFC 8445 would let both switch, and meet again
     */
    Verdict judge(StunMessage request, boolean winsTie) {
        Long theirs =
                request.i64(role == IceRole.CONTROLLING ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED);
        if (theirs == null) {
            return Verdict.NO_CONFLICT;
        }
        if (yields && role == IceRole.CONTROLLING) {
            switchRole();
            return Verdict.WE_YIELDED;
        }
        int order = Long.compareUnsigned(tieBreaker, theirs);
        boolean weAreLarger = order > 0 || (order == 0 && winsTie);
        // RFC 8445 section 7.3.1.1: the larger tie-breaker becomes or stays controlling.
        if (weAreLarger == (role == IceRole.CONTROLLING)) {
            return Verdict.PEER_YIELDS;
        }
        switchRole();
        return Verdict.WE_YIELDED;
    }

    /**
     * An authenticated 487 came for a check that was sent in a role.
     *
     * @return whether the role was switched; not, if it was switched since that check was sent
     */
    boolean conflicted(IceRole sentAs) {
        if (sentAs != role) {
            return false;
        }
        switchRole();
        // Two equal tie-breakers would answer each other with 487 for ever.
        tieBreaker = random.nextLong();
        return true;
    }

    /** The peer's early check said that it controls; whether we do not any more. */
    boolean controlledEarly() {
        boolean switches = yields && role == IceRole.CONTROLLING;
        if (switches) {
            switchRole();
        }
        return switches;
    }

    private void switchRole() {
        role = role.other();
        switches++;
    }
}
