package dev.yodel.interop.data;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with Pion, in both roles. */
final class PionDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer) throws Exception {
        try (ProcessPeer peer = PionBot.start()) {
            DataChecks.run(peer, weOffer, DataChecks.Lack.WHOLE_64_KIB);
        }
    }
}
