package dev.yodel.ice.loop;

import dev.yodel.ice.IceOptions;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link IceConnection} may be told. Immutable.
 *
 * @param ice the agent's options
 * @param mdns resolves {@code .local} candidates, shared by all connections of an environment; null to ignore them
 */
public record IceConnectionOptions(IceOptions ice, @Nullable MdnsService mdns) {
    /** The agent's defaults, without multicast DNS. */
    public static final IceConnectionOptions DEFAULT = new IceConnectionOptions(IceOptions.DEFAULT, null);
}
