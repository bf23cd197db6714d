package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.StatsReport;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What chrome://webrtc-internals would have kept of a connection. Any thread; listeners run on the connection's lane. */
public final class DumpRecorder implements AutoCloseable {
    /** As many as Chromium keeps. */
    private static final int MAX_VALUES = 1_000;

    private static final int MAX_SERIES = 20_000;
    private static final int MAX_UPDATES = 10_000;

    /** The values of one member of one entry. */
    private static final class Series {
        final String type;
        final String begin;
        final Deque<Object> values = new ArrayDeque<>();
        String end;

        Series(String type, String begin) {
            this.type = type;
            this.begin = begin;
            this.end = begin;
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("statsType", type);
            json.put("startTime", begin);
            json.put("endTime", end);
            json.put("values", Json.of(values));
            return json;
        }
    }

    private final PeerConnectionImpl connection;
    private final String url;
    private final Deque<Map<String, Object>> updates = new ArrayDeque<>();
    private final Map<String, Series> series = new LinkedHashMap<>();
    private final List<Registration> registrations = new ArrayList<>();
    private @Nullable SessionDescription local;
    private @Nullable SessionDescription remote;

    /**
     * Listens from now on.
     *
     * @param connection a connection of this library
     * @param url what the dump calls the page
     */
    public DumpRecorder(PeerConnection connection, String url) {
        if (!(connection instanceof PeerConnectionImpl ours)) {
            throw new IllegalArgumentException(
                    "the connection was not made by a PeerConnectionFactory of this library");
        }
        this.connection = ours;
        this.url = Objects.requireNonNull(url, "url");
        listen(registrations);
    }

    private void listen(List<Registration> to) {
        to.add(connection.onNegotiationNeeded(() -> update("negotiationneeded", "")));
        to.add(connection.onSignalingStateChange(this::signaling));
        to.add(connection.onIceConnectionStateChange(() -> update(
                "iceconnectionstatechange", connection.iceConnectionState().toString())));
        to.add(connection.onConnectionStateChange(() ->
                update("connectionstatechange", connection.connectionState().toString())));
        to.add(connection.onIceGatheringStateChange(() ->
                update("icegatheringstatechange", connection.iceGatheringState().toString())));
        to.add(connection.onIceCandidate(event -> {
            IceCandidate candidate = event.candidate();
            if (candidate != null) {
                update("icecandidate", candidate(candidate));
            }
        }));
        to.add(connection.onIceCandidateError(event -> {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("url", event.url());
            value.put("address", event.address());
            value.put("port", event.port());
            value.put("host_candidate", event.address() == null ? "" : event.address() + ":" + event.port());
            value.put("error_text", event.errorText());
            value.put("error_code", event.errorCode());
            update("icecandidateerror", Json.of(value));
        }));
        to.add(connection.onTrack(event ->
                update("ontrack", event.track().kind() + " " + event.track().id())));
        to.add(connection.onDataChannel(
                event -> update("datachannel", event.channel().label())));
    }

