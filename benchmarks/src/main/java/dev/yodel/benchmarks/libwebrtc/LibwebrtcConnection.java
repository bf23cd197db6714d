package dev.yodel.benchmarks.libwebrtc;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCRtpTransceiver;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One connection of libwebrtc whose negotiation waits instead of calling back. Candidates of the peer are kept until
 * the description that they belong to is set. It signals nothing by itself. Any thread but libwebrtc's own.
 */
public final class LibwebrtcConnection implements PeerConnectionObserver {
    private static final long WAIT_SECONDS = 20;
    private static final long LOOK_MILLIS = 5;

    private final RTCPeerConnection connection;
    private final CompletableFuture<Consumer<RTCIceCandidate>> onCandidate = new CompletableFuture<>();
    private final CompletableFuture<Consumer<RTCDataChannel>> onChannel = new CompletableFuture<>();
    private final CompletableFuture<Consumer<RTCRtpTransceiver>> onTrack = new CompletableFuture<>();
    private final List<RTCIceCandidate> early = new ArrayList<>();
    private boolean described;

    /**
     * Makes a connection.
     *
     * @param factory whose
     */
    public LibwebrtcConnection(PeerConnectionFactory factory) {
        connection = factory.createPeerConnection(new RTCConfiguration(), this);
    }

    /**
     * A factory that touches no sound device.
     *
     * @return the factory; it lives as long as the process, since disposing of one in use is not safe
     */
    public static PeerConnectionFactory headless() {
        return new PeerConnectionFactory(new HeadlessAudioDeviceModule());
    }

    /**
     * The connection itself.
     *
     * @return webrtc-java's object
     */
    public RTCPeerConnection connection() {
        return connection;
    }

    /**
     * Who gets candidates, those included that came before.
     *
     * @param listener called on libwebrtc's thread
     */
    public void onCandidate(Consumer<RTCIceCandidate> listener) {
        onCandidate.complete(listener);
    }

    /**
     * Who gets channels that the peer opens.
     *
     * @param listener called on libwebrtc's thread
     */
    public void onChannel(Consumer<RTCDataChannel> listener) {
        onChannel.complete(listener);
    }

    /**
     * Who gets the peer's tracks.
     *
     * @param listener called on libwebrtc's thread
     */
    public void onTrack(Consumer<RTCRtpTransceiver> listener) {
        onTrack.complete(listener);
    }

    /**
     * An offer that is not set.
     *
     * @return the description
     * @throws Exception if libwebrtc refuses
     */
    public RTCSessionDescription createOffer() throws Exception {
        Created created = new Created();
        connection.createOffer(new RTCOfferOptions(), created);
        return created.description.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * An answer that is not set.
     *
     * @return the description
     * @throws Exception if libwebrtc refuses
     */
    public RTCSessionDescription createAnswer() throws Exception {
        Created created = new Created();
        connection.createAnswer(new RTCAnswerOptions(), created);
        return created.description.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Sets the local description.
     *
     * @param description of this connection
     * @throws Exception if libwebrtc refuses it
     */
    public void setLocal(RTCSessionDescription description) throws Exception {
        Done set = new Done();
        connection.setLocalDescription(description, set);
        set.done.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Sets the remote description, and adds the candidates that came before it.
     *
     * @param description of the peer
     * @throws Exception if libwebrtc refuses it
     */
    public void setRemote(RTCSessionDescription description) throws Exception {
        Done set = new Done();
        connection.setRemoteDescription(description, set);
        set.done.get(WAIT_SECONDS, TimeUnit.SECONDS);
        List<RTCIceCandidate> waiting;
        synchronized (early) {
            described = true;
            waiting = List.copyOf(early);
            early.clear();
        }
        waiting.forEach(connection::addIceCandidate);
    }

    /**
     * The local description with all candidates.
     *
     * @return the description
     * @throws InterruptedException if the thread is interrupted
     * @throws TimeoutException if gathering does not end
     */
    public RTCSessionDescription gathered() throws InterruptedException, TimeoutException {
        // After a restart there are no candidates in it until they are gathered again.
        for (long left = TimeUnit.SECONDS.toMillis(WAIT_SECONDS); left > 0; left -= LOOK_MILLIS) {
            RTCSessionDescription made = connection.getLocalDescription();
            if (made != null
                    && connection.getIceGatheringState() == RTCIceGatheringState.COMPLETE
                    && made.sdp.contains("a=candidate:")) {
                return made;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        throw new TimeoutException("libwebrtc does not come to an end with its candidates");
    }

    /**
     * Adds a candidate of the peer, or keeps it until the peer's description is set.
     *
     * @param candidate of the peer
     */
    public void add(RTCIceCandidate candidate) {
        synchronized (early) {
            if (!described) {
                early.add(candidate);
                return;
            }
        }
        // Never under a lock: the call waits for libwebrtc's thread, which may be on its way into onIceCandidate.
        connection.addIceCandidate(candidate);
    }

    @Override
    public void onIceCandidate(RTCIceCandidate candidate) {
        onCandidate.thenAccept(listener -> listener.accept(candidate));
    }

    @Override
    public void onDataChannel(RTCDataChannel channel) {
        onChannel.thenAccept(listener -> listener.accept(channel));
    }

    @Override
    public void onTrack(RTCRtpTransceiver transceiver) {
        onTrack.thenAccept(listener -> listener.accept(transceiver));
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

    private static final class Done implements SetSessionDescriptionObserver {
        final CompletableFuture<Boolean> done = new CompletableFuture<>();

        @Override
        public void onSuccess() {
            done.complete(true);
        }

        @Override
        public void onFailure(String error) {
            done.completeExceptionally(new IOException(error));
        }
    }
}
