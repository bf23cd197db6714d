package dev.yodel.benchmarks.data;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.yodel.benchmarks.libwebrtc.LibwebrtcConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two connections of libwebrtc by webrtc-java. */
final class LibwebrtcPeers implements Peers {
    private final LibwebrtcConnection a;
    private final LibwebrtcConnection b;
    private final End first;
    private final End second;

    private LibwebrtcPeers(PeerConnectionFactory factory, Buffered buffered) throws Exception {
        a = new LibwebrtcConnection(factory);
        b = new LibwebrtcConnection(factory);
        a.onCandidate(b::add);
        b.onCandidate(a::add);
        CompletableFuture<End> announced = new CompletableFuture<>();
        b.onChannel(channel -> announced.complete(new End(channel, buffered)));
        first = new End(a.connection().createDataChannel("bench", new RTCDataChannelInit()), buffered);
        RTCSessionDescription offer = a.createOffer();
        a.setLocal(offer);
        b.setRemote(offer);
        RTCSessionDescription answer = b.createAnswer();
        b.setLocal(answer);
        a.setRemote(answer);
        first.open.get(20, TimeUnit.SECONDS);
        second = announced.get(20, TimeUnit.SECONDS);
        second.open.get(20, TimeUnit.SECONDS);
    }

    static Maker maker(Buffered buffered) {
        PeerConnectionFactory factory = LibwebrtcConnection.headless();
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
        a.connection().close();
        b.connection().close();
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
