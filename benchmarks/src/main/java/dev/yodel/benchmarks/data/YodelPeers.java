package dev.yodel.benchmarks.data;

import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two connections of ours. */
final class YodelPeers implements Peers {
    private final PeerConnection a;
    private final PeerConnection b;
    private final End first;
    private final End second;

    private YodelPeers(PeerConnectionFactory factory, Buffered buffered) throws Exception {
        a = factory.newPeerConnection();
        b = factory.newPeerConnection();
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
        CompletableFuture<Void> opened = new CompletableFuture<>();
        CompletableFuture<End> announced = new CompletableFuture<>();
        b.onDataChannel(event -> announced.complete(new End(event.channel(), buffered)));
        DataChannel channel = a.createDataChannel("bench");
        channel.onOpen(() -> opened.complete(null));
        first = new End(channel, buffered);
        a.setLocalDescription()
                .thenCompose(b::setRemoteDescription)
                .thenCompose(done -> b.setLocalDescription())
                .thenCompose(a::setRemoteDescription)
                .get(20, TimeUnit.SECONDS);
        opened.get(20, TimeUnit.SECONDS);
        second = announced.get(20, TimeUnit.SECONDS);
    }

    /** With callbacks on lanes, as they are, or on the loops, as libwebrtc has them on a thread of its own. */
    static Maker maker(Buffered buffered, boolean callbacksOnLoop) {
        PeerConnectionFactory factory = callbacksOnLoop
                ? PeerConnectionFactory.builder()
                        .settings(Settings.builder().callbacksOnLoop().build())
                        .build()
                : PeerConnectionFactory.create();
        return new Maker() {
            @Override
            public Peers make() throws Exception {
                return new YodelPeers(factory, buffered);
            }

            @Override
            public void close() {
                factory.close();
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
        a.close();
        b.close();
    }

    private static final class End implements Duplex {
        private final DataChannel channel;
        private final Buffered buffered;
        private final Semaphore room = new Semaphore(0);

        End(DataChannel channel, Buffered buffered) {
            this.channel = channel;
            this.buffered = buffered;
            channel.bufferedAmountLowThreshold(buffered.least());
            channel.onBufferedAmountLow(room::release);
        }

        @Override
        public void send(byte[] data) throws InterruptedException {
            channel.send(data);
            if (channel.bufferedAmount() > buffered.most()) {
                room.drainPermits();
                while (channel.bufferedAmount() > buffered.least() && !room.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                    // The event may have come before the permits were drained.
                }
            }
        }

        @Override
        public void onMessage(Consumer<byte[]> listener) {
            channel.onMessage(message -> listener.accept(message.bytes()));
        }
    }
}
