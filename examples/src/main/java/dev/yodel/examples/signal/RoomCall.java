package dev.yodel.examples.signal;

import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.Negotiation;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection with the other peer of a room: waits for it, negotiates, and tells when it is over. What is sent and
 * received is its owner's business. {@link #connect} belongs to one thread, {@link #hangUp} to any.
 */
public final class RoomCall implements SignalClient.Listener, AutoCloseable {
    /** Who gives the connection its tracks. */
    @FunctionalInterface
    public interface Owner {
        /**
         * A connection was made; nothing was negotiated.
         *
         * @param pc the connection
         * @param offers whether we are to offer first, else the peer does
         */
        void prepare(PeerConnection pc, boolean offers);
    }

    private final URI room;
    private final Consumer<String> notes;
    private final RoomSignaling signaling = new RoomSignaling();
    private final CompletableFuture<Boolean> politeness = new CompletableFuture<>();
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private @Nullable SignalClient client;
    private @Nullable PeerConnection pc;
    private volatile boolean connected;

    /**
     * A call that nobody has begun.
     *
     * @param room {@code ws://host:port/room}
     * @param notes hears what a person may want to know, on any thread
     */
    public RoomCall(URI room, Consumer<String> notes) {
        this.room = room;
        this.notes = notes;
    }

    /**
     * Waits for the other peer and connects to it.
     *
     * @param factory makes the connection
     * @param configuration of the connection
     * @param waitSeconds how long to wait for the other, and then for the connection; 0 for ever
     * @param owner gives it tracks
     * @return connected
     * @throws IOException if none came about; in words
     * @throws InterruptedException if the thread is interrupted
     */
    public PeerConnection connect(
            PeerConnectionFactory factory, Configuration configuration, int waitSeconds, Owner owner)
            throws IOException, InterruptedException {
        final SignalClient joined;
        try {
            joined = SignalClient.connect(room, this).get();
        } catch (ExecutionException e) {
            throw new IOException(words(e));
        }
        client = joined;
        final boolean polite = await(politeness, waitSeconds, "the other side did not come");
        final PeerConnection made = factory.newPeerConnection(configuration);
        pc = made;
        made.onConnectionStateChange(() -> {
            final ConnectionState state = made.connectionState();
            if (state == ConnectionState.CLOSED) {
                over.complete("the other side hung up");
            } else if (state == ConnectionState.FAILED) {
                over.complete("the path to the other side broke");
            }
        });
        owner.prepare(made, !polite);
        signaling.begin(joined);
        Negotiation.perfect(made, signaling, polite);
        await(made.connected(), waitSeconds, "no connection came about");
        connected = true;
        notes.accept("connected");
        return made;
    }

    private <T> T await(CompletableFuture<T> awaited, int waitSeconds, String complaint)
            throws IOException, InterruptedException {
        try {
            final CompletableFuture<Object> either = CompletableFuture.anyOf(awaited, over);
            if (waitSeconds == 0) {
                either.get();
            } else {
                either.get(waitSeconds, TimeUnit.SECONDS);
            }
            if (!awaited.isDone()) {
                throw new IOException(over.join());
            }
            return awaited.join();
        } catch (TimeoutException e) {
            throw new IOException(complaint + " within " + waitSeconds + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(words(e), e);
        }
    }

    private static String words(ExecutionException failure) {
        final Throwable cause = failure.getCause();
        final String message = cause == null ? null : cause.getMessage();
        return message == null ? failure.toString() : message;
    }

    /**
     * When the call is over.
     *
     * @return completes with the reason in words
     */
    public CompletableFuture<String> over() {
        return over;
    }

    /**
     * Ends the call.
     *
     * @param reason in words
     */
    public void hangUp(String reason) {
        over.complete(reason);
    }

    @Override
    public void onMessage(SignalMessage message) {
        if (message instanceof SignalMessage.Peer peer) {
            if (peer.present()) {
                politeness.complete(peer.polite());
            } else if (politeness.isDone()) {
                over.complete("the other side left");
            }
        } else if (message instanceof SignalMessage.Failure failure) {
            if (politeness.isDone()) {
                notes.accept("signaling: " + failure.message());
            } else {
                over.complete(failure.message());
            }
        } else if (message instanceof SignalMessage.Joined) {
            notes.accept("waiting for the other side in " + room);
        } else {
            signaling.receive(message);
        }
    }

    @Override
    public void onClosed(String reason) {
        if (over.isDone()) {
            return;
        }
        if (connected) {
            notes.accept("the signaling server is gone (" + reason + "); the call goes on without it");
        } else {
            over.complete("the signaling server closed the connection: " + reason);
        }
    }

    @Override
    public void close() {
        over.complete("closed");
        final SignalClient open = client;
        if (open != null) {
            open.send(new SignalMessage.Leave());
        }
        if (pc != null) {
            pc.close();
        }
        if (open != null) {
            open.close();
        }
    }
}
