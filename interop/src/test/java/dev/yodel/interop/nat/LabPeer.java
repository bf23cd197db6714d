package dev.yodel.interop.nat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.ice.TcpType;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidatePair;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One end of the lab's calls: a process that is told what to do by JSON lines, and tells what it sees by others. */
public final class LabPeer {
    private static final Gson GSON = new Gson();

    private final PrintStream out;
    private @Nullable PeerConnectionFactory factory;
    private @Nullable PeerConnection pc;
    private @Nullable EncodedTrack voice;
    private @Nullable LabSound sound;

    private LabPeer(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs until standard input ends.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws IOException {
        final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        final LabPeer peer = new LabPeer(out);
        peer.tell("ready", new JsonObject());
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                final JsonObject command = JsonParser.parseString(line).getAsJsonObject();
                try {
                    peer.handle(command);
                } catch (RuntimeException e) {
                    final JsonObject failure = new JsonObject();
                    failure.addProperty("text", command.get("cmd") + ": " + e);
                    peer.tell("error", failure);
                }
            }
        }
        peer.end();
        System.exit(0);
    }

    private void tell(String event, JsonObject body) {
        body.addProperty("event", event);
        synchronized (out) {
            out.println(GSON.toJson(body));
        }
    }

    private void handle(JsonObject command) {
        switch (command.get("cmd").getAsString()) {
            case "start" ->
                start(command.getAsJsonArray("servers"), command.get("offer").getAsBoolean(), settings(command));
            case "description" -> describe(command);
            case "candidate" ->
                connection()
                        .addIceCandidate(new IceCandidate(
                                command.get("candidate").getAsString(),
                                command.get("mid").getAsString(),
                                null));
            case "pair" -> tellPair();
            case "sound" ->
                sound = new LabSound(
                        voice(),
                        connection(),
                        command.has("bytes") ? command.get("bytes").getAsInt() : 160);
            case "silence" -> {
                final JsonObject body = new JsonObject();
                body.addProperty("gap", Objects.requireNonNull(sound).longestGapMillis());
                tell("silence", body);
            }
            case "packets" -> {
                final JsonObject body = new JsonObject();
                body.addProperty("packets", Objects.requireNonNull(sound).packets());
                tell("packets", body);
            }
            case "restart" -> {
                connection().restartIce();
                connection().setLocalDescription().thenAccept(this::tellDescription);
            }
            case "end" -> {
                end();
                tell("ended", new JsonObject());
            }
            default -> throw new IllegalArgumentException("unknown");
        }
    }

    private EncodedTrack voice() {
        return Objects.requireNonNull(voice);
    }

    private PeerConnection connection() {
        final PeerConnection open = pc;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return open;
    }

    /** What a start may say of ports: a range, streams that both ends open, one port and what it is from outside. */
    private static Settings settings(JsonObject command) {
        final Settings.Builder settings = Settings.builder().loops(1);
        if (command.has("ports")) {
            final String ports = command.get("ports").getAsString();
            final int dash = ports.indexOf('-');
            settings.ice(ice -> ice.portRange(
                    Integer.parseInt(ports.substring(0, dash)), Integer.parseInt(ports.substring(dash + 1))));
        }
        if (command.has("so")) {
            settings.ice(ice -> ice.tcp(TcpType.ACTIVE, TcpType.SO));
        }
        if (command.has("port")) {
            settings.udpMux(command.get("port").getAsInt(), 1);
        }
        if (command.has("public")) {
            settings.ice(ice -> ice.publicAddress(command.get("public").getAsString()));
        }
        return settings.build();
    }

    private void start(JsonArray servers, boolean offer, Settings settings) {
        end();
        final PeerConnectionFactory made =
                PeerConnectionFactory.builder().settings(settings).build();
        factory = made;
        final List<IceServer> all = new ArrayList<>();
        for (final JsonElement server : servers) {
            all.add(IceServer.of(server.getAsString(), "user", "pass"));
        }
        final PeerConnection open = made.newPeerConnection(Configuration.builder()
                .iceServers(all.toArray(new IceServer[0]))
                .build());
        pc = open;
        open.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            if (candidate != null) {
                final JsonObject body = new JsonObject();
                body.addProperty("candidate", candidate.candidate());
                body.addProperty("mid", candidate.sdpMid());
                tell("candidate", body);
            }
        });
        open.connected().whenComplete((done, error) -> {
            if (error == null) {
                tell("connected", new JsonObject());
            } else if (pc == open) {
                final JsonObject body = new JsonObject();
                body.addProperty("text", error.toString());
                tell("failed", body);
            }
        });
        final EncodedTrack track = EncodedTrack.pcmu("lab");
        voice = track;
        open.addTrack(track);
        open.onConnectionStateChange(() -> {
            final JsonObject body = new JsonObject();
            body.addProperty("state", open.connectionState().toString());
            tell("state", body);
        });
        if (offer) {
            open.setLocalDescription().thenAccept(this::tellDescription);
        } else {
            tell("waiting", new JsonObject());
        }
    }

    private void describe(JsonObject command) {
        final PeerConnection open = connection();
        final String sdp = command.get("sdp").getAsString();
        if (command.get("type").getAsString().equals("offer")) {
            open.setRemoteDescription(SessionDescription.offer(sdp))
                    .thenCompose(done -> open.setLocalDescription())
                    .thenAccept(this::tellDescription);
        } else {
            open.setRemoteDescription(SessionDescription.answer(sdp));
        }
    }

    private void tellDescription(SessionDescription description) {
        final JsonObject body = new JsonObject();
        body.addProperty("type", description.type() == SdpType.OFFER ? "offer" : "answer");
        body.addProperty("sdp", description.sdp());
        tell("description", body);
    }

    private void tellPair() {
        final JsonObject body = new JsonObject();
        final var transport = connection().getSenders().get(0).transport();
        final IceCandidatePair pair =
                transport == null ? null : transport.iceTransport().getSelectedCandidatePair();
        if (pair != null) {
            body.addProperty("local", pair.local().candidate());
            body.addProperty("remote", pair.remote().candidate());
        }
        tell("pair", body);
    }

    private void end() {
        final LabSound running = sound;
        sound = null;
        if (running != null) {
            running.close();
        }
        final PeerConnection open = pc;
        pc = null;
        if (open != null) {
            open.close();
        }
        final PeerConnectionFactory made = factory;
        factory = null;
        if (made != null) {
            made.close();
        }
    }
}
