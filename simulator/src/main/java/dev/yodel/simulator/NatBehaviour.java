package dev.yodel.simulator;

import java.time.Duration;

/**
 * How a {@link Nat} behaves, in the words of RFC 4787.
 *
 * @param mapping which packets share an outer port (4.1)
 * @param filtering which packets are let in (5)
 * @param hairpinning whether inside hosts reach each other by their outer addresses (6)
 * @param allocation which outer port a mapping gets (4.2)
 * @param timeout how long a mapping lives without a packet from inside (4.3)
 * @param inboundRefresh whether packets from outside keep it alive too
 * @param resets whether the opening of a stream that is not let in is refused, instead of silence (RFC 5382 section 4.3)
 */
public record NatBehaviour(
        Dependence mapping,
        Dependence filtering,
        boolean hairpinning,
        PortAllocation allocation,
        Duration timeout,
        boolean inboundRefresh,
        boolean resets) {

    /** What a mapping or a filter looks at besides the inside address and port. */
    public enum Dependence {
        /** Nothing. */
        ENDPOINT_INDEPENDENT,
        /** The remote address. */
        ADDRESS_DEPENDENT,
        /** The remote address and port. */
        ADDRESS_AND_PORT_DEPENDENT
    }

    /** Which outer port a new mapping gets. */
    public enum PortAllocation {
        /** The inside port if it is free, else the next that is. */
        PRESERVING,
        /** One after the other. */
        SEQUENTIAL,
        /** Any free port from 1024 on. */
        RANDOM
    }

    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

    /** "Full cone": endpoint-independent mapping and filtering. */
    public static final NatBehaviour FULL_CONE = of(Dependence.ENDPOINT_INDEPENDENT, Dependence.ENDPOINT_INDEPENDENT);

    /** "Address-restricted cone". */
    public static final NatBehaviour ADDRESS_RESTRICTED =
            of(Dependence.ENDPOINT_INDEPENDENT, Dependence.ADDRESS_DEPENDENT);

    /** "Port-restricted cone", the usual home router. */
    public static final NatBehaviour PORT_RESTRICTED =
            of(Dependence.ENDPOINT_INDEPENDENT, Dependence.ADDRESS_AND_PORT_DEPENDENT);

    /** "Symmetric": a new random port per remote address and port. */
    public static final NatBehaviour SYMMETRIC = new NatBehaviour(
            Dependence.ADDRESS_AND_PORT_DEPENDENT,
            Dependence.ADDRESS_AND_PORT_DEPENDENT,
            false,
            PortAllocation.RANDOM,
            TWO_MINUTES,
            false,
            false);

    private static NatBehaviour of(Dependence mapping, Dependence filtering) {
        return new NatBehaviour(mapping, filtering, false, PortAllocation.PRESERVING, TWO_MINUTES, false, false);
    }

    /**
     * The same with or without hairpinning.
     *
     * @param on whether inside hosts reach each other by their outer addresses
     * @return another behaviour
     */
    public NatBehaviour withHairpinning(boolean on) {
        return new NatBehaviour(mapping, filtering, on, allocation, timeout, inboundRefresh, resets);
    }

    /**
     * The same with another time-out.
     *
     * @param newTimeout how long a mapping lives without a packet from inside
     * @return another behaviour
     */
    public NatBehaviour withTimeout(Duration newTimeout) {
        return new NatBehaviour(mapping, filtering, hairpinning, allocation, newTimeout, inboundRefresh, resets);
    }

    /**
     * The same with another port allocation.
     *
     * @param newAllocation which outer port a mapping gets
     * @return another behaviour
     */
    public NatBehaviour withAllocation(PortAllocation newAllocation) {
        return new NatBehaviour(mapping, filtering, hairpinning, newAllocation, timeout, inboundRefresh, resets);
    }

    /**
     * The same, refusing streams or not.
     *
     * @param on whether the opening of a stream that is not let in is refused
     * @return another behaviour
     */
    public NatBehaviour withResets(boolean on) {
        return new NatBehaviour(mapping, filtering, hairpinning, allocation, timeout, inboundRefresh, on);
    }
}