    private static String candidate(IceCandidate candidate) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("candidate", candidate.candidate());
        value.put("sdpMid", candidate.sdpMid());
        value.put("sdpMLineIndex", candidate.sdpMLineIndex());
        value.put("usernameFragment", candidate.usernameFragment());
        if (candidate.relayProtocol() != null) {
            value.put("relayProtocol", candidate.relayProtocol());
        }
        if (candidate.url() != null) {
            value.put("url", candidate.url());
        }
        return Json.of(value);
    }

    /** What was set since the last change, and the state that it made. */
    private void signaling() {
        SessionDescription newLocal = connection.localDescription();
        SessionDescription newRemote = connection.remoteDescription();
        // Of an exchange that began and ended between two looks, the offer was first.
        boolean localFirst = newLocal != null && newLocal.type() == SdpType.OFFER;
        if (localFirst) {
            set("setLocalDescription", newLocal, local);
        }
        set("setRemoteDescription", newRemote, remote);
        if (!localFirst) {
            set("setLocalDescription", newLocal, local);
        }
        local = newLocal;
        remote = newRemote;
        SignalingState state = connection.signalingState();
        update("signalingstatechange", state.toString());
    }

    private void set(String method, @Nullable SessionDescription now, @Nullable SessionDescription before) {
        if (now != null && differs(now, before)) {
            update(method, description(now));
        }
    }

    /** Candidates come into a description after it was set. */
    private static boolean differs(SessionDescription now, @Nullable SessionDescription before) {
        return before == null
                || now.type() != before.type()
                || !origin(now.sdp()).equals(origin(before.sdp()));
    }

    private static String origin(String sdp) {
        return sdp.lines().filter(line -> line.startsWith("o=")).findFirst().orElse("");
    }

    /** Without the ICE passwords: whoever had them could take part in the checks. */
    private static String description(SessionDescription description) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("type", description.type());
        value.put(
                "sdp",
                description
                        .sdp()
                        .lines()
                        .map(line -> line.startsWith("a=ice-pwd:") ? "a=ice-pwd:hidden" : line)
                        .collect(Collectors.joining("\r\n", "", "\r\n")));
        return Json.of(value);
    }

    private String time(double millis) {
        return Instant.ofEpochMilli((long) millis).toString();
    }

    private synchronized void update(String type, String value) {
        if (updates.size() == MAX_UPDATES) {
            updates.remove();
        }
        double now = connection.factory().wallTime().millis(connection.loop().now());
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("time", time(now));
        entry.put("timestamp", now);
        entry.put("type", type);
        entry.put("value", value);
        updates.add(entry);
    }

    /**
     * Adds a report.
     *
     * @param report of this connection
     */
    public synchronized void add(StatsReport report) {
        for (Stats entry : report.values()) {
            String time = time(entry.timestamp());
            add(entry, "timestamp", entry.timestamp(), time);
            entry.members().forEach((key, value) -> add(entry, key, value, time));
        }
    }

    private void add(Stats entry, String key, Object value, String time) {
        String name = entry.id() + "-" + key;
        Series to = series.get(name);
        if (to == null) {
            if (series.size() == MAX_SERIES) {
                return;
            }
            to = new Series(entry.type(), time);
            series.put(name, to);
        }
        if (to.values.size() == MAX_VALUES) {
            to.values.remove();
        }
        to.values.add(value);
        to.end = time;
    }

    /**
     * Everything so far.
     *
     * @return the JSON text
     */
    public synchronized String toJson() {
        Map<String, Object> stats = new LinkedHashMap<>();
        series.forEach((name, each) -> stats.put(name, each.json()));
        long process = ProcessHandle.current().pid();
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put("pid", process);
        kept.put("url", url);
        kept.put("rtcConfiguration", configuration());
        kept.put("constraints", "");
        kept.put("stats", stats);
        kept.put("updateLog", updates);
        Map<String, Object> dump = new LinkedHashMap<>();
        dump.put("getUserMedia", List.of());
        dump.put("PeerConnections", Map.of(process + "-1", kept));
        dump.put("UserAgent", "Yodel");
        dump.put("UserAgentData", List.of(brand("Not A Browser"), brand("Yodel"), brand("Yodel")));
        return Json.of(dump);
    }

    private static Map<String, Object> brand(String name) {
        Map<String, Object> brand = new LinkedHashMap<>();
        brand.put("brand", name);
        brand.put("version", "0");
        return brand;
    }

    /** Without user names and passwords. */
    private Map<String, Object> configuration() {
        var given = connection.getConfiguration();
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put(
                "iceServers",
                given.iceServers().stream()
                        .map(server -> Map.of("urls", server.urls()))
                        .toList());
        configuration.put("iceTransportPolicy", given.iceTransportPolicy());
        configuration.put("bundlePolicy", given.bundlePolicy());
        configuration.put("rtcpMuxPolicy", "require");
        configuration.put("iceCandidatePoolSize", given.iceCandidatePoolSize());
        return configuration;
    }

    /** Listens no more; what was kept stays. */
    @Override
    public void close() {
        registrations.forEach(Registration::close);
    }
}
