package dev.yodel.examples.whip;

import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtpForwarder;
import dev.yodel.webrtc.RtpSender;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.whip.WhipException;
import dev.yodel.whip.WhipServer;
import dev.yodel.whip.WhipSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Who publishes what, and who watches it: {@code /whip/NAME} takes one publisher, {@code /whep/NAME} any number of players.
 * Packets are forwarded as they are; nothing is decoded. May be used from any thread.
 */
public final class Broadcasts {
    /** One name's publisher. */
    private static final class Broadcast {
        private final WhipSession publisher;
        private final List<RemoteTrack> tracks = new CopyOnWriteArrayList<>();
        private final List<WhipSession> players = new CopyOnWriteArrayList<>();
        /** Whether all of its tracks are there: its offer has been answered. */
        private volatile boolean open;

        Broadcast(WhipSession publisher) {
            this.publisher = publisher;
        }
    }

    private final Map<String, Broadcast> byName = new ConcurrentHashMap<>();
    private final Consumer<String> log;

    /**
     * Nobody publishes.
     *
     * @param log gets a line about each that comes and goes
     */
    public Broadcasts(Consumer<String> log) {
        this.log = log;
    }

    /**
     * Adds the endpoints.
     *
     * @param builder of the server
     * @return the same builder
     */
    public WhipServer.Builder addTo(WhipServer.Builder builder) {
        return builder.publish("/whip/", this::publish).play("/whep/", this::play);
    }

    private static String name(WhipSession session) {
        return session.path().substring(session.path().lastIndexOf('/') + 1);
    }

    void publish(WhipSession session) {
        final String name = name(session);
        final Broadcast broadcast = new Broadcast(session);
        if (byName.putIfAbsent(name, broadcast) != null) {
            throw new WhipException(409, "somebody publishes under this name already");
        }
        final PeerConnection connection = session.connection();
        connection.onTrack(event -> broadcast.tracks.add(event.track()));
        connection.onSignalingStateChange(() -> {
            // A player who came sooner would have nothing to play, for good.
            if (!broadcast.open && connection.signalingState() == SignalingState.STABLE) {
                broadcast.open = true;
                log.accept(name + ": published");
            }
        });
        session.onEnd(() -> {
            byName.remove(name, broadcast);
            log.accept(name + ": over");
            broadcast.players.forEach(WhipSession::close);
        });
    }

    void play(WhipSession session) {
        final String name = name(session);
        final Broadcast broadcast = byName.get(name);
        if (broadcast == null || !broadcast.open) {
            throw new WhipException(404, "nobody publishes under this name yet");
        }
        final List<RtpForwarder> forwarders = new ArrayList<>();
        for (final RemoteTrack track : broadcast.tracks) {
            final RtpForwarder forwarder = RtpForwarder.of(track);
            forwarders.add(forwarder);
            final RtpSender sender = session.connection().addTrack(forwarder.track());
            if (track.kind() == MediaKind.VIDEO) {
                sender.onTargetBitrate(forwarder::maxBitrate);
            }
        }
        broadcast.players.add(session);
        log.accept(name + ": watched by " + broadcast.players.size());
        session.onEnd(() -> {
            forwarders.forEach(RtpForwarder::close);
            broadcast.players.remove(session);
            log.accept(name + ": watched by " + broadcast.players.size());
        });
        if (byName.get(name) != broadcast) {
            session.close();
            throw new WhipException(404, "the publisher has just left");
        }
    }

    /**
     * Ends one broadcast, with its players.
     *
     * @param name the last part of the publisher's path
     */
    public void end(String name) {
        final Broadcast broadcast = byName.get(name);
        if (broadcast != null) {
            broadcast.publisher.close();
        }
    }
}
