package dev.yodel.examples.rooms;

import dev.yodel.io.Environment;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What all rooms of a server share.
 *
 * @param environment clock, lanes and randomness; the factory's
 * @param factory makes the connections
 * @param configuration the servers that our connections use
 * @param pageServers the STUN and TURN servers that pages use
 * @param limits how much is allowed
 * @param bus carries texts
 * @param metrics counts
 * @param recordings where recordings are written; null if nobody may record
 * @param recordingFiles how many files of recordings are open, of all rooms
 */
record RoomServices(
        Environment environment,
        PeerConnectionFactory factory,
        Configuration configuration,
        Configuration pageServers,
        RoomLimits limits,
        SignalBus bus,
        RoomMetrics metrics,
        @Nullable Path recordings,
        AtomicInteger recordingFiles) {}
