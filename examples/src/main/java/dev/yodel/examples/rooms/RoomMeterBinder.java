package dev.yodel.examples.rooms;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * A conference server's figures in a registry of Micrometer, as {@code yodel.rooms.…}. Whoever uses it brings
 * {@code micrometer-core}; the command {@code yodel rooms} does without it, {@code /metrics} is written by hand.
 *
 * <pre>{@code
 * new RoomMeterBinder(server).bindTo(registry);
 * }</pre>
 */
public final class RoomMeterBinder implements MeterBinder {
    private final RoomServer server;

    /**
     * A binder.
     *
     * @param server what is watched; a closed one goes on telling its last figures
     */
    public RoomMeterBinder(RoomServer server) {
        this.server = server;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (final RoomMeter meter : server.meters()) {
            final String name = "yodel.rooms." + meter.name().replace('_', '.');
            if (meter.counter()) {
                FunctionCounter.builder(name, meter, one -> one.value().getAsLong())
                        .description(meter.words())
                        .register(registry);
            } else {
                Gauge.builder(name, meter, one -> one.value().getAsLong())
                        .description(meter.words())
                        .strongReference(true)
                        .register(registry);
            }
        }
    }
}
