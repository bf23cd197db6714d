package dev.yodel.interop.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Polling;
import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.Negotiation;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.StatsReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One random sequence of changes by both sides of a call with a page, negotiated perfectly: add, remove, stop, replace,
 * directions, ICE restarts, at moments that make offers collide. At the end both sides are stable, have the same
 * transceivers, and media flows wherever the directions say so.
 *
 * <p>The first offer is the impolite side's alone: when Chromium takes back an offer of its own whose transport has just
 * begun to gather, that transport may never gather, between two pages of its own too.
 */
final class Storm implements AutoCloseable, Negotiation.Signal {
    /**
     * A browser keeps packets to itself that it counts as sent: less has left by all its pairs than it counts. Or it counts
     * ours for another section than they and our descriptions say ({@link Placement}). It is told, and no failure of ours.
     */
    static final class BrowsersOwn extends AssertionError {
        private static final long serialVersionUID = 1;

        BrowsersOwn(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static final int STEPS = 12;
    /**
     * 0 addTrack, 1 addTransceiver, 2 removeTrack, 3 stop, 4 direction, 5 replaceTrack, 6 restartIce. {@code
     * -Dyodel.storms.changes=01245} leaves some out.
     */
    private static final List<Integer> CHANGES = System.getProperty("yodel.storms.changes", "0123456")
            .chars()
            .mapToObj(digit -> digit - '0')
            .toList();

    private static final int QUIET_SWAPS = 8;

    /** {@code -Dyodel.storms.patience=N} for a machine with much else to do. */
    private static final int PATIENCE_SECONDS = Integer.getInteger("yodel.storms.patience", 30);

    private static final int KEPT_SECONDS = 3;
    private static final int LONGEST_STORY = 120;
    private static final int LONGEST_TRACE = 2_000;
    private static final List<RtpTransceiverDirection> DIRECTIONS = List.of(
            RtpTransceiverDirection.SENDRECV,
            RtpTransceiverDirection.SENDONLY,
            RtpTransceiverDirection.RECVONLY,
            RtpTransceiverDirection.INACTIVE);
    private static final byte[] OPUS = {(byte) 0xf8, (byte) 0xff, (byte) 0xfe};

    /** A key frame's header (RFC 6386 9.1) of 16 x 16 and a little more: it only has to be carried. */
    private static final byte[] VP8 = {
        0x30, 0x01, 0x00, (byte) 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66
    };

    private final long seed;
    private final Random random;
    private final StormPage page;
    private final PeerConnection connection;
    private final boolean polite;
    private final Queue<Object> outbox = new ConcurrentLinkedQueue<>();
    private final List<Consumer<SessionDescription>> descriptionListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<IceCandidate>> candidateListeners = new CopyOnWriteArrayList<>();
    private final List<EncodedTrack> tracks = new CopyOnWriteArrayList<>();
    private final Map<RtpReceiver, AtomicLong> heard = new ConcurrentHashMap<>();
    private final ArrayDeque<String> story = new ArrayDeque<>();
    /** Every message and every state of our transports, with its time, for the file of a storm that fails. */
    private final Queue<String> trace = new ConcurrentLinkedQueue<>();

    private final Placement placement;

    private final AtomicInteger traced = new AtomicInteger();
    private final Set<DtlsTransport> watched = ConcurrentHashMap.newKeySet();
    private final long begun = System.nanoTime();

    /** The factory's packets pass {@code packets}. */
    Storm(
            long seed,
            PeerConnectionFactory factory,
            SentPackets packets,
            StormPage page,
            ScheduledExecutorService clock) {
        this.seed = seed;
        this.random = new Random(seed);
        this.page = page;
        this.placement = new Placement(packets);
        this.polite = random.nextBoolean();
        connection = factory.newPeerConnection();
        connection.onTrack(event -> count(event.receiver(), event.track()));
        connection.onConnectionStateChange(() -> trace("we are " + connection.connectionState()));
        page.start(!polite);
        Negotiation.perfect(connection, this, polite);
        clock.scheduleAtFixedRate(this::talk, 20, 20, TimeUnit.MILLISECONDS);
    }

    private void count(RtpReceiver receiver, RemoteTrack track) {
        heard.computeIfAbsent(receiver, added -> {
            AtomicLong packets = new AtomicLong();
            track.onRtp(packet -> packets.incrementAndGet());
            return packets;
        });
    }

    private void trace(String what) {
        if (traced.incrementAndGet() <= LONGEST_TRACE) {
            trace.add((System.nanoTime() - begun) / 1_000_000 + " ms: " + what);
        }
    }

    private void watchTransports() {
        for (RtpTransceiver each : connection.getTransceivers()) {
            DtlsTransport transport = each.sender().transport();
            if (transport != null && watched.add(transport)) {
                trace("new " + transport);
                transport.onStateChange(() -> trace("our " + transport));
                transport.iceTransport().onStateChange(() -> trace("our " + transport.iceTransport()));
            }
        }
    }

    /** {@code target/storms/BROWSER-SEED.txt}: everything that was said, and what our transports did. */
    private void writeTrace(String why) {
        try {
            Path file =
                    Files.createDirectories(Path.of("target", "storms")).resolve(page.browser() + "-" + seed + ".txt");
            List<String> lines = new ArrayList<>(trace);
            connection.getStats().join().values().forEach(each -> lines.add(each.toString()));
            lines.addAll(page.statistics());
            lines.addAll(placement.story());
            lines.add(why);
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is told when it fails; a negotiation that never ends would fill the memory. */
    private void tell(String what) {
        if (story.size() == LONGEST_STORY) {
            story.removeLast();
        }
        story.add(what);
    }

    private void talk() {
        for (EncodedTrack track : tracks) {
            track.write(EncodedFrame.ofDuration(track.kind() == MediaKind.AUDIO ? OPUS : VP8, 20_000_000));
        }
    }

    // The way to the page. Any thread posts; the test's thread carries.

    @Override
    public void send(SessionDescription description) {
        outbox.add(description);
    }

    @Override
    public void send(IceCandidate candidate) {
        outbox.add(candidate.toJson());
    }

    @Override
    public Registration onDescription(Consumer<SessionDescription> listener) {
        descriptionListeners.add(listener);
        return () -> descriptionListeners.remove(listener);
    }

    @Override
    public Registration onCandidate(Consumer<IceCandidate> listener) {
        candidateListeners.add(listener);
        return () -> candidateListeners.remove(listener);
    }

    /** Carries messages both ways once; whether there were any. */
    private boolean carry() {
        boolean busy = false;
        for (Object message = outbox.poll(); message != null; message = outbox.poll()) {
            busy = true;
            if (message instanceof SessionDescription description) {
                tell("we " + description.type());
                trace("we " + description.type() + "\n" + description.sdp());
                if (description.type() == SdpType.OFFER) {
                    placement.offer(description.sdp());
                } else {
                    placement.answer(description.sdp());
                }
                page.post(description);
            } else if (message instanceof IceCandidateInit candidate) {
                trace("our " + candidate);
                page.post(candidate);
            }
        }
        watchTransports();
        for (Object message : page.swap()) {
            busy = true;
            if (message instanceof SessionDescription description) {
                tell("page " + description.type());
                trace("page " + description.type() + "\n" + description.sdp());
                placement.heard(description.sdp(), description.type() == SdpType.ANSWER);
                descriptionListeners.forEach(listener -> listener.accept(description));
            } else if (message instanceof IceCandidateInit init) {
                trace("page's " + init);
                IceCandidate candidate = new IceCandidate(
                        init.candidate(), init.sdpMid(), init.sdpMLineIndex(), init.usernameFragment());
                candidateListeners.forEach(listener -> listener.accept(candidate));
            }
        }
        return busy;
    }

    // The changes.

    /**
     * Runs it; what went wrong, or null. A failure leaves the file of its {@link #trace}, with {@code
     * -Dyodel.storms.trace=true} a success too.
     */
    @Nullable
    AssertionError failure() {
        try {
            run();
            if (Boolean.getBoolean("yodel.storms.trace")) {
                writeTrace("converged");
            }
            return null;
        } catch (AssertionError e) {
            writeTrace(String.valueOf(e.getMessage()));
            return e;
        }
    }

    private void run() {
        begin();
        for (int i = 0; i < STEPS; i++) {
            int choice = CHANGES.get(random.nextInt(CHANGES.size()));
            int pick = random.nextInt(1_000);
            if (random.nextBoolean()) {
                tell("we change " + choice + "/" + pick);
                trace("we change " + choice + "/" + pick);
                changeOurs(choice, pick);
            } else {
                tell("page changes " + choice + "/" + pick);
                trace("page changes " + choice + "/" + pick);
                page.change(choice, pick);
            }
            for (int swaps = random.nextInt(4); swaps > 0; swaps--) {
                carry();
            }
        }
        // Whatever was taken away, at the end both have something to say, at the same time.
        addOnBothSides();
        if (expected(seen()) < 2) {
            // RFC 9429 5.10: a new section may meet a transceiver that addTrack had made there, inactive since.
            trace("both add again");
            addOnBothSides();
        }
        compare();
        media();
    }

    private void addOnBothSides() {
        connection.addTransceiver(track(MediaKind.AUDIO), RtpTransceiverInit.DEFAULT);
        page.change(7, 1);
        settle();
    }

    private void begin() {
        if (polite) {
            page.change(0, 1);
        } else {
            changeOurs(0, 1);
        }
        settle();
        if (polite) {
            changeOurs(0, 1);
        } else {
            page.change(0, 1);
        }
    }

    private void changeOurs(int choice, int pick) {
        List<RtpTransceiver> all = connection.getTransceivers().stream()
                .filter(each -> !each.stopped() && each.direction() != RtpTransceiverDirection.STOPPED)
                .toList();
        MediaKind kind = pick % 3 == 0 ? MediaKind.VIDEO : MediaKind.AUDIO;
        if (choice == 0 || (choice > 1 && choice < 6 && all.isEmpty())) {
            connection.addTrack(track(kind), MediaStream.create("s" + pick % 3));
            return;
        }
        if (choice == 1) {
            connection.addTransceiver(kind);
            return;
        }
        if (choice == 6) {
            connection.restartIce();
            return;
        }
        RtpTransceiver one = all.get(pick % all.size());
        switch (choice) {
            case 2 -> connection.removeTrack(one.sender());
            case 3 -> one.stop();
            case 4 -> turn(one, DIRECTIONS.get(pick % 4));
            default ->
                one.sender()
                        .replaceTrack(
                                one.sender().track() == null
                                        ? track(one.receiver().track().kind())
                                        : null)
                        .exceptionally(gone -> null);
        }
    }

    /** An exchange that is under way may stop it first. */
    private static void turn(RtpTransceiver one, RtpTransceiverDirection direction) {
        try {
            one.direction(direction);
        } catch (InvalidStateException e) {
            if (!one.stopped() && one.direction() != RtpTransceiverDirection.STOPPED) {
                throw e;
            }
        }
    }

    private EncodedTrack track(MediaKind kind) {
        String id = "track" + tracks.size();
        EncodedTrack track = kind == MediaKind.AUDIO ? EncodedTrack.opus(id) : EncodedTrack.vp8(id);
        tracks.add(track);
        return track;
    }

    private void settle() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int quiet = 0;
        while (quiet < QUIET_SWAPS) {
            boolean busy = carry();
            quiet = !busy && page.idle() && connection.signalingState() == SignalingState.STABLE ? quiet + 1 : 0;
            if (System.nanoTime() > deadline) {
                throw new AssertionError("negotiation does not come to rest: " + where());
            }
        }
        assertThat(page.errors()).as(where()).isEmpty();
        assertThat(connection.signalingState()).as(where()).isEqualTo(SignalingState.STABLE);
    }

    private Map<String, String> ours() {
        Map<String, String> all = new TreeMap<>();
        for (RtpTransceiver each : connection.getTransceivers()) {
            all.put(String.valueOf(each.mid()), each.receiver().track().kind() + " " + each.currentDirection());
        }
        return all;
    }

    private static String reversed(String direction) {
        return switch (direction) {
            case "sendonly" -> "recvonly";
            case "recvonly" -> "sendonly";
            default -> direction;
        };
    }

    private void compare() {
        Map<String, String> theirs = new TreeMap<>();
        for (StormPage.Seen each : page.transceivers()) {
            theirs.put(String.valueOf(each.mid()), each.kind() + " " + reversed(each.direction()));
        }
        assertThat(ours()).as(where()).isEqualTo(theirs).isNotEmpty().doesNotContainKey("null");
    }

    private static boolean sends(String direction) {
        return direction.startsWith("send");
    }

    /** Everything that should flow flows: more packets than now on every section, on both sides. */
    private void media() {
        Map<String, Long> before = new TreeMap<>();
        page.transceivers().forEach(each -> before.put(String.valueOf(each.mid()), each.packets()));
        Map<String, Long> beforeOurs = new TreeMap<>();
        for (RtpTransceiver each : connection.getTransceivers()) {
            beforeOurs.put(String.valueOf(each.mid()), packets(each));
        }
        try {
            Polling.until("media everywhere", PATIENCE_SECONDS, () -> {
                carry();
                return flows(before, beforeOurs) ? true : null;
            });
        } catch (AssertionError e) {
            String story = e.getMessage() + ": " + where() + ", page " + page.streams() + ", we " + streams();
            Set<String> kept = keptByThePage(before, beforeOurs);
            if (!kept.isEmpty()) {
                throw new BrowsersOwn("the page keeps what it counts as sent in " + kept + ": " + story, e);
            }
            Map<String, List<String>> misplaced = misplacedByThePage(before, beforeOurs);
            if (!misplaced.isEmpty()) {
                String whose = "the page counts the packets of " + misplaced + " for others: " + story;
                throw misplaced.values().stream().allMatch(List::isEmpty)
                        ? new BrowsersOwn(whose, e)
                        : new AssertionError(whose, e);
            }
            throw new AssertionError(story, e);
        }
        assertThat(page.connectionState()).as(where()).isEqualTo("connected");
    }

    /**
     * The sections whose packets do not come although the page counts them as sent: what has left by all its pairs in a
     * while is less than what is heard and the smallest of these. Empty if that does not hold, or anything else is missing.
     */
    private Set<String> keptByThePage(Map<String, Long> before, Map<String, Long> beforeOurs) {
        Set<String> silent = new TreeSet<>();
        for (String missing : missing(before, beforeOurs)) {
            if (!missing.startsWith("page ")) {
                return Set.of();
            }
            silent.add(missing.substring("page ".length()));
        }
        StormPage.Sent first = page.sent();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(KEPT_SECONDS);
        while (System.nanoTime() < until) {
            carry();
        }
        StormPage.Sent last = page.sent();
        long heardBytes = 0;
        long least = Long.MAX_VALUE;
        for (Map.Entry<String, Long> each : last.sections().entrySet()) {
            long sent = each.getValue() - first.sections().getOrDefault(each.getKey(), 0L);
            if (silent.contains(each.getKey())) {
                least = Math.min(least, sent);
            } else {
                heardBytes += sent;
            }
        }
        return last.left() - first.left() < heardBytes + least
                        && last.sections().keySet().containsAll(silent)
                ? silent
                : Set.of();
    }

    /**
     * The sections whose packets the page lacks although its own statistics show their sources, under other sections, each
     * with our faults. Empty if anything else is missing.
     */
    private Map<String, List<String>> misplacedByThePage(Map<String, Long> before, Map<String, Long> beforeOurs) {
        Map<Long, String> ours = new TreeMap<>();
        for (Stats each : connection.getStats().join().values()) {
            Double ssrc = each.number("ssrc");
            String mid = each.text("mid");
            if (each.type().equals("outbound-rtp") && ssrc != null && mid != null) {
                ours.put(ssrc.longValue(), mid);
            }
        }
        Map<String, List<String>> misplaced = new TreeMap<>();
        page.sections().forEach((ssrc, mid) -> {
            String sentAs = ours.get(ssrc);
            if (sentAs != null && !sentAs.equals(mid)) {
                misplaced.put("we " + sentAs, placement.faults(ssrc, sentAs, mid));
            }
        });
        return misplaced.keySet().containsAll(missing(before, beforeOurs)) ? misplaced : Map.of();
    }

    private List<String> streams() {
        StatsReport report = connection.getStats().join();
        List<String> all = new ArrayList<>();
        for (Stats each : report.values()) {
            if (each.type().endsWith("bound-rtp") && each.text("mid") != null) {
                Double sent = each.number("packetsSent");
                all.add(each.type() + " " + each.text("mid") + " " + each.number("ssrc") + " "
                        + (sent == null ? each.number("packetsReceived") : sent));
            }
        }
        return all;
    }

    private long packets(RtpTransceiver transceiver) {
        AtomicLong count = heard.get(transceiver.receiver());
        return count == null ? 0 : count.get();
    }

    private boolean flows(Map<String, Long> before, Map<String, Long> beforeOurs) {
        return missing(before, beforeOurs).isEmpty();
    }

    /** The page's transceivers by section. */
    private Map<String, StormPage.Seen> seen() {
        Map<String, StormPage.Seen> seen = new TreeMap<>();
        page.transceivers().forEach(each -> seen.put(String.valueOf(each.mid()), each));
        return seen;
    }

    private static boolean weSend(RtpTransceiver ours) {
        return sends(String.valueOf(ours.currentDirection())) && ours.sender().track() != null;
    }

    private static boolean pageSends(StormPage.Seen theirs) {
        return sends(theirs.direction()) && theirs.sends();
    }

    /** How many streams should flow, both ways together. */
    private int expected(Map<String, StormPage.Seen> seen) {
        long ours = connection.getTransceivers().stream().filter(Storm::weSend).count();
        return (int) (ours + seen.values().stream().filter(Storm::pageSends).count());
    }

    /** What should have come since and has not, "we" or "page" and the section; "nothing" if less than both ways flow. */
    private List<String> missing(Map<String, Long> before, Map<String, Long> beforeOurs) {
        Map<String, StormPage.Seen> seen = seen();
        List<String> missing = new ArrayList<>();
        for (RtpTransceiver each : connection.getTransceivers()) {
            String mid = String.valueOf(each.mid());
            StormPage.Seen other = seen.get(mid);
            if (other == null) {
                missing.add("we " + mid);
                continue;
            }
            if (weSend(each) && other.packets() <= before.getOrDefault(mid, 0L)) {
                missing.add("we " + mid);
            }
            if (pageSends(other) && packets(each) <= beforeOurs.getOrDefault(mid, 0L)) {
                missing.add("page " + mid);
            }
        }
        if (expected(seen) < 2) {
            missing.add("nothing");
        }
        return missing;
    }

    private String where() {
        return "seed " + seed + ", we are " + (polite ? "polite" : "impolite") + ", " + connection + " " + ours()
                + ", heard " + heard.values() + ", page " + page.states() + " " + page.transceivers() + " "
                + page.errors() + " "
                + page.console() + ", " + story;
    }

    @Override
    public void close() {
        connection.close();
        page.end();
    }
}
