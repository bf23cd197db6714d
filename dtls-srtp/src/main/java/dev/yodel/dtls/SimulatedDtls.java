package dev.yodel.dtls;

import dev.yodel.dtls.engine.DtlsAssociation;
import dev.yodel.dtls.engine.SimulatedEngine;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;

/**
 * A stand-in for DTLS in virtual time: the real records, flights, losses, resends, fingerprint checks and events, but a
 * handshake whose keys everybody can compute who sees it. <strong>It protects nothing</strong> and refuses to work outside
 * the simulator. With the same randomness it sends the same bytes. It uses no worker: everything happens inside the calls.
 */
public final class SimulatedDtls implements DtlsEndpointFactory {
    private static final String SIMULATOR_PACKAGE = "dev.yodel.simulator";

    private final boolean anywhere;

    /** A factory that works with the simulator's environments only. */
    public SimulatedDtls() {
        this(false);
    }

    private SimulatedDtls(boolean anywhere) {
        this.anywhere = anywhere;
    }

    /**
     * A factory that works with any environment, also over real networks, where it protects nothing.
     *
     * @return the factory
     */
    public static SimulatedDtls unsafeOutsideSimulation() {
        return new SimulatedDtls(true);
    }

    /**
     * A new endpoint.
     *
     * @throws IllegalStateException if the environment is not a simulated one and that was not allowed
     */
    @Override
    public DtlsEndpoint create(DtlsOptions options, Environment environment, Loop loop, Runnable onReady) {
        if (!anywhere && !environment.getClass().getPackageName().startsWith(SIMULATOR_PACKAGE)) {
            throw new IllegalStateException(
                    "SimulatedDtls protects nothing and works in the simulator only; use BouncyCastleDtls with "
                            + environment.getClass().getName());
        }
        return new DtlsAssociation(options, new SimulatedEngine(options, environment.random()));
    }
}
