package dev.yodel.interop.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelInit;
import dev.yodel.webrtc.MessageEvent;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Our end of a connection to a data bot, and its channels with what came on them. */
public final class DataEnd implements AutoCloseable {
    /** How long anything may take on a machine under load. */
    public static final int PATIENCE_SECONDS = 60;

    /** A channel and what came on it. */
    public static final class Line {
        public final DataChannel channel;
        final CompletableFuture<Void> open = new CompletableFuture<>();
        final CompletableFuture<Void> closed = new CompletableFuture<>();
        private final CompletableFuture<Void> first = new CompletableFuture<>();
        private final BlockingQueue<MessageEvent> messages = new LinkedBlockingQueue<>();

        Line(DataChannel channel) {
            this.channel = channel;
            channel.onOpen(() -> open.complete(null));
            channel.onClose(() -> closed.complete(null));
            channel.onMessage(message -> {
                messages.add(message);
                first.complete(null);
            });
        }

        public Line awaitOpen() throws Exception {
            open.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return this;
        }

        void awaitClosed() throws Exception {
            closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        /** Waits for a first message; false if the channel is closed without one. */
        boolean answers() throws Exception {
            CompletableFuture.anyOf(first, closed).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return first.isDone();
        }

        public MessageEvent next() throws InterruptedException {
            MessageEvent message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(message).as("a message on %s", channel).isNotNull();
            return Objects.requireNonNull(message);
        }

        int waiting() {
            return messages.size();
        }
    }

    public final PeerConnection connection;
    private final DataPeer peer;
    private final Map<String, CompletableFuture<Line>> announced = new ConcurrentHashMap<>();
    private Line control;

    private DataEnd(PeerConnectionFactory factory, Configuration configuration, DataPeer peer) {
        this.peer = peer;
        connection = factory.newPeerConnection(configuration);
        connection.onDataChannel(event -> announced(event.channel().label()).complete(new Line(event.channel())));
        control = new Line(connection.createDataChannel("control"));
    }

    /** Connects to a bot, and leaves with a control channel that is open. */
    public static DataEnd connect(PeerConnectionFactory factory, DataPeer peer, boolean weOffer) throws Exception {
        return connect(factory, Configuration.DEFAULT, peer, weOffer);
    }

    /** The same, with servers. */
    public static DataEnd connect(
            PeerConnectionFactory factory, Configuration configuration, DataPeer peer, boolean weOffer)
            throws Exception {
        DataEnd end = new DataEnd(factory, configuration, peer);
        if (weOffer) {
            end.connection.setLocalDescription();
            SessionDescription offer = end.connection.gatheringComplete().get(30, TimeUnit.SECONDS);
            SessionDescription answer = peer.answer(offer);
            end.connection.setRemoteDescription(answer).get(10, TimeUnit.SECONDS);
        } else {
            end.connection.setRemoteDescription(peer.offer()).get(10, TimeUnit.SECONDS);
            end.connection.setLocalDescription();
            peer.accept(end.connection.gatheringComplete().get(30, TimeUnit.SECONDS));
            end.control = end.fromPeer("control");
        }
        end.control.awaitOpen();
        return end;
    }

    private CompletableFuture<Line> announced(String label) {
        return announced.computeIfAbsent(label, unused -> new CompletableFuture<>());
    }

    Line open(String label, DataChannelInit init) throws Exception {
        return new Line(connection.createDataChannel(label, init)).awaitOpen();
    }

    public Line open(String label) throws Exception {
        return open(label, DataChannelInit.DEFAULT);
    }

    /** A channel that the bot opens by itself or was told to open. */
    Line fromPeer(String label) throws Exception {
        return announced(label).get(PATIENCE_SECONDS, TimeUnit.SECONDS).awaitOpen();
    }

    /** Tells the bot to open a channel. */
    Line openByPeer(String label, String init) throws Exception {
        control.channel.send("open {\"label\": \"" + label + "\", \"init\": " + init + "}");
        return fromPeer(label);
    }

    void tell(String command) {
        control.channel.send(command);
    }

    @Override
    public String toString() {
        return connection + "; the peer said " + peer.story();
    }

    @Override
    public void close() {
        connection.close();
    }
}
