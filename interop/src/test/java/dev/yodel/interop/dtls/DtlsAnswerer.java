package dev.yodel.interop.dtls;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.bc.BouncyCastleDtls;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateParseException;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.loop.NioEnvironment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers a browser's data-channel offer with our ICE and our DTLS, and nothing above them. */
final class DtlsAnswerer implements AutoCloseable, IceConnection.Listener {
    private static final long DEADLINE_SECONDS = 20;

    private final NioEnvironment environment = NioEnvironment.create();
    private final Loop loop = environment.nextLoop();
    private final DtlsCertificate certificate =
            DtlsCertificate.generate(environment.random(), environment.wallClockMillis());
    private final IceCredentials credentials = IceCredentials.generate(environment.random());
    private final LinkedBlockingQueue<DtlsEvent> events = new LinkedBlockingQueue<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<byte[]> firstFlight = new ArrayList<>();
    private final CountDownLatch gathered = new CountDownLatch(1);
    private final String offer;
    private final DtlsRole role;
    private final byte[] buffer = new byte[2000];
    private @Nullable IceConnection ice;
    private @Nullable DtlsEndpoint dtls;
    private @Nullable LoopTimer timer;
    private boolean started;
    private boolean answered;

    DtlsAnswerer(String offer, DtlsRole role) throws InterruptedException {
        this.offer = offer;
        this.role = role;
        loop.execute(this::begin);
        if (!gathered.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no candidates gathered");
        }
    }

    private void begin() {
        IceConnection connection = new IceConnection(environment, loop, IceConnectionOptions.DEFAULT, this);
        ice = connection;
        DtlsEndpoint endpoint = new BouncyCastleDtls()
                .create(DtlsOptions.of(certificate).withSrtp(List.of(7, 8, 1), false), environment, loop, this::drain);
        dtls = endpoint;
        timer = loop.newTimer(() -> {
            endpoint.handleTimeout(loop.now());
            drain();
        });
        connection.gather(credentials);
        connection.start(IceRole.CONTROLLED, new IceCredentials(line("a=ice-ufrag:"), line("a=ice-pwd:")));
        for (String text : offer.split("\r\n", -1)) {
            if (text.startsWith("a=candidate:")) {
                try {
                    connection.addRemoteCandidate(Candidate.parse(text));
                } catch (CandidateParseException e) {
                    throw new IllegalStateException(text, e);
                }
            }
        }
    }

    private String line(String prefix) {
        int at = offer.indexOf(prefix);
        return offer.substring(at + prefix.length(), offer.indexOf("\r\n", at));
    }

    String answer() {
        List<String> lines = new ArrayList<>(List.of(
                "v=0",
                "o=- 1 1 IN IP4 127.0.0.1",
                "s=-",
                "t=0 0",
                "a=group:BUNDLE 0",
                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                "c=IN IP4 0.0.0.0",
                "a=mid:0",
                "a=sctp-port:5000",
                "a=setup:" + (role == DtlsRole.CLIENT ? "active" : "passive"),
                "a=ice-ufrag:" + credentials.ufrag(),
                "a=ice-pwd:" + credentials.password(),
                "a=fingerprint:" + certificate.fingerprint()));
        synchronized (candidates) {
            for (Candidate candidate : candidates) {
                lines.add("a=" + candidate.toSdp());
            }
        }
        return String.join("\r\n", lines) + "\r\n";
    }

    @Override
    public void onLocalCandidate(Candidate candidate) {
        synchronized (candidates) {
            candidates.add(candidate);
        }
    }

    @Override
    public void onGatheringState(dev.yodel.ice.GatheringState state, String ufrag) {
        if (state == dev.yodel.ice.GatheringState.COMPLETE) {
            gathered.countDown();
        }
    }

    @Override
    public void onState(IceState state) {}

    @Override
    public void onSelectedPair(CandidatePair pair) {
        IceConnection connection = ice;
        DtlsEndpoint endpoint = dtls;
        if (!started && connection != null && endpoint != null) {
            started = true;
            String fingerprint = line("a=fingerprint:");
            int space = fingerprint.indexOf(' ');
            endpoint.start(
                    role,
                    List.of(new DtlsFingerprint(fingerprint.substring(0, space), fingerprint.substring(space + 1))),
                    connection.rttNanos(),
                    loop.now());
            drain();
        }
    }

    @Override
    public void onDatagram(Datagram datagram) {
        DtlsEndpoint endpoint = dtls;
        if (endpoint != null) {
            if (!answered) {
                firstFlight.add(Arrays.copyOfRange(datagram.data, datagram.offset, datagram.offset + datagram.length));
            }
            endpoint.handleDatagram(datagram.data, datagram.offset, datagram.length, loop.now());
            drain();
        }
    }

    private void drain() {
        DtlsEndpoint endpoint = dtls;
        IceConnection connection = ice;
        LoopTimer clock = timer;
        if (endpoint == null || connection == null || clock == null) {
            return;
        }
        for (int length = endpoint.pollTransmit(buffer, 0); length > 0; length = endpoint.pollTransmit(buffer, 0)) {
            answered = true;
            connection.send(buffer, 0, length);
        }
        for (DtlsEvent event = endpoint.pollEvent(); event != null; event = endpoint.pollEvent()) {
            if (event instanceof DtlsEvent.ApplicationData view) {
                byte[] copy = Arrays.copyOfRange(view.data(), view.offset(), view.offset() + view.length());
                events.add(new DtlsEvent.ApplicationData(copy, 0, copy.length));
            } else {
                events.add(event);
            }
        }
        clock.set(endpoint.nextTimeout());
    }

    private DtlsEvent await(String what, Predicate<DtlsEvent> wanted) throws InterruptedException {
        List<DtlsEvent> seen = new ArrayList<>();
        while (true) {
            DtlsEvent event = events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + what + " within 20 s, but " + seen);
            }
            if (wanted.test(event)) {
                return event;
            }
            seen.add(event);
        }
    }

    DtlsEvent.Connected awaitConnected() throws InterruptedException {
        return (DtlsEvent.Connected) await("connection", event -> !(event instanceof DtlsEvent.ApplicationData));
    }

    byte[] awaitApplicationData() throws InterruptedException {
        return ((DtlsEvent.ApplicationData)
                        await("application data", event -> event instanceof DtlsEvent.ApplicationData))
                .data();
    }

    void awaitClosed() throws InterruptedException {
        await("close_notify", event -> event instanceof DtlsEvent.Closed);
    }

    List<byte[]> firstFlight() {
        return firstFlight;
    }

    @Override
    public void close() {
        environment.close();
    }
}
