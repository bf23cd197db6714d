package dev.yodel.examples.rooms;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.examples.rooms.SignalBus.Envelope;
import dev.yodel.examples.rooms.SignalBus.Kind;
import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpSender;
import dev.yodel.webrtc.RtpTrack;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.SessionDescription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A participant as a browser is one: answers offers, sends three layers of a picture, watches what it is seated. */
final class SimulatedPerson implements AutoCloseable {
    /** Bytes of a frame of the smallest layer. */
    static final int SMALLEST = 600;

    /** Frame sizes of the layers at 25 pictures a second: 120, 400 and 1,200 kbit/s. */
    private static final List<Map.Entry<String, Integer>> SIZES =
            List.of(Map.entry("q", SMALLEST), Map.entry("h", 2_000), Map.entry("f", 6_000));

    final SimulatedHost host;
    final List<JsonObject> heard = new ArrayList<>();
    final List<JsonObject> errors = new ArrayList<>();
    final List<String> lines = new ArrayList<>();
    /** The frames seen of each source. */
    final Map<String, List<EncodedFrame>> seen = new HashMap<>();

    final Map<String, Long> firstSeenNanos = new HashMap<>();
    final EncodedTrack picture = EncodedTrack.vp8("picture");
    final EncodedTrack voice = EncodedTrack.opus("voice");
    final PeerConnection connection;

    @Nullable
    String closedWith;

    int keyRequests;
    String id = "";
    String token = "";

    private final SimulatedRoom room;
    private final PeerConnectionFactory factory;
    private String session;
    private Registration listening;
    private JsonArray places = new JsonArray();
    private List<String> seats = List.of();
    private @Nullable DataChannel channel;
    private boolean published;
    private boolean sending;
    private boolean still;
    private boolean largestFirst;
    private String easyLayer = "";
    private int easyBytes;
    private boolean keyWanted = true;
    private boolean answering = true;
    private UnaryOperator<String> answerAs = UnaryOperator.identity();
    private int frames;

    SimulatedPerson(SimulatedRoom room, SimulatedHost host, String session) {
        this.room = room;
        this.host = host;
        this.session = session;
        host.uplink().delay(Duration.ofMillis(10));
        host.downlink().delay(Duration.ofMillis(10));
        factory = SimulatedRoom.factory(host);
        connection = factory.newPeerConnection();
        picture.onKeyFrameRequest(() -> {
            keyRequests++;
            keyWanted = true;
            if (still) {
                write();
            }
        });
        connection.onIceCandidate(event -> {
            if (event.candidate() != null) {
                final JsonObject json = new JsonObject();
                json.addProperty("candidate", event.candidate().candidate());
                json.addProperty("sdpMid", event.candidate().sdpMid());
                json.addProperty("sdpMLineIndex", event.candidate().sdpMLineIndex());
                say(json.toString());
            }
        });
        connection.onDataChannel(event -> {
            channel = event.channel();
            event.channel().onMessage(message -> lines.add(message.text()));
        });
        listening = room.bus.listen(session, this::onEnvelope);
        send(Kind.OPENED, "10.2.0.1");
    }

    private void onEnvelope(Envelope envelope) {
        // The WebSocket takes its time, too.
        room.simulator.schedule(Duration.ofMillis(20), () -> {
            if (envelope.kind() == Kind.CLOSED) {
                closedWith = envelope.text();
            } else {
                receive(JsonParser.parseString(envelope.text()));
            }
        });
    }

    private void send(Kind kind, String text) {
        final String from = session;
        room.simulator.schedule(
                Duration.ofMillis(20), () -> room.bus.send("room/kitchen/1", new Envelope(from, kind, text)));
    }

    void say(String json) {
        send(Kind.TEXT, json);
    }

    /** Says other answers than its connection gives. */
    void answerAs(UnaryOperator<String> change) {
        answerAs = change;
    }

    /** Sends RTP packets as they are instead of its picture or voice. */
    RtpTrack sendRaw(MediaKind kind) {
        final RtpTrack raw = RtpTrack.of(kind, "raw", kind == MediaKind.VIDEO ? "VP8" : "opus");
        senderOf(kind).replaceTrack(raw);
        return raw;
    }

    /** Sends its own picture again. */
    void sendPicture() {
        keyWanted = true;
        senderOf(MediaKind.VIDEO).replaceTrack(picture);
    }

