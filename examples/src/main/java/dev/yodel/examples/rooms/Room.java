package dev.yodel.examples.rooms;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.yodel.examples.rooms.RoomMetrics.Counter;
import dev.yodel.examples.rooms.SignalBus.Envelope;
import dev.yodel.examples.rooms.SignalBus.Kind;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RtcException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One room: who is in it, who speaks, and what each of them gets. It is reached through the bus alone, works on a lane of
 * its own and takes its time from a loop, so that a whole room runs in virtual time too. It decodes nothing.
 */
final class Room implements SignalBus.Listener, Member.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** Said to who comes at the moment in which the room ends: look for it again. */
    static final String OVER = "room-over";

    private static final long TICK_NANOS = 100 * Time.MILLISECOND;
    private static final long LAYERS_NANOS = 400 * Time.MILLISECOND;
    /** Whoever has not said who they are by then is shown the door. */
    private static final long JOIN_WITHIN_NANOS = 10 * Time.SECOND;
    /** Whose connection does not stand by then is not coming. */
    private static final long CONNECT_WITHIN_NANOS = 30 * Time.SECOND;
    /** How long a lost WebSocket or connection is waited for. */
    private static final long GRACE_NANOS = 20 * Time.SECOND;

    private static final long RESTART_EVERY_NANOS = 5 * Time.SECOND;
    private static final int MAX_SCREENS = 4;
    private static final int MAX_LINE = 2_000;

    /** Who came in by a WebSocket: a member, or somebody who has not said who they are. */
    private static final class Visitor {
        private final String session;
        private final long since;
        private @Nullable Member member;

        Visitor(String session, long since) {
            this.session = session;
            this.since = since;
        }
    }

    /** What the room notes about a member beside their connection. */
    private static final class Attendance {
        private final Member member;
        private final TokenBucket lines;
        private final long joinedNanos;
        private @Nullable String session;
        private long lostNanos = Time.NEVER;
        private long brokenNanos = Time.NEVER;
        private long restartedNanos = Long.MIN_VALUE / 2;
        private long spokeNanos = Long.MIN_VALUE;
        private boolean everConnected;

        Attendance(Member member, String session, long now) {
            this.member = member;
            this.session = session;
            this.joinedNanos = now;
            this.lines = new TokenBucket(20, 4, now);
        }
    }

    private final RoomServices services;
    private final String name;
    private final String address;
    private final Lane lane;
    private final Loop clock;
    private final Runnable onOver;
    private final Registration listening;
    private final Map<String, Visitor> visitors = new HashMap<>();
    private final Map<String, Attendance> members = new LinkedHashMap<>();
    private final SpeakerDetection speakers = new SpeakerDetection();
    private final RoomRecording recording;
    private byte @Nullable [] key;
    private @Nullable LoopTimer timer;
    private @Nullable String shownSpeaker;
    private long lastNumber;
    private long layersNanos;
    private long emptySince;
    private boolean draining;
    private boolean over;
    private volatile int population;

    /**
     * A room that nobody is in yet.
     *
     * @param services the server's
     * @param name of the room
     * @param address on the bus
     * @param onOver called once when the last one has left
     */
    Room(RoomServices services, String name, String address, Runnable onOver) {
        this.services = services;
        this.name = name;
        this.address = address;
        this.onOver = onOver;
        this.lane = services.environment().newLane();
        this.clock = services.environment().nextLoop();
        this.recording = new RoomRecording(name, services);
        this.emptySince = clock.now();
        this.listening = services.bus().listen(address, this);
        clock.execute(() -> {
            timer = clock.newTimer(this::onTimer);
            timer.set(clock.now() + TICK_NANOS);
        });
    }

    private void onTimer() {
        try {
            lane.execute(this::tick);
        } catch (RejectedExecutionException closed) {
            return;
        }
        final LoopTimer set = timer;
        if (set != null) {
            set.set(clock.now() + TICK_NANOS);
        }
    }

    String name() {
        return name;
    }

    /** How many are in it. Any thread. */
    int population() {
        return population;
    }

    @Override
    public void receive(Envelope envelope) {
        try {
            lane.execute(() -> handle(envelope));
        } catch (RejectedExecutionException closed) {
            LOG.debug("room {} is over", name);
        }
    }

    private void handle(Envelope envelope) {
        if (over && envelope.kind() != Kind.OPENED) {
            return;
        }
        if (over) {
            services.bus().send(envelope.from(), new Envelope(address, Kind.CLOSED, OVER));
            return;
        }
        switch (envelope.kind()) {
            case OPENED -> visitors.put(envelope.from(), new Visitor(envelope.from(), clock.now()));
            case CLOSED -> onGone(envelope.from());
            case TEXT -> onText(envelope.from(), envelope.text());
        }
    }

    private void onText(String session, String text) {
        final Visitor visitor = visitors.get(session);
        if (visitor == null) {
            return;
        }
        try {
            final RoomMessage message = RoomMessage.parse(text);
            final Member member = visitor.member;
            if (member != null) {
                onMessage(member, message);
            } else if (message instanceof RoomMessage.Join join) {
                onJoin(visitor, join);
            } else {
                tell(session, RoomMessage.error("join-first", "say who you are first: {\"join\": {\"name\": …}}"));
            }
        } catch (RoomMessage.Malformed e) {
            services.metrics().count(Counter.BAD_MESSAGES);
            tell(session, RoomMessage.error(e.code(), e.words()));
        }
    }

    // Coming and going.

    private void onJoin(Visitor visitor, RoomMessage.Join join) {
        if (join.resume() != null) {
            resume(visitor, join.resume());
            return;
        }
        final byte[] given = join.key().getBytes(StandardCharsets.UTF_8);
        final byte[] wanted = key;
        if (draining) {
            refuse(visitor, "draining", "this server is about to stop; try again in a minute");
        } else if (wanted != null && !MessageDigest.isEqual(wanted, given)) {
            refuse(visitor, "wrong-key", "this room has another key; ask for the whole link");
        } else if (members.size() >= services.limits().participants()) {
            refuse(visitor, "room-full", "the room has " + members.size() + " people already");
        } else {
            key = wanted == null ? given : wanted;
            enter(visitor, join.name());
        }
    }

    private void enter(Visitor visitor, String personName) {
        final PeerConnection connection;
        try {
            connection = members.isEmpty()
                    ? services.factory().newPeerConnection(services.configuration())
                    : services.factory()
                            .newPeerConnection(
                                    services.configuration(),
                                    members.values().iterator().next().member.connection());
        } catch (RtcException e) {
            refuse(visitor, "unavailable", "no connection can be made: " + e.getMessage());
            return;
        }
        final long number = ++lastNumber;
        final String token = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(services.environment().random().bytes(18));
        final Member member =
                new Member("p" + number, personName, token, number, connection, lane, this, services.metrics());
        final Attendance attendance = new Attendance(member, visitor.session, clock.now());
        visitor.member = member;
        members.put(member.id(), attendance);
        population = members.size();
        services.metrics().count(Counter.JOINS);
        tellJoined(attendance);
        tellOthers(member, RoomMessage.of("member", member.described()).toString());
        seatAll();
    }

    private void resume(Visitor visitor, String token) {
        final byte[] given = token.getBytes(StandardCharsets.UTF_8);
        for (final Attendance attendance : members.values()) {
            final Member member = attendance.member;
            if (MessageDigest.isEqual(member.token().getBytes(StandardCharsets.UTF_8), given)) {
                final String before = attendance.session;
                if (before != null) {
                    visitors.remove(before);
                    services.bus().send(before, new Envelope(address, Kind.CLOSED, "you came back by another way"));
                }
                attendance.session = visitor.session;
                attendance.lostNanos = Time.NEVER;
                visitor.member = member;
                services.metrics().count(Counter.RESUMES);
                tellJoined(attendance);
                member.tellSeats();
                restart(attendance, true);
                return;
            }
        }
        refuse(visitor, "unknown-token", "nobody here has this token; join anew");
    }

    private void refuse(Visitor visitor, String code, String words) {
        services.metrics().count(Counter.JOINS_REFUSED);
        tell(visitor.session, RoomMessage.error(code, words));
        visitors.remove(visitor.session);
        services.bus().send(visitor.session, new Envelope(address, Kind.CLOSED, code));
    }

    /** A WebSocket is gone; its owner may come back within the grace. */
    private void onGone(String session) {
        final Visitor visitor = visitors.remove(session);
        final Member member = visitor == null ? null : visitor.member;
        final Attendance attendance = member == null ? null : members.get(member.id());
        if (attendance != null && session.equals(attendance.session)) {
            attendance.session = null;
            attendance.lostNanos = clock.now();
        }
    }

    private void remove(Attendance attendance, String why) {
        final Member member = attendance.member;
        if (members.remove(member.id()) == null) {
            return;
        }
        population = members.size();
        services.metrics().count(Counter.LEAVES);
        LOG.debug("{} leaves room {}: {}", member, name, why);
        recording.end(member.id());
        speakers.remove(member.id());
        final String session = attendance.session;
        if (session != null) {
            visitors.remove(session);
            services.bus().send(session, new Envelope(address, Kind.CLOSED, why));
        }
        final JsonObject gone = new JsonObject();
        gone.addProperty("gone", member.id());
        tellOthers(member, gone.toString());
        seatAll();
        // Last, so that nobody still forwards from it.
        member.close();
        if (members.isEmpty()) {
            emptySince = clock.now();
        }
    }

    // What members say.

    private void onMessage(Member member, RoomMessage message) {
        final Attendance attendance = members.get(member.id());
        if (attendance == null) {
            return;
        }
        if (message instanceof RoomMessage.Negotiate negotiate) {
            member.negotiate(negotiate.message());
        } else if (message instanceof RoomMessage.Publish publish) {
            member.publish(publish);
            tellOthers(member, RoomMessage.of("member", member.described()).toString());
            recording.changed(member);
            seatAll();
        } else if (message instanceof RoomMessage.View view) {
            member.view(view);
            seat(member);
            member.chooseLayers(byId(), services.limits().viewerBps());
        } else if (message instanceof RoomMessage.Restart) {
            restart(attendance, false);
        } else if (message instanceof RoomMessage.Recording wanted) {
            record(member, wanted.on());
        } else if (message instanceof RoomMessage.Leave) {
            remove(attendance, "left");
        } else {
            onSay(member, RoomMessage.error("unknown-message", "you are in already"));
        }
    }

    private void restart(Attendance attendance, boolean atOnce) {
        final long now = clock.now();
        if (atOnce || now - attendance.restartedNanos > RESTART_EVERY_NANOS) {
            attendance.restartedNanos = now;
            attendance.member.restart();
        }
    }

    private void record(Member member, boolean on) {
        if (!recording.allowed()) {
            onSay(member, RoomMessage.error("no-recording", "this server records nothing; start it with --record"));
            return;
        }
        if (on && !recording.running()) {
            if (!recording.begin(byId().values())) {
                onSay(member, RoomMessage.error("no-recording", "the server cannot write its recordings; see its log"));
                return;
            }
            services.metrics().count(Counter.RECORDINGS);
        } else if (!on) {
            recording.end();
        }
        tellAll(recordingState());
    }

    private String recordingState() {
        final JsonObject state = new JsonObject();
        state.addProperty("recording", recording.running());
        return state.toString();
    }

    @Override
    public void onChat(Member member, String line) {
        final Attendance attendance = members.get(member.id());
        final String text = line.strip();
        if (attendance == null || text.isEmpty()) {
            return;
        }
        if (text.length() > MAX_LINE || !attendance.lines.take(clock.now())) {
            services.metrics().count(Counter.BAD_MESSAGES);
            return;
        }
        services.metrics().count(Counter.CHAT_MESSAGES);
        final JsonObject chat = new JsonObject();
        chat.addProperty("from", member.id());
        chat.addProperty("name", member.name());
        chat.addProperty("text", text);
        final String json = chat.toString();
        for (final Attendance other : members.values()) {
            if (other != attendance) {
                other.member.chat(json);
            }
        }
    }

    @Override
    public void onState(Member member) {
        final Attendance attendance = members.get(member.id());
        if (attendance == null) {
            return;
        }
        final ConnectionState state = member.connection().connectionState();
        if (state == ConnectionState.CONNECTED) {
            attendance.everConnected = true;
            attendance.brokenNanos = Time.NEVER;
            member.showWhole();
        } else if (state == ConnectionState.CLOSED) {
            remove(attendance, "hung up");
        } else if (state == ConnectionState.DISCONNECTED || state == ConnectionState.FAILED) {
            if (attendance.brokenNanos == Time.NEVER) {
                attendance.brokenNanos = clock.now();
            }
            if (attendance.session != null) {
                restart(attendance, false);
            }
        }
    }

    @Override
    public void onSay(Member member, String text) {
        final Attendance attendance = members.get(member.id());
        if (attendance != null && attendance.session != null) {
            tell(attendance.session, text);
        }
    }

    // Time.

    private void tick() {
        if (over) {
            return;
        }
        final long now = clock.now();
        for (final Visitor visitor : List.copyOf(visitors.values())) {
            if (visitor.member == null && now - visitor.since > JOIN_WITHIN_NANOS) {
                refuse(visitor, "too-slow", "say who you are within ten seconds");
            }
        }
        for (final Attendance attendance : List.copyOf(members.values())) {
            final String why = lost(attendance, now);
            if (why != null) {
                services.metrics().count(attendance.everConnected ? Counter.LOST : Counter.NEVER_CONNECTED);
                remove(attendance, why);
            }
        }
        hear(now);
        if (now - layersNanos >= LAYERS_NANOS) {
            layersNanos = now;
            final Map<String, Member> byId = byId();
            byId.values()
                    .forEach(member ->
                            member.chooseLayers(byId, services.limits().viewerBps()));
        }
        if (members.isEmpty() && visitors.isEmpty() && now - emptySince > TICK_NANOS) {
            end();
        }
    }

    private static @Nullable String lost(Attendance attendance, long now) {
        if (attendance.lostNanos != Time.NEVER && now - attendance.lostNanos > GRACE_NANOS) {
            return "the WebSocket was lost";
        }
        if (attendance.brokenNanos != Time.NEVER && now - attendance.brokenNanos > GRACE_NANOS) {
            return "the connection was lost";
        }
        if (!attendance.everConnected && now - attendance.joinedNanos > CONNECT_WITHIN_NANOS) {
            return "no connection came about";
        }
        return null;
    }

    private void hear(long now) {
        for (final Attendance attendance : members.values()) {
            final int[] heard = attendance.member.levels().take();
            if (attendance.member.speaksAloud()) {
                for (final int level : heard) {
                    speakers.handleLevel(attendance.member.id(), level, now);
                }
            }
        }
        if (!speakers.decide(now)) {
            return;
        }
        final String speaker = speakers.dominant();
        final Attendance attendance = speaker == null ? null : members.get(speaker);
        if (attendance == null || speaker == null || speaker.equals(shownSpeaker)) {
            return;
        }
        shownSpeaker = speaker;
        attendance.spokeNanos = now;
        services.metrics().count(Counter.SPEAKER_CHANGES);
        final JsonObject message = new JsonObject();
        message.addProperty("speaker", speaker);
        tellAll(message.toString());
        seatAll();
    }

    // Who sees whom.

    private Map<String, Member> byId() {
        final Map<String, Member> byId = new LinkedHashMap<>();
        members.forEach((id, attendance) -> byId.put(id, attendance.member));
        return byId;
    }

    private void seatAll() {
        members.values().forEach(attendance -> seat(attendance.member));
    }

    private void seat(Member member) {
        final List<LastN.Person> people = new ArrayList<>();
        members.values().forEach(one -> people.add(one.member.person(one.spokeNanos)));
        final int most = services.limits().videos();
        member.seat(LastN.choose(people, member.id(), most), byId(), most + MAX_SCREENS);
    }

    // What members are told.

    private void tell(String session, String text) {
        services.bus().send(session, new Envelope(address, Kind.TEXT, text));
    }

    private void tellAll(String text) {
        members.values().forEach(attendance -> onSay(attendance.member, text));
    }

    private void tellOthers(Member member, String text) {
        for (final Attendance attendance : members.values()) {
            if (attendance.member != member) {
                onSay(attendance.member, text);
            }
        }
    }

    private void tellJoined(Attendance attendance) {
        final JsonObject joined = new JsonObject();
        joined.addProperty("room", name);
        joined.addProperty("id", attendance.member.id());
        joined.addProperty("name", attendance.member.name());
        joined.addProperty("token", attendance.member.token());
        joined.add("iceServers", IceServersJson.of(services.pageServers()));
        joined.add("rids", RoomMessage.array(Codecs.RIDS));
        joined.addProperty("mayRecord", recording.allowed());
        joined.addProperty("recording", recording.running());
        final JsonArray people = new JsonArray();
        members.values().forEach(one -> people.add(one.member.described()));
        joined.add("members", people);
        if (shownSpeaker != null && members.containsKey(shownSpeaker)) {
            joined.addProperty("speaker", shownSpeaker);
        }
        onSay(attendance.member, RoomMessage.of("joined", joined).toString());
    }

    // The end.

    /** Lets nobody in any more and says so; who is there may stay. Any thread. */
    void drain() {
        lane.execute(() -> {
            draining = true;
            tellAll("{\"draining\":true}");
        });
    }

    /** Ends the room, whoever is in it. Any thread. */
    void close() {
        lane.execute(() -> {
            List.copyOf(members.values()).forEach(attendance -> remove(attendance, "the server stops"));
            List.copyOf(visitors.values()).forEach(visitor -> refuse(visitor, "draining", "the server stops"));
            end();
        });
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        recording.end();
        listening.close();
        try {
            clock.execute(() -> {
                final LoopTimer set = timer;
                timer = null;
                if (set != null) {
                    set.close();
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("the server has stopped, and room {} with it", name);
        }
        onOver.run();
    }
}
