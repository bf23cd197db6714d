package dev.yodel.benchmarks.data;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two connections of libwebrtc by webrtc-java. */
final class LibwebrtcPeers implements Peers {
    private final Side a;
    private final Side b;
    private final End first;
    private final End second;

    private LibwebrtcPeers(PeerConnectionFactory factory, Buffered buffered) throws Exception {
        a = new Side(factory, buffered);
        b = new Side(factory, buffered);
        a.peer(b);
        b.peer(a);
        first = new End(a.connection.createDataChannel("bench", new RTCDataChannelInit()), buffered);
        Created offer = new Created();
        a.connection.createOffer(new RTCOfferOptions(), offer);
        set(a, b, offer.description.get(20, TimeUnit.SECONDS));
        Created answer = new Created();
        b.connection.createAnswer(new RTCAnswerOptions(), answer);
        set(b, a, answer.description.get(20, TimeUnit.SECONDS));
        first.open.get(20, TimeUnit.SECONDS);
        second = b.announced.get(20, TimeUnit.SECONDS);
        second.open.get(20, TimeUnit.SECONDS);
    }

    private static void set(Side local, Side remote, RTCSessionDescription description) throws Exception {
        Done one = new Done();
        local.connection.setLocalDescription(description, one);
        one.done.get(20, TimeUnit.SECONDS);
        Done other = new Done();
        remote.connection.setRemoteDescription(description, other);
        other.done.get(20, TimeUnit.SECONDS);
        remote.described();
    }

    static Maker maker(Buffered buffered) {
        PeerConnectionFactory factory = new PeerConnectionFactory(new HeadlessAudioDeviceModule());
        return new Maker() {
            @Override
            public Peers make() throws Exception {
                return new LibwebrtcPeers(factory, buffered);
            }

            @Override
            public void close() {
                // The process ends; disposing of a factory in use is not safe.
            }
        };
    }

    @Override
    public Duplex first() {
        return first;
    }

    @Override
    public Duplex second() {
        return second;
    }

    @Override
    public void close() {
        a.connection.close();
        b.connection.close();
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

    /** One connection; candidates wait for the description that they belong to. */
    private static final class Side implements PeerConnectionObserver {
        final RTCPeerConnection connection;
        final CompletableFuture<End> announced = new CompletableFuture<>();
        private final Buffered buffered;
        private final CompletableFuture<Side> peer = new CompletableFuture<>();
        private final List<RTCIceCandidate> early = new ArrayList<>();
        private boolean described;

        Side(PeerConnectionFactory factory, Buffered buffered) {
            this.buffered = buffered;
            connection = factory.createPeerConnection(new RTCConfiguration(), this);
        }

        void peer(Side other) {
            peer.complete(other);
        }

        @Override
        public void onIceCandidate(RTCIceCandidate candidate) {
            peer.join().add(candidate);
        }

        private void add(RTCIceCandidate candidate) {
            synchronized (early) {
                if (!described) {
                    early.add(candidate);
                    return;
                }
            }
            // Never under a lock: the call waits for libwebrtc's thread, which may be on its way into onIceCandidate.
            connection.addIceCandidate(candidate);
        }

        void described() {
            List<RTCIceCandidate> waiting;
            synchronized (early) {
                described = true;
                waiting = List.copyOf(early);
                early.clear();
            }
            waiting.forEach(connection::addIceCandidate);
        }

        @Override
        public void onDataChannel(RTCDataChannel channel) {
            announced.complete(new End(channel, buffered));
        }
    }

    private static final class End implements Duplex, RTCDataChannelObserver {
        final CompletableFuture<Boolean> open = new CompletableFuture<>();
        private final RTCDataChannel channel;
        private final Buffered buffered;
        private final Semaphore room = new Semaphore(0);
        private volatile Consumer<byte[]> listener = data -> {};

        End(RTCDataChannel channel, Buffered buffered) {
            this.channel = channel;
            this.buffered = buffered;
            channel.registerObserver(this);
            onStateChange();
        }

        @Override
        public void send(byte[] data) throws InterruptedException {
            try {
                channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(data), true));
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            if (channel.getBufferedAmount() > buffered.most()) {
                while (channel.getBufferedAmount() > buffered.least()) {
                    // Each sending releases a permit, so this wait ends with the next.
                    room.tryAcquire(10, TimeUnit.MILLISECONDS);
                    room.drainPermits();
                }
            }
        }

        @Override
        public void onMessage(Consumer<byte[]> to) {
            listener = to;
        }

        @Override
        public void onBufferedAmountChange(long before) {
            room.release();
        }

        @Override
        public void onStateChange() {
            if (channel.getState() == RTCDataChannelState.OPEN) {
                open.complete(true);
            }
        }

        @Override
        public void onMessage(RTCDataChannelBuffer message) {
            byte[] data = new byte[message.data.remaining()];
            message.data.get(data);
            listener.accept(data);
        }
    }
}
