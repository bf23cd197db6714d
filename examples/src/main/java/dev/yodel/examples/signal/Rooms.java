package dev.yodel.examples.signal;

import dev.yodel.examples.web.TextAcceptor;
import dev.yodel.examples.web.TextConnection;
import dev.yodel.examples.web.TextHandler;
import dev.yodel.examples.web.WebServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rooms of two peers, each named by the path of the WebSocket. It hands descriptions and candidates on to the other
 * peer, and nothing else; it keeps none of them. May be used from any thread.
 */
public final class Rooms implements TextAcceptor {
    private static final int MAX_NAME_LENGTH = 64;
    private static final int POLICY_VIOLATION = 1008;
    private static final int TRY_AGAIN_LATER = 1013;
    private static final int NORMAL = 1000;

    private final int maxPeers;
    private final Map<String, List<Member>> rooms = new HashMap<>();
    private int peers;

    /** Makes the rooms of a server for at most 2,000 peers. */
    public Rooms() {
        this(2_000);
    }

    Rooms(int maxPeers) {
        this.maxPeers = maxPeers;
    }

    @Override
    public @Nullable TextHandler accept(String path, String query) {
        final String name = path.substring(1);
        return isRoomName(name) ? new Member(name) : null;
    }

    /**
     * Whether a room may have this name.
     *
     * @param name 1 to 64 letters, digits, dots, dashes or underscores of ASCII
     * @return whether it may
     */
    public static boolean isRoomName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            final char c = name.charAt(i);
            final boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return true;
    }

    synchronized int peers() {
        return peers;
    }

    private synchronized boolean join(Member member) {
        if (peers >= maxPeers) {
            member.fail("server-full", "this server has no place left; try again later");
            member.disconnect(TRY_AGAIN_LATER, "server full");
            return false;
        }
        final List<Member> members = rooms.computeIfAbsent(member.room, name -> new ArrayList<>(2));
        if (members.size() >= 2) {
            member.fail("room-full", "the room \"" + member.room + "\" has two peers already; choose another");
            member.disconnect(POLICY_VIOLATION, "room full");
            return false;
        }
        members.add(member);
        peers++;
        // The later peer is impolite and offers; whoever waited gives way.
        member.send(new SignalMessage.Joined(member.room, members.size() == 1));
        if (members.size() == 2) {
            members.get(0).send(new SignalMessage.Peer(true, true));
            member.send(new SignalMessage.Peer(true, false));
        }
        return true;
    }

    private synchronized void leave(Member member) {
        final List<Member> members = rooms.get(member.room);
        if (members == null || !members.remove(member)) {
            return;
        }
        peers--;
        if (members.isEmpty()) {
            rooms.remove(member.room);
        } else {
            members.get(0).send(new SignalMessage.Peer(false, true));
        }
    }

    private synchronized @Nullable Member other(Member member) {
        final List<Member> members = rooms.get(member.room);
        if (members != null && members.contains(member)) {
            for (final Member candidate : members) {
                if (candidate != member) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private final class Member implements TextHandler {
        private final String room;
        private @Nullable TextConnection connection;
        private boolean in;

        Member(String room) {
            this.room = room;
        }

        @Override
        public void onOpen(TextConnection opened) {
            connection = opened;
            in = join(this);
        }

        @Override
        public void onText(String text) {
            if (!in) {
                return;
            }
            final SignalMessage message;
            try {
                message = SignalMessage.parse(text);
            } catch (SignalMessage.Malformed e) {
                fail(e.code(), e.getMessage());
                return;
            }
            if (message instanceof SignalMessage.Leave) {
                in = false;
                leave(this);
                send(new SignalMessage.Left());
                disconnect(NORMAL, "left");
            } else if (message instanceof SignalMessage.Description
                    || message instanceof SignalMessage.Candidate
                    || message instanceof SignalMessage.EndOfCandidates) {
                relay(message);
            } else {
                fail("unknown-message", "only the server says that");
            }
        }

        private void relay(SignalMessage message) {
            final Member peer = other(this);
            if (peer == null) {
                fail("no-peer", "nobody else is in the room \"" + room + "\"");
            } else {
                peer.send(message);
            }
        }

        @Override
        public void onTooLarge() {
            fail("too-large", "a message has at most " + WebServer.MAX_MESSAGE_BYTES + " bytes");
        }

        @Override
        public void onBinary() {
            fail("unknown-message", "messages are text");
        }

        @Override
        public void onClosed() {
            in = false;
            leave(this);
        }

        void send(SignalMessage message) {
            final TextConnection open = connection;
            if (open != null) {
                open.send(message.toJson());
            }
        }

        void fail(String code, @Nullable String message) {
            send(new SignalMessage.Failure(code, message == null ? code : message));
        }

        void disconnect(int code, String reason) {
            final TextConnection open = connection;
            if (open != null) {
                open.close(code, reason);
            }
        }
    }
}
