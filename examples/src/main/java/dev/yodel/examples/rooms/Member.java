package dev.yodel.examples.rooms;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.io.Registration;
import dev.yodel.rtp.LayerRate;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpForwarder;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One person in a room, as the server sees them: their one connection, what comes from it, and the seats of what they get.
 * The server makes every offer, so that no two meet. Room's lane only; what the connection says is brought there.
 */
final class Member implements AutoCloseable {
    /** Who hears of a member; called on the room's lane. */
    interface Listener {
        /** Something is to be told to them. */
        void onSay(Member member, String text);

        /** The state of their connection changed. */
        void onState(Member member);

        /** They wrote a line. */
        void onChat(Member member, String line);
    }

    /** What may wait for a receiver who does not read or whose channel is not open yet; then lines are left out. */
    private static final long MAX_WAITING_CHAT = 256 << 10;

    private static final int CAMERA_HEIGHT = 720;
    private static final int SCREEN_HEIGHT = 1_080;

    private final String id;
    private final String name;
    private final String token;
    private final long joined;
    private final PeerConnection connection;
    private final Executor lane;
    private final Listener listener;
    private final RoomMetrics metrics;
    private final RtpTransceiver voice;
    private final RtpTransceiver camera;
    private final RtpTransceiver screen;
    private final DataChannel chat;
    /** Lines of chat since they came in, until their channel is open. */
    private final ArrayDeque<String> early = new ArrayDeque<>();

    private final Levels levels = new Levels();
    private final List<Registration> registrations = new ArrayList<>();
    private final List<Seat> seats = new ArrayList<>();
    private final SeatPlan plan = new SeatPlan();
    private Map<String, Integer> view = Map.of();
    private boolean viewTold;
    private long targetBps = 300_000;
    private long earlyCharacters;
    private boolean audioOn;
    private boolean videoOn;
    private boolean screenOn;
    /** The offer was told twice, so two answers to it may come. */
    private boolean toldAgain;

    private boolean closed;

