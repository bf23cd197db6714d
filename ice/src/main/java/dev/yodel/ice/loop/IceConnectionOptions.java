package dev.yodel.ice.loop;

import dev.yodel.ice.IceOptions;

/**
 * What an {@link IceConnection} may be told. Immutable.
 *
 * @param ice the agent's options
 */
public record IceConnectionOptions(IceOptions ice) {
    /** The agent's defaults. */
    public static final IceConnectionOptions DEFAULT = new IceConnectionOptions(IceOptions.DEFAULT);
}
