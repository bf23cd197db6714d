package dev.yodel.dtls;

import dev.yodel.io.Environment;
import dev.yodel.io.Loop;

/** Makes endpoints. May be used from any loop. */
@FunctionalInterface
public interface DtlsEndpointFactory {
    /**
     * A new endpoint in state {@link DtlsState#NEW}.
     *
     * @param options certificate, timers and what is offered
     * @param environment threads and randomness
     * @param loop the loop whose thread will own the endpoint
     * @param onReady runs on that loop whenever there is something new to drain that no input caused
     * @return the endpoint
     */
    DtlsEndpoint create(DtlsOptions options, Environment environment, Loop loop, Runnable onReady);
}
