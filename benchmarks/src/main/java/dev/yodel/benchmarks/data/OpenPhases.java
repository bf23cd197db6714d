package dev.yodel.benchmarks.data;

import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.DtlsTransportState;
import dev.yodel.webrtc.IceTransport;
import dev.yodel.webrtc.IceTransportState;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SctpTransport;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Where the time goes from creating two connections in one process to a channel that is open on both sides: medians of the
 * moments at which listeners hear of each step. Arguments: count (300) after a warm-up of as many and 100.
 */
public final class OpenPhases {
    private static final String[] STEPS = {
        "made",
        "offer set",
        "offer applied",
        "answer set",
        "answer applied",
        "ICE a",
        "ICE b",
        "DTLS a",
        "DTLS b",
        "open a",
        "open b"
    };

    private final Map<String, double[]> millis = new LinkedHashMap<>();
    private final Map<String, Long> seen = new ConcurrentHashMap<>();

    private OpenPhases(int count) {
        for (String step : STEPS) {
            millis.put(step, new double[count]);
        }
    }

    private void note(String step) {
        seen.putIfAbsent(step, System.nanoTime());
    }

    private void watch(PeerConnection connection, String name) {
        SctpTransport sctp = Objects.requireNonNull(connection.sctp());
        DtlsTransport dtls = sctp.transport();
        IceTransport ice = dtls.iceTransport();
        Runnable onIce = () -> {
            if (ice.state() == IceTransportState.CONNECTED || ice.state() == IceTransportState.COMPLETED) {
                note("ICE " + name);
            }
        };
        Runnable onDtls = () -> {
            if (dtls.state() == DtlsTransportState.CONNECTED) {
                note("DTLS " + name);
            }
        };
        ice.onStateChange(onIce);
        dtls.onStateChange(onDtls);
        onIce.run();
        onDtls.run();
    }

    private void open(PeerConnectionFactory factory, int index) throws Exception {
        seen.clear();
        long start = System.nanoTime();
        PeerConnection a = factory.newPeerConnection();
        PeerConnection b = factory.newPeerConnection();
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
        CompletableFuture<Void> openA = new CompletableFuture<>();
        CompletableFuture<Void> openB = new CompletableFuture<>();
        b.onDataChannel(event -> {
            note("open b");
            openB.complete(null);
        });
        DataChannel channel = a.createDataChannel("bench");
        channel.onOpen(() -> {
            note("open a");
            openA.complete(null);
        });
        note("made");
        a.setLocalDescription()
                .thenCompose(offer -> {
                    note("offer set");
                    watch(a, "a");
                    return b.setRemoteDescription(offer);
                })
                .thenCompose(done -> {
                    note("offer applied");
                    return b.setLocalDescription();
                })
                .thenCompose(answer -> {
                    note("answer set");
                    watch(b, "b");
                    return a.setRemoteDescription(answer);
                })
                .get(20, TimeUnit.SECONDS);
        note("answer applied");
        openA.get(20, TimeUnit.SECONDS);
        openB.get(20, TimeUnit.SECONDS);
        if (index >= 0) {
            seen.forEach((step, at) -> Objects.requireNonNull(millis.get(step))[index] = (at - start) / 1e6);
        }
        a.close();
        b.close();
    }

    /**
     * Runs and prints.
     *
     * @param args see the class
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 300;
        OpenPhases phases = new OpenPhases(count);
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            for (int i = -count - 100; i < count; i++) {
                phases.open(factory, i);
            }
        }
        for (Map.Entry<String, double[]> step : phases.millis.entrySet()) {
            Arrays.sort(step.getValue());
            System.out.printf(
                    Locale.ROOT,
                    "%-15s %6.2f ms (p90 %.2f)%n",
                    step.getKey(),
                    step.getValue()[count / 2],
                    step.getValue()[count * 9 / 10]);
        }
    }
}
