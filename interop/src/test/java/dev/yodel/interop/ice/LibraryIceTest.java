package dev.yodel.interop.ice;

import static dev.yodel.interop.ice.IceChecks.RestartBy.ONLY_US;
import static dev.yodel.interop.ice.IceChecks.RestartBy.PEER;
import static dev.yodel.interop.ice.IceChecks.RestartBy.US;

import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.data.AiortcBot;
import dev.yodel.interop.data.LibwebrtcBot;
import dev.yodel.interop.data.NodeModules;
import dev.yodel.interop.data.PionBot;
import dev.yodel.interop.data.ProcessPeer;
import dev.yodel.webrtc.IceTcpCandidateType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ICE with libwebrtc, Pion, aiortc and werift, in both roles; that they connect is shown by the tests of data too. */
final class LibraryIceTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void libwebrtcRestarts(boolean weOffer) throws Exception {
        try (ProcessPeer peer = LibwebrtcBot.start(folder)) {
            IceChecks.restarts(peer, weOffer, US, PEER, PEER, US);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pionRestarts(boolean weOffer) throws Exception {
        try (ProcessPeer peer = PionBot.start()) {
            IceChecks.restarts(peer, weOffer, US, PEER, PEER, US);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void libwebrtcByTcpToOurOnePort(boolean weOffer) throws Exception {
        try (ProcessPeer peer = LibwebrtcBot.start(folder)) {
            IceChecks.tcp(peer, weOffer, IceTcpCandidateType.PASSIVE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void byTcpToPionsOnePort(boolean weOffer) throws Exception {
        try (ProcessPeer peer = PionBot.start("tcp")) {
            IceChecks.tcp(peer, weOffer, IceTcpCandidateType.ACTIVE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void libwebrtcAndOurLiteServer(boolean weOffer) throws Exception {
        try (ProcessPeer peer = LibwebrtcBot.start(folder)) {
            IceChecks.lite(peer, weOffer, false);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pionAndOurLiteServer(boolean weOffer) throws Exception {
        try (ProcessPeer peer = PionBot.start()) {
            IceChecks.lite(peer, weOffer, false);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aiortcConnects(boolean weOffer) throws Exception {
        try (ProcessPeer peer = AiortcBot.start(folder)) {
            IceChecks.restarts(peer, weOffer);
        }
    }

    /** Pion follows to a pair of a lesser priority by a restart only, in either role. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void F15_anInterfaceVanishesInMidCallWithPion(boolean weOffer) throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                ProcessPeer peer = PionBot.start(namespace.prefix())) {
            IceChecks.interfaceVanishes("Pion", namespace, peer, weOffer, true);
        }
    }

    /** aiortc follows our nomination; where it controls itself it nominates once, and it knows no restarts. */
    @Test
    void F15_anInterfaceVanishesInMidCallWithAiortc() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                ProcessPeer peer = AiortcBot.start(folder, namespace.prefix())) {
            IceChecks.interfaceVanishes("aiortc", namespace, peer, true, false);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void weriftConnects(boolean weOffer) throws Exception {
        try (ProcessPeer peer = NodeModules.start("werift")) {
            IceChecks.restarts(
                    peer, weOffer, weOffer ? new IceChecks.RestartBy[] {ONLY_US} : new IceChecks.RestartBy[0]);
        }
    }
}
