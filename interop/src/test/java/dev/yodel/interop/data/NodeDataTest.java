package dev.yodel.interop.data;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with libdatachannel and werift, in both roles. */
final class NodeDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void libdatachannel(boolean weOffer) throws Exception {
        try (ProcessPeer peer = NodeModules.start("node-datachannel")) {
            DataChecks.run(peer, weOffer, DataChecks.Lack.SEEING_LIMITS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void werift(boolean weOffer) throws Exception {
        try (ProcessPeer peer = NodeModules.start("werift")) {
            // It drops what PPIDs 56 and 57 say.
            DataChecks.run(peer, weOffer, DataChecks.Lack.EMPTY_MESSAGES, DataChecks.Lack.UNORDERED_AND_LIMITED);
        }
    }
}
