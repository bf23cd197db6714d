package dev.yodel.examples.signal;

import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelInit;
import dev.yodel.webrtc.Negotiation;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Meets the other peer of a room, and again whenever one of them was gone: each time both are there, a fresh connection
 * with one data channel between them. {@link #next} belongs to one thread; a link's future completes on threads of the
 * library.
 */
public final class Meeting implements AutoCloseable {
    /** One connection to the other peer. */
    public static final class Link implements AutoCloseable {
        private final PeerConnection pc;
        private final DataChannel channel;
        private final RoomSignaling signaling = new RoomSignaling();
        private final CompletableFuture<String> broken = new CompletableFuture<>();

        private Link(PeerConnection pc, DataChannel channel) {
            this.pc = pc;
            this.channel = channel;
        }

        /**
         * The channel, open.
         *
         * @return ordered and reliable
         */
        public DataChannel channel() {
            return channel;
        }

        /**
         * The connection.
         *
         * @return connected
         */
        public PeerConnection connection() {
            return pc;
        }

        /**
         * When the link is of no use any more.
         *
         * @return completes with the reason in words
         */
        public CompletableFuture<String> broken() {
            return broken;
        }

        private void breakOff(String reason) {
            broken.complete(reason);
        }

        @Override
        public void close() {
            breakOff("closed");
            pc.close();
        }
    }

    /** What {@link #next} waits for: a link, or why there will be none. */
    private record News(@Nullable Link link, @Nullable IOException failure, boolean lost) {}

    private static final long RETRY_MILLIS = 1_000;

    private final PeerConnectionFactory factory;
    private final Configuration configuration;
    private final URI room;
    private final String label;
    private final Consumer<String> notes;
    private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
    private @Nullable SignalClient client;
    private @Nullable Link current;
    private boolean closed;

    /**
     * A meeting that nobody has gone to.
     *
     * @param factory makes the connections
     * @param configuration of every connection
     * @param room {@code ws://host:port/room}
     * @param label of the channel; both sides must give the same
     * @param notes hears what a person may want to know, on any thread
     */
    public Meeting(
            PeerConnectionFactory factory,
            Configuration configuration,
            URI room,
            String label,
            Consumer<String> notes) {
        this.factory = factory;
        this.configuration = configuration;
        this.room = room;
        this.label = label;
        this.notes = notes;
    }

    /**
     * Waits for the other peer and the next link to it; the one before is closed.
     *
     * @param waitMillis how long to wait at the most; 0 for ever
     * @return a link whose channel is open
     * @throws IOException if the room cannot be joined, or the time is over; in words
     * @throws InterruptedException if the thread is interrupted
     */
    public Link next(long waitMillis) throws IOException, InterruptedException {
        long deadline = waitMillis == 0 ? Long.MAX_VALUE : System.currentTimeMillis() + waitMillis;
        boolean everJoined = client != null;
        while (true) {
            if (client == null || isLost()) {
                try {
                    join();
                    everJoined = true;
                } catch (IOException e) {
                    if (!everJoined || System.currentTimeMillis() > deadline) {
                        throw e;
                    }
                    TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
                    continue;
                }
            }
            long left = deadline - System.currentTimeMillis();
            News latest = left <= 0 ? null : news.poll(left, TimeUnit.MILLISECONDS);
            if (latest == null) {
                throw new IOException("the other side did not come within " + waitMillis / 1000 + " s");
            }
            if (latest.failure() != null) {
                throw latest.failure();
            }
            Link link = latest.link();
            if (link != null && !link.broken().isDone()) {
                return link;
            }
        }
    }

    private synchronized boolean isLost() {
        return client == null;
    }

    private void join() throws IOException, InterruptedException {
        try {
            SignalClient.connect(room, new Stay()).get();
        } catch (java.util.concurrent.ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof IOException io ? io : new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** One stay in the room; what comes is handled in its order, on the client's thread. */
    private final class Stay implements SignalClient.Listener {
        private @Nullable SignalClient open;

        @Override
        public void onOpen(SignalClient opened) {
            boolean late;
            synchronized (Meeting.this) {
                open = opened;
                client = opened;
                late = closed;
            }
            if (late) {
                opened.close();
            }
        }

        @Override
        public void onMessage(SignalMessage message) {
            handle(message, Objects.requireNonNull(open, "onOpen comes first"));
        }

        @Override
        public void onClosed(String reason) {
            synchronized (Meeting.this) {
                if (client == open) {
                    client = null;
                }
            }
            news.add(new News(null, null, true));
        }
    }

    private void handle(SignalMessage message, SignalClient from) {
        if (message instanceof SignalMessage.Peer peer) {
            endCurrent("the other side left");
            if (peer.present()) {
                begin(from, peer.polite());
            }
        } else if (message instanceof SignalMessage.Failure failure) {
            if (failure.code().equals("room-full") || failure.code().equals("server-full")) {
                news.add(new News(null, new IOException(failure.message()), false));
            } else if (!failure.code().equals("no-peer")) {
                notes.accept("signaling: " + failure.message());
            }
        } else if (message instanceof SignalMessage.Description
                || message instanceof SignalMessage.Candidate
                || message instanceof SignalMessage.EndOfCandidates) {
            Link link;
            synchronized (this) {
                link = current;
            }
            if (link != null) {
                link.signaling.receive(message);
            }
        }
    }

    private void endCurrent(String reason) {
        Link before;
        synchronized (this) {
            before = current;
            current = null;
        }
        if (before != null) {
            before.breakOff(reason);
            before.pc.close();
        }
    }

    private void begin(SignalClient over, boolean polite) {
        Link link;
        synchronized (this) {
            if (closed) {
                return;
            }
            PeerConnection pc = factory.newPeerConnection(configuration);
            DataChannel channel = pc.createDataChannel(
                    label, DataChannelInit.builder().negotiated(true).id(0).build());
            link = new Link(pc, channel);
            current = link;
        }
        link.signaling.begin(over);
        link.channel.onOpen(() -> news.add(new News(link, null, false)));
        link.channel.onClose(() -> link.breakOff("the other side closed the channel"));
        link.pc.onConnectionStateChange(() -> {
            if (link.pc.connectionState() == ConnectionState.FAILED) {
                link.pc.connected().exceptionally(error -> {
                    notes.accept(String.valueOf(error.getMessage()));
                    return null;
                });
                link.breakOff("the connection failed");
            }
        });
        Negotiation.perfect(link.pc, link.signaling, polite);
    }

    @Override
    public void close() {
        SignalClient open;
        synchronized (this) {
            closed = true;
            open = client;
            client = null;
        }
        endCurrent("closed");
        if (open != null) {
            open.close();
        }
    }
}
