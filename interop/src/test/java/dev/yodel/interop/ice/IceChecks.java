package dev.yodel.interop.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.TcpType;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.data.DataEnd;
import dev.yodel.interop.data.DataPeer;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.IceCandidatePair;
import dev.yodel.webrtc.IceParameters;
import dev.yodel.webrtc.IceProtocol;
import dev.yodel.webrtc.IceRole;
import dev.yodel.webrtc.IceTcpCandidateType;
import dev.yodel.webrtc.IceTransport;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What must hold of ICE with every stack. */
final class IceChecks {
    /** Who begins a restart. */
    enum RestartBy {
        US,
        PEER,
        /** The peer cannot. */
        ONLY_US
    }

    private IceChecks() {}

    static IceTransport ice(PeerConnection connection) {
        return Objects.requireNonNull(connection.sctp()).transport().iceTransport();
    }

    private static String ufrag(@Nullable IceParameters parameters) {
        return Objects.requireNonNull(parameters).usernameFragment();
    }

    /** Connects, and restarts by us and by the peer, twice each, while numbers go round: none is lost, nothing fails. */
    static void restarts(DataPeer peer, boolean weOffer, RestartBy... order) throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                DataEnd end = DataEnd.connect(factory, peer, weOffer)) {
            PeerConnection pc = end.connection;
            List<ConnectionState> states = new CopyOnWriteArrayList<>();
            pc.onConnectionStateChange(() -> states.add(pc.connectionState()));
            assertThat(ice(pc).role()).isEqualTo(weOffer ? IceRole.CONTROLLING : IceRole.CONTROLLED);
            try (Pulse pulse = new Pulse(end.open("echo pulse"))) {
                for (RestartBy by : order) {
                    String ours = ufrag(ice(pc).getLocalParameters());
                    String theirs = ufrag(ice(pc).getRemoteParameters());
                    restart(pc, peer, by);
                    String what = "a restart by " + by + ", " + end;
                    Polling.until(what, 30, () -> hasPair(pc, theirs) ? true : null);
                    assertThat(ufrag(ice(pc).getLocalParameters())).isNotEqualTo(ours);
                    int before = pulse.back();
                    Polling.until("numbers after " + what, 30, () -> pulse.back() > before + 20 ? true : null);
                }
                pulse.stop();
                System.out.println("ICE restarts " + List.of(order) + " with "
                        + peer.getClass().getSimpleName()
                        + ", we " + (weOffer ? "offered" : "answered") + ": longest gap " + pulse.longestGapMillis()
                        + " ms");
            }
            assertThat(states).doesNotContain(ConnectionState.FAILED, ConnectionState.DISCONNECTED);
        }
    }

    /** The selected pair's remote candidate is of the peer's new generation. */
    private static boolean hasPair(PeerConnection pc, String oldRemoteUfrag) {
        return !ufrag(ice(pc).getRemoteParameters()).equals(oldRemoteUfrag)
                && ice(pc).getSelectedCandidatePair() != null;
    }

    private static void restart(PeerConnection pc, DataPeer peer, RestartBy by) throws Exception {
        if (by == RestartBy.PEER) {
            pc.setRemoteDescription(peer.restart()).get(20, TimeUnit.SECONDS);
            pc.setLocalDescription().get(20, TimeUnit.SECONDS);
            peer.accept(pc.gatheringComplete().get(30, TimeUnit.SECONDS));
        } else {
            pc.restartIce();
            pc.setLocalDescription().get(20, TimeUnit.SECONDS);
            SessionDescription offer = pc.gatheringComplete().get(30, TimeUnit.SECONDS);
            pc.setRemoteDescription(peer.answer(offer)).get(20, TimeUnit.SECONDS);
        }
    }

    static int freePort() throws IOException {
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByName("0.0.0.0"))) {
            return free.getLocalPort();
        }
    }

    /** Nothing but TCP: we listen on one port, or the peer does. */
    static void tcp(DataPeer peer, boolean weOffer, IceTcpCandidateType ours) throws Exception {
        int port = freePort();
        Settings.Builder settings = Settings.builder().loops(1);
        if (ours == IceTcpCandidateType.PASSIVE) {
            settings.tcpMux(port, 1).ice(ice -> ice.tcp(TcpType.PASSIVE));
        }
        try (PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .settings(settings.build())
                        .build();
                TcpOnly only = new TcpOnly(peer);
                DataEnd end = DataEnd.connect(factory, only, weOffer)) {
            DataEnd.Line line = end.open("echo tcp");
            byte[] large = new byte[60_000];
            large[59_999] = 7;
            line.channel.send(large);
            assertThat(line.next().bytes()).isEqualTo(large);
            IceCandidatePair pair = Objects.requireNonNull(ice(end.connection).getSelectedCandidatePair());
            System.out.println("ICE-TCP with " + peer.getClass().getSimpleName() + ": " + pair);
            assertThat(pair.local().tcpType()).isEqualTo(ours);
            assertThat(pair.local().protocol()).isEqualTo(IceProtocol.TCP);
            if (ours == IceTcpCandidateType.PASSIVE) {
                assertThat(pair.local().port()).isEqualTo(port);
            }
        }
    }

    /**
     * We are a lite agent on one port.
     *
     * @param names whether the peer is told a name of multicast DNS only: as we check nothing, it has to ask for it
     */
    static void lite(DataPeer peer, boolean weOffer, boolean names) throws Exception {
        int port = freePort();
        Settings settings = Settings.builder()
                .loops(1)
                .ice(ice -> ice.lite(true).mdnsNames(names))
                .udpMux(port, 1)
                .build();
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                DataEnd end = DataEnd.connect(factory, Configuration.DEFAULT, peer, weOffer)) {
            DataEnd.Line line = end.open("echo lite");
            line.channel.send("through one port");
            assertThat(line.next().text()).isEqualTo("through one port");
            assertThat(ice(end.connection).role()).isEqualTo(IceRole.CONTROLLED);
            IceCandidatePair pair = Objects.requireNonNull(ice(end.connection).getSelectedCandidatePair());
            assertThat(pair.local().port()).isEqualTo(port);
            String description = Objects.requireNonNull(end.connection.currentLocalDescription())
                    .sdp();
            assertThat(description).contains("a=ice-lite");
            assertThat(description.lines().filter(text -> text.startsWith("a=candidate:")))
                    .isNotEmpty()
                    .allMatch(text -> text.contains(".local ") == names);
        }
    }

    /**
     * Two interfaces lead to the peer, and the one in use vanishes (F15): numbers go round over the other, none is lost.
     *
     * @param name of the peer
     * @param restarts whether an ICE restart is needed, for a peer that does not follow to another pair by itself
     */
    static void interfaceVanishes(
            String name, NetworkNamespace namespace, DataPeer peer, boolean weOffer, boolean restarts)
            throws Exception {
        namespace.joinAgain();
        Set<String> ours = Set.of(namespace.outerAddress(), namespace.secondOuterAddress());
        Settings settings = Settings.builder()
                .loops(1)
                .ice(ice -> ice.addressFilter(
                        address -> ours.contains(address.address().getHostAddress())))
                .build();
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                DataEnd end = DataEnd.connect(factory, peer, weOffer);
                Pulse pulse = new Pulse(end.open("echo pulse"))) {
            PeerConnection pc = end.connection;
            List<ConnectionState> states = new CopyOnWriteArrayList<>();
            pc.onConnectionStateChange(() -> states.add(pc.connectionState()));
            Polling.until("numbers", 30, () -> pulse.back() > 50 ? true : null);
            String used = localAddress(pc);
            assertThat(ours).contains(used);
            namespace.vanish(used);
            long vanished = System.nanoTime();
            Polling.until("another pair, " + end, 30, () -> !localAddress(pc).equals(used) ? true : null);
            long moved = System.nanoTime();
            if (restarts) {
                restart(pc, peer, RestartBy.US);
            }
            int before = pulse.back();
            Polling.until(
                    "numbers over the other interface, " + end, 60, () -> pulse.back() > before + 50 ? true : null);
            pulse.stop();
            System.out.printf(
                    "interface vanished with %s, we %s: another pair after %d ms, longest gap %d ms%n",
                    name,
                    weOffer ? "offered" : "answered",
                    TimeUnit.NANOSECONDS.toMillis(moved - vanished),
                    pulse.longestGapMillis());
            assertThat(states).doesNotContain(ConnectionState.FAILED);
            assertThat(localAddress(pc)).isNotEqualTo(used);
        }
    }

    private static String localAddress(PeerConnection pc) {
        IceCandidatePair pair = ice(pc).getSelectedCandidatePair();
        return pair == null ? "" : Objects.requireNonNull(pair.local().address());
    }
}