    private RtpSender senderOf(MediaKind kind) {
        return connection.getSenders().stream()
                .filter(sender -> sender.track() != null && sender.track().kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    /** Answers nothing from now on. */
    void stopAnswering() {
        answering = false;
    }

    /** The WebSocket is lost; the connection may live. */
    void loseSocket() {
        send(Kind.CLOSED, "");
        listening.close();
    }

    /** Opens another WebSocket and shows a token. */
    void resume(String withToken) {
        session = session + "+";
        listening = room.bus.listen(session, this::onEnvelope);
        send(Kind.OPENED, "10.2.0.1");
        say("{\"join\":{\"name\":\"x\",\"resume\":\"" + withToken + "\"}}");
    }

    private void receive(JsonElement json) {
        if (json.isJsonNull()) {
            connection.addIceCandidate();
            return;
        }
        final JsonObject message = json.getAsJsonObject();
        heard.add(message);
        if (message.has("type")) {
            if (answering) {
                answer(message);
            }
        } else if (message.has("candidate")) {
            connection.addIceCandidate(new IceCandidateInit(
                    message.get("candidate").getAsString(),
                    message.get("sdpMid").getAsString(),
                    null,
                    null));
        } else if (message.has("seats")) {
            final List<String> now = new ArrayList<>();
            message.getAsJsonArray("seats").forEach(seat -> now.add(seat.isJsonNull() ? "" : seat.getAsString()));
            seats = now;
        } else if (message.has("joined")) {
            id = message.getAsJsonObject("joined").get("id").getAsString();
            token = message.getAsJsonObject("joined").get("token").getAsString();
        } else if (message.has("error")) {
            errors.add(message.getAsJsonObject("error"));
        }
    }

    private RtpTransceiver transceiver(JsonElement mid) {
        return connection.getTransceivers().stream()
                .filter(one -> mid.getAsString().equals(one.mid()))
                .findFirst()
                .orElseThrow();
    }

    private void answer(JsonObject offer) {
        connection
                .setRemoteDescription(SessionDescription.offer(offer.get("sdp").getAsString()))
                .thenCompose(done -> {
                    final int known = places.size();
                    places = offer.getAsJsonArray("places");
                    for (int i = known; i < places.size(); i++) {
                        watch(i);
                    }
                    if (!published) {
                        published = true;
                        publish(offer.getAsJsonObject("send"));
                    }
                    return connection.setLocalDescription();
                })
                .thenAccept(answer -> {
                    final JsonObject json = new JsonObject();
                    json.addProperty("type", "answer");
                    json.addProperty("sdp", answerAs.apply(answer.sdp()));
                    say(json.toString());
                });
    }

    private void watch(int place) {
        final JsonObject mids = places.get(place).getAsJsonObject();
        transceiver(mids.get("video")).receiver().track().onFrame(frame -> {
            final String source = place < seats.size() ? seats.get(place) : "";
            seen.computeIfAbsent(source, key -> new ArrayList<>()).add(frame);
            firstSeenNanos.putIfAbsent(source, room.simulator.now());
        });
    }

    private void publish(JsonObject send) {
        for (final Map.Entry<String, EncodedTrack> entry :
                List.of(Map.entry("audio", voice), Map.entry("camera", picture))) {
            final RtpTransceiver transceiver = transceiver(send.get(entry.getKey()));
            transceiver.direction(RtpTransceiverDirection.SENDONLY);
            transceiver.sender().replaceTrack(entry.getValue());
        }
    }

    /** Sends pictures from now on. */
    void show() {
        sending = true;
        say("{\"publish\":{\"audio\":true,\"video\":true,\"screen\":false}}");
        frame();
    }

    /** From now on nothing moves: a picture is sent only where one is asked for. */
    void standStill() {
        sending = false;
        still = true;
    }

    void stopShowing() {
        sending = false;
    }

    /** One layer's frames have so many bytes for a while, as where little moves; null for all as they are. */
    void ease(@Nullable String rid, int bytes) {
        easyLayer = rid == null ? "" : rid;
        easyBytes = bytes;
    }

    /** Goes on after it stopped, without a word to anyone, with the largest layer first. */
    void goOn() {
        largestFirst = true;
        sending = true;
        frame();
    }

    private void frame() {
        if (sending) {
            write();
            room.simulator.schedule(Duration.ofMillis(40), this::frame);
        }
    }

    private void write() {
        final boolean key = keyWanted;
        keyWanted = false;
        final int number = frames++;
        // In this order, which that of a Map.of would not be: it differs from JVM to JVM.
        final List<Map.Entry<String, Integer>> order = new ArrayList<>(SIZES);
        if (largestFirst) {
            Collections.reverse(order);
        }
        order.forEach(layer -> {
            final String rid = layer.getKey();
            final byte[] data = new byte[rid.equals(easyLayer) ? easyBytes : layer.getValue()];
            data[0] = (byte) (key ? 0x10 : 0x11);
            data[10] = (byte) (number >> 8);
            data[11] = (byte) number;
            picture.write(EncodedFrame.ofTimestamp(data, 3_600L * number)
                    .withKeyFrame(key)
                    .withRid(rid));
        });
    }

    /** Writes a line of chat. */
    void write(String line) {
        Objects.requireNonNull(channel, "no channel yet").sendAsync(line);
    }

    /** The frames seen of a source. */
    List<EncodedFrame> framesOf(String source) {
        return seen.getOrDefault(source, List.of());
    }

    /** The layer that was seen last of a source, by its size. */
    String layerOf(String source) {
        final List<EncodedFrame> all = framesOf(source);
        final int size = all.isEmpty() ? 0 : all.get(all.size() - 1).data().length;
        for (final Map.Entry<String, Integer> entry : SIZES) {
            if (entry.getValue() == size) {
                return entry.getKey();
            }
        }
        return "none";
    }

    @Override
    public void close() {
        sending = false;
        listening.close();
        factory.close();
    }
}