    Member(
            String id,
            String name,
            String token,
            long joined,
            PeerConnection connection,
            Executor lane,
            Listener listener,
            RoomMetrics metrics) {
        this.id = id;
        this.name = name;
        this.token = token;
        this.joined = joined;
        this.connection = connection;
        this.lane = lane;
        this.listener = listener;
        this.metrics = metrics;
        // Before anything makes it needed: the event comes once. It waits for its turn on this lane.
        registrations.add(connection.onNegotiationNeeded(() -> onLane(this::offer)));
        final RtpTransceiverInit receive = RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY);
        voice = connection.addTransceiver(MediaKind.AUDIO, receive);
        voice.setCodecPreferences(Codecs.AUDIO);
        camera =
                connection.addTransceiver(MediaKind.VIDEO, receive.withReceiveRids(Codecs.RIDS.toArray(new String[0])));
        camera.setCodecPreferences(Codecs.VIDEO);
        screen = connection.addTransceiver(MediaKind.VIDEO, receive);
        screen.setCodecPreferences(Codecs.VIDEO);
        chat = connection.createDataChannel("room");
        registrations.add(voice.receiver().track().onAudioLevel(levels::add));
        registrations.add(chat.onOpen(() -> onLane(this::sendEarlyLines)));
        registrations.add(chat.onMessage(message -> {
            if (message.isText()) {
                final String line = message.text();
                onLane(() -> listener.onChat(this, line));
            }
        }));
        registrations.add(connection.onTargetBitrate(bps -> onLane(() -> targetBps = bps)));
        registrations.add(connection.onConnectionStateChange(() -> onLane(() -> listener.onState(this))));
        registrations.add(connection.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            final SignalMessage message = candidate == null
                    ? new SignalMessage.EndOfCandidates()
                    : new SignalMessage.Candidate(
                            candidate.candidate(),
                            candidate.sdpMid(),
                            candidate.sdpMLineIndex(),
                            candidate.usernameFragment());
            onLane(() -> listener.onSay(this, message.toJson()));
        }));
    }

    private void onLane(Runnable task) {
        lane.execute(() -> {
            if (!closed) {
                task.run();
            }
        });
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    String token() {
        return token;
    }

    PeerConnection connection() {
        return connection;
    }

    LastN.Person person(long spokeNanos) {
        return new LastN.Person(id, joined, spokeNanos, screenOn);
    }

    Levels levels() {
        return levels;
    }

    boolean speaksAloud() {
        return audioOn;
    }

    boolean shows(boolean screenShare) {
        return screenShare ? screenOn : videoOn;
    }

    void publish(RoomMessage.Publish wanted) {
        audioOn = wanted.audio();
        videoOn = wanted.video();
        screenOn = wanted.screen();
    }

    void view(RoomMessage.View wanted) {
        view = wanted.heights();
        viewTold = true;
    }

    RemoteTrack voiceTrack() {
        return voice.receiver().track();
    }

    RemoteTrack pictureTrack(boolean ofScreen) {
        return (ofScreen ? screen : camera).receiver().track();
    }

    boolean connected() {
        return connection.connectionState() == ConnectionState.CONNECTED;
    }

    // Negotiation.

    private void offer() {
        if (connection.signalingState() != SignalingState.STABLE) {
            return;
        }
        metrics.count(RoomMetrics.Counter.OFFERS);
        connection
                .setLocalDescription()
                .whenComplete((description, failure) -> onLane(() -> {
                    if (failure == null) {
                        tellOffer(description);
                    }
                }));
    }

    private void tellOffer(SessionDescription description) {
        final JsonObject offer = new JsonObject();
        offer.addProperty("type", "offer");
        offer.addProperty("sdp", description.sdp());
        final JsonObject send = new JsonObject();
        send.addProperty("audio", voice.mid());
        send.addProperty("camera", camera.mid());
        send.addProperty("screen", screen.mid());
        offer.add("send", send);
        final JsonArray places = new JsonArray();
        for (final Seat seat : seats) {
            final JsonObject place = new JsonObject();
            place.addProperty("audio", seat.audioMid());
            place.addProperty("video", seat.videoMid());
            places.add(place);
        }
        offer.add("places", places);
        listener.onSay(this, offer.toString());
    }

    /** Takes an answer or a candidate. */
    void negotiate(SignalMessage message) {
        try {
            if (message instanceof SignalMessage.Description answer
                    && answer.type().equals("answer")) {
                if (toldAgain && connection.signalingState() == SignalingState.STABLE) {
                    toldAgain = false;
                    return;
                }
                connection
                        .setRemoteDescription(SessionDescription.answer(answer.sdp()))
                        .handle(this::complain)
                        .thenRun(() -> onLane(this::showWhole));
            } else if (message instanceof SignalMessage.Candidate candidate) {
                connection
                        .addIceCandidate(new IceCandidateInit(
                                candidate.candidate(),
                                candidate.sdpMid(),
                                candidate.sdpMLineIndex(),
                                candidate.usernameFragment()))
                        .handle(this::complain);
            } else if (message instanceof SignalMessage.EndOfCandidates) {
                connection.addIceCandidate().handle(this::complain);
            } else {
                listener.onSay(this, RoomMessage.error("unknown-message", "the server offers; you answer"));
            }
        } catch (RtcException | IllegalArgumentException e) {
            complain(null, e);
        }
    }

    /** Tells them; when the connection is closed meanwhile, there is nobody to tell. */
    private @Nullable Object complain(@Nullable Object done, @Nullable Throwable failure) {
        if (failure == null || connection.signalingState() == SignalingState.CLOSED) {
            return done;
        }
        metrics.count(RoomMetrics.Counter.ANSWERS_REFUSED);
        final String words = String.valueOf(RtcException.of(failure).getMessage());
        onLane(() -> listener.onSay(this, RoomMessage.error("refused", words)));
        return done;
    }

    /** New ICE credentials for another network; what was offered and not answered is said again. */
    void restart() {
        connection.restartIce();
        final SessionDescription pending = connection.pendingLocalDescription();
        if (connection.signalingState() == SignalingState.HAVE_LOCAL_OFFER && pending != null) {
            toldAgain = true;
            tellOffer(pending);
        }
    }

    // What they get.

    /**
     * Seats those that they are to see.
     *
     * @param wanted the most wanted first
     * @param members by id
     * @param most seats
     */
    void seat(List<SourceId> wanted, Map<String, Member> members, int most) {
        final int size = Math.min(most, SeatPlan.seatsFor(wanted.size()));
        while (seats.size() < size) {
            seats.add(new Seat(connection, seats.size()));
        }
        plan.grow(seats.size());
        final List<Integer> changed = plan.seat(wanted);
        if (changed.isEmpty()) {
            return;
        }
        // Said first, so that nobody's picture stands under another name for longer than need be.
        tellSeats();
        for (final int place : changed) {
            final SourceId source = plan.at(place);
            final Member shown = source == null ? null : members.get(source.person());
            if (shown == null || source == null) {
                seats.get(place).show(null, null);
            } else {
                seats.get(place).show(source.screen() ? null : shown.voiceTrack(), shown.pictureTrack(source.screen()));
            }
        }
    }

    /** What was sent before it could be received is asked for again. */
    void showWhole() {
        if (connected()) {
            seats.forEach(Seat::showWhole);
        }
    }

    void tellSeats() {
        final JsonArray shown = new JsonArray();
        for (int place = 0; place < plan.size(); place++) {
            final SourceId source = plan.at(place);
            if (source == null) {
                shown.add(JsonNull.INSTANCE);
            } else {
                shown.add(source.key());
            }
        }
        final JsonObject message = new JsonObject();
        message.add("seats", shown);
        listener.onSay(this, message.toString());
    }

    /**
     * Chooses the layers anew.
     *
     * @param members by id
     * @param limitBps what a receiver is sent at the most
     */
    void chooseLayers(Map<String, Member> members, long limitBps) {
        final List<LayerChoice.Wish> wishes = new ArrayList<>();
        final Map<SourceId, Seat> bySource = new HashMap<>();
        long sound = 0;
        for (int place = 0; place < plan.size(); place++) {
            final SourceId source = plan.at(place);
            final RtpForwarder forwarder = seats.get(place).forwarder();
            final Member shown = source == null ? null : members.get(source.person());
            if (source == null || forwarder == null || shown == null) {
                continue;
            }
            sound += !source.screen() && shown.speaksAloud() ? 40_000 : 0;
            if (!shown.shows(source.screen())) {
                seats.get(place).want(0);
                continue;
            }
            if (connected()) {
                seats.get(place).askAgain();
            }
            final int height = viewTold ? view.getOrDefault(source.key(), 0) : CAMERA_HEIGHT / 2;
            bySource.put(source, seats.get(place));
            wishes.add(new LayerChoice.Wish(
                    source, height, layers(source, forwarder), seats.get(place).layer()));
        }
        final Map<SourceId, LayerChoice.Layer> chosen =
                LayerChoice.choose(Math.max(0, Math.min(targetBps, limitBps) - sound), wishes);
        for (final LayerChoice.Wish wish : wishes) {
            final Seat seat = bySource.get(wish.source());
            if (seat != null && !wish.layers().isEmpty()) {
                seat.want(Math.min(limitBps, LayerChoice.wanted(wish)));
            }
            // Until something has come nothing is known, and the smallest layer is waited for.
            if (seat != null && !wish.layers().isEmpty() && seat.choose(chosen.get(wish.source()))) {
                metrics.count(RoomMetrics.Counter.LAYER_CHANGES);
            }
        }
    }

    private static List<LayerChoice.Layer> layers(SourceId source, RtpForwarder forwarder) {
        final List<LayerChoice.Layer> layers = new ArrayList<>();
        final int whole = source.screen() ? SCREEN_HEIGHT : CAMERA_HEIGHT;
        for (final LayerRate rate : forwarder.layers()) {
            final int rank = rate.rid() == null ? -1 : Codecs.RIDS.indexOf(rate.rid());
            final int height = rank < 0 ? whole : whole >> (Codecs.RIDS.size() - 1 - rank);
            layers.add(new LayerChoice.Layer(rate.rid(), rate.bps(), rate.highestBps(), height));
        }
        // By size: a large picture that hardly moves may take less than a small one of before.
        layers.sort(Comparator.comparingInt(LayerChoice.Layer::height));
        return layers;
    }

    /** Gives them a line of chat, at the latest when their channel opens, unless they do not read. */
    void chat(String json) {
        switch (chat.readyState()) {
            case CONNECTING -> {
                if (earlyCharacters + json.length() > MAX_WAITING_CHAT) {
                    metrics.count(RoomMetrics.Counter.CHAT_DROPPED);
                    return;
                }
                earlyCharacters += json.length();
                early.add(json);
            }
            case OPEN -> {
                // It may be open before the event has had its turn here.
                sendEarlyLines();
                sendLine(json);
            }
            default -> metrics.count(RoomMetrics.Counter.CHAT_DROPPED);
        }
    }

    private void sendEarlyLines() {
        for (String line = early.poll(); line != null; line = early.poll()) {
            sendLine(line);
        }
    }

    private void sendLine(String json) {
        if (chat.bufferedAmount() > MAX_WAITING_CHAT) {
            metrics.count(RoomMetrics.Counter.CHAT_DROPPED);
            return;
        }
        chat.sendAsync(json).exceptionally(failure -> null);
    }

    /** What the others are told of them. */
    JsonObject described() {
        final JsonObject person = new JsonObject();
        person.addProperty("id", id);
        person.addProperty("name", name);
        person.addProperty("audio", audioOn);
        person.addProperty("video", videoOn);
        person.addProperty("screen", screenOn);
        return person;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        registrations.forEach(Registration::close);
        seats.forEach(Seat::close);
        connection.close();
    }

    @Override
    public String toString() {
        return "member " + id + " " + connection.connectionState();
    }
}
