package dev.yodel.webrtc;

import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Calls of the whole API at random, right and wrong ones, on two connections. What a call gives is kept; what it throws
 * must be W3C's exception. Any thread, each with its own source of randomness.
 */
final class RandomCalls {
    private static final List<RtpTransceiverDirection> DIRECTIONS = List.of(
            RtpTransceiverDirection.SENDRECV,
            RtpTransceiverDirection.SENDONLY,
            RtpTransceiverDirection.RECVONLY,
            RtpTransceiverDirection.INACTIVE);
    private static final List<String> CANDIDATES = List.of(
            "candidate:1 1 udp 2130706431 10.1.0.77 5000 typ host",
            "candidate:2 1 tcp 1518280447 10.1.0.77 9 typ host tcptype active",
            "candidate:3 1 udp nonsense",
            "");
    private static final int CHOICES = 27;

    /** Everything that a call promised. */
    final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();

    /** What no call may do: throw or fail with anything but W3C's exceptions. */
    final Queue<String> surprises = new ConcurrentLinkedQueue<>();

    private final List<DataChannel> channels = new CopyOnWriteArrayList<>();

    /** Uses the channels that a connection hears of, too. */
    void listen(PeerConnection connection) {
        connection.onDataChannel(event -> channels.add(event.channel()));
    }

    void promise(String call, CompletableFuture<?> future) {
        futures.add(future.whenComplete((value, error) -> {
            if (error != null) {
                judge(call, error);
            }
        }));
    }

    private void judge(String call, Throwable error) {
        Throwable inner = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        StackTraceElement[] at = inner.getStackTrace();
        // W3C's TypeError is an IllegalArgumentException of our own; one of the JDK's would be a bug.
        boolean typeError = inner.getClass() == IllegalArgumentException.class
                && at.length > 0
                && at[0].getClassName().startsWith("dev.yodel.webrtc");
        if (!(inner instanceof RtcException) && !typeError) {
            surprises.add(call + ": " + inner + (at.length > 0 ? " at " + at[0] : ""));
        }
    }

    /** One call of {@code from}, or one that starts with it and goes on to {@code to}. */
    void one(PeerConnection from, PeerConnection to, Random random) {
        int choice = random.nextInt(CHOICES);
        try {
            if (choice < 9) {
                tracks(from, random, choice);
            } else if (choice < 19) {
                descriptions(from, to, random, choice);
            } else {
                rest(from, random, choice);
            }
        } catch (RuntimeException e) {
            judge("call " + choice, e);
        }
    }

    private static MediaKind kind(Random random) {
        return random.nextInt(3) == 0 ? MediaKind.VIDEO : MediaKind.AUDIO;
    }

    private static EncodedTrack track(Random random) {
        String id = "track" + random.nextInt(1_000_000);
        return kind(random) == MediaKind.AUDIO ? EncodedTrack.opus(id) : EncodedTrack.vp8(id);
    }

    private void tracks(PeerConnection of, Random random, int choice) {
        if (choice < 2) {
            of.addTrack(track(random), MediaStream.create("s" + random.nextInt(3)));
            return;
        }
        if (choice == 2) {
            of.addTransceiver(kind(random), RtpTransceiverInit.of(DIRECTIONS.get(random.nextInt(4))));
            return;
        }
        List<RtpTransceiver> all = of.getTransceivers();
        if (all.isEmpty()) {
            return;
        }
        RtpTransceiver transceiver = all.get(random.nextInt(all.size()));
        switch (choice) {
            case 3 -> transceiver.stop();
            case 4 -> of.removeTrack(transceiver.sender());
            case 5 -> transceiver.direction(DIRECTIONS.get(random.nextInt(4)));
            case 6 ->
                promise("replaceTrack", transceiver.sender().replaceTrack(random.nextBoolean() ? null : track(random)));
            case 7 ->
                promise(
                        "setParameters",
                        transceiver.sender().setParameters(transceiver.sender().getParameters()));
            default ->
                transceiver.setCodecPreferences(
                        RtpSender.getCapabilities(kind(random)).codecs());
        }
    }

    private void descriptions(PeerConnection from, PeerConnection to, Random random, int choice) {
        switch (choice) {
            case 9 -> promise("half an exchange", from.setLocalDescription().thenCompose(to::setRemoteDescription));
            case 10 -> promise("rollback", from.setLocalDescription(SessionDescription.rollback()));
            case 11 -> promise("rollback", from.setRemoteDescription(SessionDescription.rollback()));
            case 12 -> {
                CompletableFuture<SessionDescription> offer = from.createOffer(new OfferOptions(random.nextBoolean()));
                promise("createOffer", random.nextBoolean() ? offer : offer.thenCompose(from::setLocalDescription));
            }
            case 13 -> {
                boolean provisional = random.nextBoolean();
                promise("createAnswer", from.createAnswer().thenCompose(answer -> from.setLocalDescription(
                                provisional ? SessionDescription.pranswer(answer.sdp()) : answer)
                        .thenCompose(done -> to.setRemoteDescription(
                                provisional ? SessionDescription.pranswer(answer.sdp()) : answer))));
            }
            case 14 -> {
                SessionDescription theirs = to.localDescription();
                if (theirs != null) {
                    promise("setRemoteDescription", from.setRemoteDescription(theirs));
                }
            }
            default -> exchange(from, to);
        }
    }

    /** Offer and answer, whatever comes between. */
    private void exchange(PeerConnection from, PeerConnection to) {
        promise(
                "an exchange",
                from.setLocalDescription()
                        .thenCompose(to::setRemoteDescription)
                        .thenCompose(done -> to.setLocalDescription())
                        .thenCompose(from::setRemoteDescription));
    }

    private void rest(PeerConnection of, Random random, int choice) {
        switch (choice) {
            case 19 -> channels.add(of.createDataChannel("channel" + random.nextInt(3)));
            case 20 -> {
                if (!channels.isEmpty()) {
                    DataChannel channel = channels.get(random.nextInt(channels.size()));
                    if (random.nextInt(4) == 0) {
                        channel.close();
                    } else if (random.nextBoolean()) {
                        channel.send("hello");
                    } else {
                        promise("sendAsync", channel.sendAsync(new byte[random.nextInt(5_000)]));
                    }
                }
            }
            case 21 -> promise("getStats", of.getStats());
            case 22 -> {
                for (RtpTransceiver each : of.getTransceivers()) {
                    promise("getStats of a sender", each.sender().getStats());
                    promise("getStats of a receiver", each.receiver().getStats());
                }
            }
            case 23 -> of.restartIce();
            case 24 -> of.setConfiguration(of.getConfiguration());
            case 25 ->
                promise(
                        "addIceCandidate",
                        of.addIceCandidate(new IceCandidateInit(
                                CANDIDATES.get(random.nextInt(CANDIDATES.size())), null, random.nextInt(3), null)));
            default -> {
                String shown = of + " " + of.getSenders() + of.getReceivers() + of.getTransceivers() + of.sctp()
                        + of.canTrickleIceCandidates() + of.iceGatheringState();
                if (shown.isEmpty()) {
                    surprises.add("nothing is shown");
                }
            }
        }
    }
}
