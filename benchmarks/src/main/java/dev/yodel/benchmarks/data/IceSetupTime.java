package dev.yodel.benchmarks.data;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceConnectionState;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.yodel.webrtc.IceConnectionState;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long ICE takes, side by side with libwebrtc in one process: from the moment at which the answer is handed to the
 * offerer, the last of the four steps, until both ends say connected; candidates trickle. Which stack is first alternates.
 * Arguments: set-ups of each (200) and of warming up (50).
 */
public final class IceSetupTime {
    private IceSetupTime() {}

    /** One set-up; gives nanoseconds. */
    private interface Stack {
        long setUp() throws Exception;
    }

    /**
     * Runs and prints.
     *
     * @param args see the class
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 200;
        int warmUp = args.length > 1 ? Integer.parseInt(args[1]) : 50;
        PeerConnectionFactory ours = PeerConnectionFactory.create();
        dev.onvoid.webrtc.PeerConnectionFactory theirs =
                new dev.onvoid.webrtc.PeerConnectionFactory(new HeadlessAudioDeviceModule());
        Stack[] stacks = {() -> yodel(ours), () -> libwebrtc(theirs)};
        double[][] millis = new double[2][count];
        for (int i = -warmUp; i < count; i++) {
            for (int k = 0; k < 2; k++) {
                int which = (i & 1) == 0 ? k : 1 - k;
                millis[which][Math.max(0, i)] = stacks[which].setUp() / 1e6;
            }
        }
        print("yodel", millis[0]);
        print("libwebrtc", millis[1]);
        Arrays.sort(millis[0]);
        Arrays.sort(millis[1]);
        System.out.printf(Locale.ROOT, "median / median %.2f%n", millis[0][count / 2] / millis[1][count / 2]);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void print(String name, double[] millis) {
        for (int order = 0; order < 2; order++) {
            int first = order;
            double[] some = new double[(millis.length + 1 - first) / 2];
            for (int i = 0; i < some.length; i++) {
                some[i] = millis[first + 2 * i];
            }
            Arrays.sort(some);
            boolean wasFirst = name.equals("yodel") == (order == 0);
            System.out.printf(
                    Locale.ROOT,
                    "%s %s: %d set-ups, median %.2f ms, p90 %.2f, p99 %.2f%n",
                    name,
                    wasFirst ? "first" : "second",
                    some.length,
                    some[some.length / 2],
                    some[some.length * 9 / 10],
                    some[some.length * 99 / 100]);
        }
    }

    private static long yodel(PeerConnectionFactory factory) throws Exception {
        PeerConnection a = factory.newPeerConnection();
        PeerConnection b = factory.newPeerConnection();
        CompletableFuture<Long> atA = connected(a);
        CompletableFuture<Long> atB = connected(b);
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
        a.createDataChannel("ice");
        b.setRemoteDescription(a.setLocalDescription().get(20, TimeUnit.SECONDS))
                .get(20, TimeUnit.SECONDS);
        var answer = b.setLocalDescription().get(20, TimeUnit.SECONDS);
        long start = System.nanoTime();
        a.setRemoteDescription(answer);
        long end = Math.max(atA.get(20, TimeUnit.SECONDS), atB.get(20, TimeUnit.SECONDS));
        a.close();
        b.close();
        return end - start;
    }

    private static CompletableFuture<Long> connected(PeerConnection connection) {
        CompletableFuture<Long> at = new CompletableFuture<>();
        connection.onIceConnectionStateChange(() -> {
            IceConnectionState state = connection.iceConnectionState();
            if (state == IceConnectionState.CONNECTED || state == IceConnectionState.COMPLETED) {
                at.complete(System.nanoTime());
            }
        });
        return at;
    }

    private static long libwebrtc(dev.onvoid.webrtc.PeerConnectionFactory factory) throws Exception {
        Side a = new Side(factory);
        Side b = new Side(factory);
        a.peer.complete(b);
        b.peer.complete(a);
        a.connection.createDataChannel("ice", new RTCDataChannelInit());
        Created offer = new Created();
        a.connection.createOffer(new RTCOfferOptions(), offer);
        a.setLocal(offer.description.get(20, TimeUnit.SECONDS)).get(20, TimeUnit.SECONDS);
        b.setRemote(offer.description.join()).get(20, TimeUnit.SECONDS);
        Created answer = new Created();
        b.connection.createAnswer(new RTCAnswerOptions(), answer);
        b.setLocal(answer.description.get(20, TimeUnit.SECONDS)).get(20, TimeUnit.SECONDS);
        long start = System.nanoTime();
        a.setRemote(answer.description.join());
        long end = Math.max(a.connected.get(20, TimeUnit.SECONDS), b.connected.get(20, TimeUnit.SECONDS));
        a.connection.close();
        b.connection.close();
        return end - start;
    }

    private static final class Created implements CreateSessionDescriptionObserver {
        final CompletableFuture<RTCSessionDescription> description = new CompletableFuture<>();

        @Override
        public void onSuccess(RTCSessionDescription made) {
            description.complete(made);
        }

        @Override
        public void onFailure(String error) {
            description.completeExceptionally(new IOException(error));
        }
    }

    /** One connection of libwebrtc; candidates wait for the description that they belong to. */
    private static final class Side implements PeerConnectionObserver {
        final RTCPeerConnection connection;
        final CompletableFuture<Side> peer = new CompletableFuture<>();
        final CompletableFuture<Long> connected = new CompletableFuture<>();
        private final List<RTCIceCandidate> early = new ArrayList<>();
        private boolean described;

        Side(dev.onvoid.webrtc.PeerConnectionFactory factory) {
            connection = factory.createPeerConnection(new RTCConfiguration(), this);
        }

        @Override
        public void onIceCandidate(RTCIceCandidate candidate) {
            peer.join().add(candidate);
        }

        @Override
        public void onIceConnectionChange(RTCIceConnectionState state) {
            if (state == RTCIceConnectionState.CONNECTED || state == RTCIceConnectionState.COMPLETED) {
                connected.complete(System.nanoTime());
            }
        }

        CompletableFuture<Boolean> setLocal(RTCSessionDescription description) {
            Done done = new Done(null);
            connection.setLocalDescription(description, done);
            return done.done;
        }

        CompletableFuture<Boolean> setRemote(RTCSessionDescription description) {
            Done done = new Done(this);
            connection.setRemoteDescription(description, done);
            return done.done;
        }

        private synchronized void add(RTCIceCandidate candidate) {
            if (described) {
                connection.addIceCandidate(candidate);
            } else {
                early.add(candidate);
            }
        }

        synchronized void described() {
            described = true;
            early.forEach(connection::addIceCandidate);
            early.clear();
        }
    }

    private static final class Done implements SetSessionDescriptionObserver {
        final CompletableFuture<Boolean> done = new CompletableFuture<>();
        private final @Nullable Side described;

        Done(@Nullable Side described) {
            this.described = described;
        }

        @Override
        public void onSuccess() {
            if (described != null) {
                described.described();
            }
            done.complete(true);
        }

        @Override
        public void onFailure(String error) {
            done.completeExceptionally(new IOException(error));
        }
    }
}
