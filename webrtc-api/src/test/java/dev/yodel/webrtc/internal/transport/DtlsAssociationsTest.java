package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.io.ByteWriter;
import dev.yodel.io.Loop;
import dev.yodel.io.Time;
import dev.yodel.rtp.RtpSessionOptions;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DtlsAssociationsTest {
    private static final int HEADERS = 13 + 12;
    private static final InetSocketAddress HERE = new InetSocketAddress("10.1.0.2", 1000);
    private static final InetSocketAddress THERE = new InetSocketAddress("10.1.0.2", 2000);

    /** A record with the part of a ClientHello from {@code from} on (RFC 6347 4.2.3). */
    private static byte[] piece(byte[] hello, int from, int to) {
        byte[] out = new byte[HEADERS + to - from];
        ByteWriter writer = new ByteWriter(out, 0, out.length);
        writer.put8(22).put16(0xfeff).put64(from == 0 ? 0 : 1).put16(12 + to - from);
        writer.put8(1).put24(hello.length).put16(0).put24(from).put24(to - from);
        writer.put(Arrays.copyOfRange(hello, from, to));
        return out;
    }

    private static byte[] hello(int seed) {
        byte[] whole = ForeignHello.of(new Random(seed), ForeignHello.GOOD_SUITE);
        return Arrays.copyOf(Arrays.copyOfRange(whole, HEADERS, whole.length), 1_400);
    }

    private final Simulator simulator = Simulator.create(1);
    private final SimulatedHost host = simulator.internet().host("a", "10.1.0.1");
    private final Loop loop = host.nextLoop();
    private final DtlsCertificate certificate = DtlsCertificate.generate(host.random(), 0);
    private final AtomicInteger made = new AtomicInteger();
    private final DtlsAssociations server = new DtlsAssociations(
            new TransportOptions(
                    host,
                    loop,
                    IceConnectionOptions.DEFAULT,
                    null,
                    (options, environment, on, onReady) -> {
                        made.incrementAndGet();
                        return new SimulatedDtls().create(options, environment, on, onReady);
                    },
                    DtlsOptions.of(certificate),
                    RtpSessionOptions.of("cname"),
                    new LoopScratch(),
                    null),
            () -> {});
    private final List<DtlsEvent> events = new ArrayList<>();
    private final byte[] datagram = new byte[2_000];
    private long now;

    @AfterEach
    void close() {
        server.close(now);
        simulator.close();
    }

    private void allowAndStart() {
        server.allow(DtlsRole.SERVER, List.of(certificate.fingerprint()), false, now);
        server.start(0, now);
    }

    private void feed(byte[] bytes) {
        feed(bytes, HERE);
    }

    private void feed(byte[] bytes, InetSocketAddress from) {
        server.handleDatagram(bytes, 0, bytes.length, from, true, now);
    }

    /** A transport of the peer, which has begun to shake hands. */
    private DtlsEndpoint client() {
        return peer(DtlsRole.CLIENT);
    }

    private DtlsEndpoint peer(DtlsRole role) {
        DtlsEndpoint peer = new SimulatedDtls().create(DtlsOptions.of(certificate), host, loop, () -> {});
        peer.start(role, List.of(certificate.fingerprint()), 0, now);
        return peer;
    }

    /** Carries everything both ways until nobody has anything to say. */
    private void carry(DtlsEndpoint client) {
        boolean busy = true;
        while (busy) {
            List<byte[]> words = drain(client::pollTransmit);
            words.forEach(this::feed);
            List<byte[]> answers = drain(server::pollTransmit);
            answers.forEach(bytes -> client.handleDatagram(bytes, 0, bytes.length, now));
            takeEvents();
            busy = !words.isEmpty() || !answers.isEmpty();
        }
    }

    private void takeEvents() {
        for (DtlsEvent event = server.pollEvent(now); event != null; event = server.pollEvent(now)) {
            events.add(event);
        }
    }

    private interface Speaker {
        int pollTransmit(byte[] into, int offset);
    }

    /** What somebody has to say. */
    private List<byte[]> drain(Speaker speaker) {
        List<byte[]> said = new ArrayList<>();
        for (int length = speaker.pollTransmit(datagram, 0); length > 0; length = speaker.pollTransmit(datagram, 0)) {
            said.add(Arrays.copyOf(datagram, length));
        }
        return said;
    }

    /** Carries what we have to say, and nothing back. */
    private void carryTo(DtlsEndpoint peer) {
        drain(server::pollTransmit).forEach(bytes -> peer.handleDatagram(bytes, 0, bytes.length, now));
    }

    /** Carries what a transport of the peer has to say, and nothing back. */
    private void carryFrom(DtlsEndpoint peer, InetSocketAddress place) {
        drain(peer::pollTransmit).forEach(bytes -> feed(bytes, place));
    }

    private byte[] keysOf(DtlsEndpoint client) {
        for (DtlsEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
            if (event instanceof DtlsEvent.Connected connected) {
                return connected.keyingMaterial();
            }
        }
        throw new AssertionError("not connected");
    }

    private byte[] keysOfServer() {
        return ((DtlsEvent.Connected) events.get(events.size() - 1)).keyingMaterial();
    }

    /** Chromium's and Firefox's hellos have a post-quantum key share and come in two datagrams. */
    @Test
    void aHelloInTwoDatagramsIsOneHello() {
        allowAndStart();
        allowAndStart();
        assertThat(made).hasValue(2);

        byte[] hello = hello(1);
        for (int flight = 0; flight < 3; flight++) {
            feed(piece(hello, 0, 1_000));
            feed(piece(hello, 1_000, hello.length));
        }
        assertThat(made).as("repeated and in pieces").hasValue(2);

        feed(piece(hello(2), 0, 1_000));
        assertThat(made).as("of another transport of the peer").hasValue(3);
    }

    /** RFC 6347 4.2.8. Firefox may take another transport for a section without a word about it. */
    @Test
    void aClientMayBeginAnew() {
        allowAndStart();
        DtlsEndpoint first = client();
        carry(first);
        assertThat(keysOfServer()).isEqualTo(keysOf(first));
        now += Time.SECOND;

        DtlsEndpoint second = client();
        carry(second);
        assertThat(server.tookOver()).isTrue();
        assertThat(server.isOfAnother()).isFalse();
        assertThat(events).hasSize(2);
        assertThat(keysOfServer()).isEqualTo(keysOf(second));
    }

    @Test
    void aClientMayBeginAnewAfterItsFarewell() {
        allowAndStart();
        DtlsEndpoint first = client();
        carry(first);
        first.close(now);
        carry(first);
        assertThat(events).last().isInstanceOf(DtlsEvent.Closed.class);
        now += Time.SECOND;

        DtlsEndpoint second = client();
        carry(second);
        assertThat(server.tookOver()).isTrue();
        assertThat(keysOfServer()).isEqualTo(keysOf(second));
    }

    /**
     * Firefox keeps its ICE credentials when it takes another transport, so that both its transports are of one
     * generation.
     */
    @Test
    void flightsOfAnotherTransportDoNotMix() {
        allowAndStart();
        carry(client());
        allowAndStart();
        DtlsEndpoint given = client();
        carryFrom(given, THERE);
        carryTo(given);
        // The second flight of the transport that was given up comes before and after the first one of the transport
        // that took its place.
        allowAndStart();
        List<byte[]> late = drain(given::pollTransmit);
        assertThat(late).isNotEmpty();
        late.forEach(bytes -> feed(bytes.clone(), THERE));
        DtlsEndpoint taken = client();
        carryFrom(taken, HERE);
        late.forEach(bytes -> feed(bytes.clone(), THERE));
        carry(taken);
        assertThat(events).noneMatch(event -> event instanceof DtlsEvent.Failed);
        assertThat(keysOfServer()).isEqualTo(keysOf(taken));
    }

    /** A client of the peer whose hello came from one place and has been answered; its second flight. */
    private List<byte[]> secondFlight(DtlsEndpoint client) {
        for (int length = client.pollTransmit(datagram, 0); length > 0; length = client.pollTransmit(datagram, 0)) {
            feed(Arrays.copyOf(datagram, length), THERE);
        }
        for (int length = server.pollTransmit(datagram, 0); length > 0; length = server.pollTransmit(datagram, 0)) {
            client.handleDatagram(Arrays.copyOf(datagram, length), 0, length, now);
        }
        List<byte[]> second = new ArrayList<>();
        for (int length = client.pollTransmit(datagram, 0); length > 0; length = client.pollTransmit(datagram, 0)) {
            second.add(Arrays.copyOf(datagram, length));
        }
        return second;
    }

    /**
     * An ICE restart between the two flights of a client: the second comes from a place that has said no hello (storm
     * 457).
     */
    @Test
    void aHandshakeGoesOnFromAnotherPlaceAfterAnIceRestart() {
        allowAndStart();
        carry(client());
        allowAndStart();
        DtlsEndpoint client = client();
        List<byte[]> second = secondFlight(client);
        second.forEach(bytes -> feed(bytes.clone(), HERE));
        assertThat(server.pollEvent(now))
                .as("of another transport without a restart")
                .isNull();
        server.iceRestarted();
        second.forEach(bytes -> feed(bytes.clone(), HERE));
        carry(client);
        assertThat(server.tookOver()).isTrue();
        assertThat(keysOfServer()).isEqualTo(keysOf(client));
    }

    /** After a restart too another hello is another transport's, and only its flights count from then on. */
    @Test
    void anotherHelloAfterAnIceRestartTakesTheHandshakeOver() {
        allowAndStart();
        carry(client());
        allowAndStart();
        List<byte[]> late = secondFlight(client());
        server.iceRestarted();
        DtlsEndpoint taken = client();
        for (int length = taken.pollTransmit(datagram, 0); length > 0; length = taken.pollTransmit(datagram, 0)) {
            feed(Arrays.copyOf(datagram, length), HERE);
        }
        late.forEach(bytes -> feed(bytes.clone(), THERE));
        carry(taken);
        assertThat(events).noneMatch(event -> event instanceof DtlsEvent.Failed);
        assertThat(keysOfServer()).isEqualTo(keysOf(taken));
    }

    /** A hello may overtake the answer that says where it comes from; who has been answered does not repeat it. */
    @Test
    void aHandshakeUnderWayIsNotBegunAgain() {
        allowAndStart();
        carry(client());
        allowAndStart();
        DtlsEndpoint fast = client();
        carryFrom(fast, THERE);
        carryTo(fast);
        allowAndStart();
        carryFrom(fast, THERE);
        carry(fast);
        assertThat(server.tookOver()).isTrue();
        assertThat(keysOfServer()).isEqualTo(keysOf(fast));
    }

    /** The peer's new transport waits for a client's hello, and ours has gone to the old one. */
    @Test
    void aClientLooksForThePeersOtherTransportAfterAFarewell() {
        List<DtlsFingerprint> prints = List.of(certificate.fingerprint());
        for (int i = 0; i < 2; i++) {
            server.allow(DtlsRole.CLIENT, prints, false, now);
            server.start(0, now);
            DtlsEndpoint peer = peer(DtlsRole.SERVER);
            carry(peer);
            if (i == 1) {
                peer.close(now);
                carry(peer);
            }
        }
        assertThat(events).last().isInstanceOf(DtlsEvent.Closed.class);
        assertThat(server.isUnasked()).isTrue();
        DtlsEndpoint waiting = peer(DtlsRole.SERVER);
        // What was sent so far has gone to the transport that is no more.
        now += 2 * Time.SECOND;
        server.handleTimeout(now);
        carry(waiting);
        assertThat(server.tookOver()).isTrue();
        assertThat(keysOfServer()).isEqualTo(keysOf(waiting));

        // A peer that is gone is told of once more, and not looked for again and again.
        events.clear();
        waiting.close(now);
        carry(waiting);
        for (int second = 0; second < 120; second++) {
            now += Time.SECOND;
            server.handleTimeout(now);
            carry(waiting);
        }
        assertThat(events).hasSize(2).allMatch(event -> event instanceof DtlsEvent.Closed);
        assertThat(server.isUnasked()).isFalse();
    }

    /** Firefox moves as often as its sections do: its next farewell may come within the second. */
    @Test
    void aClientLooksAgainAfterAFarewellThatComesSoon() {
        List<DtlsFingerprint> prints = List.of(certificate.fingerprint());
        server.allow(DtlsRole.CLIENT, prints, false, now);
        server.start(0, now);
        carry(peer(DtlsRole.SERVER));
        server.allow(DtlsRole.CLIENT, prints, false, now);
        server.start(0, now);
        DtlsEndpoint peer = peer(DtlsRole.SERVER);
        carry(peer);
        peer.close(now);
        carry(peer);
        DtlsEndpoint second = peer(DtlsRole.SERVER);
        now += Time.SECOND / 2;
        server.handleTimeout(now);
        carry(second);
        assertThat(server.tookOver()).isTrue();
        second.close(now);
        carry(second);
        assertThat(events).last().isInstanceOf(DtlsEvent.Closed.class);
        assertThat(server.isUnasked()).as("once a second at most").isFalse();

        assertThat(server.nextTimeout()).isLessThanOrEqualTo(Time.SECOND);
        now = Time.SECOND;
        server.handleTimeout(now);
        DtlsEndpoint third = peer(DtlsRole.SERVER);
        carry(third);
        assertThat(server.tookOver()).isTrue();
        assertThat(keysOfServer()).isEqualTo(keysOf(third));
    }

    /** The transport that has answered a client's hello is given up by its peer, which says nothing of it. */
    @Test
    void aClientBeginsAnewWhereThePeerIsSilentSinceItMoved() {
        server.allow(DtlsRole.CLIENT, List.of(certificate.fingerprint()), false, now);
        server.start(0, now);
        DtlsEndpoint given = peer(DtlsRole.SERVER);
        carryTo(given);
        carryFrom(given, THERE);
        server.pathChanged(now);
        // Firefox passes over what does not begin with a hello: the flights of the handshake that has gone silent.
        byte[] hello = null;
        while (hello == null && now < 3 * Time.SECOND) {
            now = server.nextTimeout();
            server.handleTimeout(now);
            hello = drain(server::pollTransmit).stream()
                    .filter(bytes -> bytes[13] == 1)
                    .findFirst()
                    .orElse(null);
        }
        assertThat(hello).isNotNull();
        DtlsEndpoint taken = peer(DtlsRole.SERVER);
        taken.handleDatagram(hello, 0, hello.length, now);
        carry(taken);
        assertThat(server.tookOver()).isTrue();
        assertThat(keysOfServer()).isEqualTo(keysOf(taken));
    }

    /** A ServerHello that nobody can mean: what a client sees where answers of two transports mix. */
    private static byte[] brokenServerHello() {
        byte[] out = new byte[HEADERS + 3];
        ByteWriter writer = new ByteWriter(out, 0, out.length);
        writer.put8(22).put16(0xfefd).put64(0).put16(12 + 3);
        writer.put8(2).put24(3).put16(0).put24(0).put24(3);
        return out;
    }

    @Test
    void aClientBeginsAnewWhereAnswersOfTwoTransportsMix() {
        List<DtlsFingerprint> prints = List.of(certificate.fingerprint());
        server.allow(DtlsRole.CLIENT, prints, false, now);
        server.start(0, now);
        carry(peer(DtlsRole.SERVER));
        server.allow(DtlsRole.CLIENT, prints, false, now);
        server.start(0, now);
        feed(brokenServerHello());
        assertThat(server.pollEvent(now)).isNull();
        assertThat(drain(server::pollTransmit))
                .as("a handshake, and no refusal")
                .allMatch(bytes -> bytes[0] == 22);
        // The hello was lost with that; it comes again.
        DtlsEndpoint taken = peer(DtlsRole.SERVER);
        now = server.nextTimeout();
        server.handleTimeout(now);
        carry(taken);
        assertThat(server.tookOver()).isTrue();
        assertThat(keysOfServer()).isEqualTo(keysOf(taken));
    }

    @Test
    void D16_aPeerThatAnswersBrokenlyIsNotAskedForEver() {
        List<DtlsFingerprint> prints = List.of(certificate.fingerprint());
        server.allow(DtlsRole.CLIENT, prints, true, now);
        server.start(0, now);
        carry(peer(DtlsRole.SERVER));
        server.allow(DtlsRole.CLIENT, prints, true, now);
        server.start(0, now);
        int before = made.get();
        for (int i = 0; i < 20; i++) {
            feed(brokenServerHello());
            takeEvents();
        }
        assertThat(made.get() - before).isEqualTo(8);
        assertThat(events).last().isInstanceOf(DtlsEvent.Failed.class);
    }

    /** A peer that is the same on the new way ends the handshake that it knows. */
    @Test
    void anotherWayAloneBeginsNothing() {
        server.allow(DtlsRole.CLIENT, List.of(certificate.fingerprint()), false, now);
        server.start(0, now);
        DtlsEndpoint peer = peer(DtlsRole.SERVER);
        carryTo(peer);
        carryFrom(peer, THERE);
        server.pathChanged(now);
        carry(peer);
        assertThat(keysOfServer()).isEqualTo(keysOf(peer));
        now += 10 * Time.SECOND;
        server.handleTimeout(now);
        assertThat(made).hasValue(1);
        assertThat(server.tookOver()).isFalse();
    }

    /** RFC 6347 4.2.8: a hello alone, which anybody can write, ends nothing. */
    @Test
    void D16_aHelloThatLeadsNowhereChangesNothing() {
        allowAndStart();
        DtlsEndpoint client = client();
        carry(client);
        int told = events.size();
        for (int second = 0; second < 100; second++) {
            now += Time.SECOND;
            for (int i = 0; i < 10; i++) {
                feed(ForeignHello.of(new Random(second * 10L + i), ForeignHello.GOOD_SUITE));
                server.handleTimeout(now);
                carry(client);
            }
        }
        now += 60 * Time.SECOND;
        server.handleTimeout(now);
        carry(client);
        assertThat(made.get()).as("handshakes begun").isLessThan(110);
        assertThat(events).hasSize(told);
        byte[] word = {1, 2, 3};
        assertThat(client.send(word, 0, word.length, now)).isTrue();
        int length = client.pollTransmit(datagram, 0);
        feed(Arrays.copyOf(datagram, length));
        assertThat(server.pollEvent(now)).isInstanceOf(DtlsEvent.ApplicationData.class);
    }

    @Test
    void aFarewellIsToldAlthoughAnotherHandshakeHasBegun() {
        allowAndStart();
        DtlsEndpoint client = client();
        carry(client);
        now += Time.SECOND;
        feed(ForeignHello.of(new Random(7), ForeignHello.GOOD_SUITE));
        client.close(now);
        carry(client);
        assertThat(events).last().isInstanceOf(DtlsEvent.Closed.class);
    }
}
