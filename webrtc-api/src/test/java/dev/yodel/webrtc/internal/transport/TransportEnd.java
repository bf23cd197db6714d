package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.bc.BouncyCastleDtls;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.ReceiveParameters;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpSessionOptions;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.sctp.dcep.ChannelParameters;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpPacketEvent;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One end of a pair of transports for tests, with what it heard. */
final class TransportEnd implements TransportListener {
    static final List<RtpCodec> OPUS = List.of(new RtpCodec(111, "opus", 48_000, 2));
    private static final HeaderExtensionIds IDS = HeaderExtensionIds.of(Map.of(HeaderExtensionIds.MID, 3));

    final Loop loop;
    final DtlsCertificate certificate;
    final IceCredentials credentials;
    final CompletableFuture<Void> connected = new CompletableFuture<>();
    final CompletableFuture<Void> dtlsClosed = new CompletableFuture<>();
    final BlockingQueue<RtpPacketEvent> packets = new LinkedBlockingQueue<>();
    final ReceivedTrack track;
    final MediaSender sender;
    final MediaReceiver receiver;
    final TransportStack stack;

    List<RtpCodec> codecs = OPUS;
    /** Told of each of our candidates, before the peer. */
    volatile Consumer<Candidate> onCandidate = candidate -> {};

    private @Nullable TransportEnd peer;

    TransportEnd(Environment environment, Loop loop, MediaServices services, DtlsCertificate certificate)
            throws Exception {
        this.loop = loop;
        this.certificate = certificate;
        credentials = IceCredentials.generate(environment.random());
        Lane lane = environment.newLane();
        track = new ReceivedTrack(MediaKind.AUDIO, "remote", lane, services);
        track.onRtp(packets::add);
        sender = new MediaSender(loop, services);
        receiver = new MediaReceiver(loop, track);
        stack = onLoop(() -> new TransportStack(
                new TransportOptions(
                        environment,
                        loop,
                        IceConnectionOptions.DEFAULT,
                        null,
                        new BouncyCastleDtls(),
                        DtlsOptions.of(certificate),
                        RtpSessionOptions.of("cname-" + System.identityHashCode(this)),
                        new LoopScratch(),
                        null),
                this));
    }

    <T> T onLoop(java.util.concurrent.Callable<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    void run(Runnable task) {
        loop.execute(task);
    }

    void start(TransportEnd other, boolean offerer, long ssrc) {
        start(other, offerer, offerer ? DtlsRole.SERVER : DtlsRole.CLIENT, ssrc);
    }

    void start(TransportEnd other, boolean offerer, DtlsRole role, long ssrc) {
        peer = other;
        run(() -> {
            stack.gather(credentials);
            stack.startIce(offerer ? IceRole.CONTROLLING : IceRole.CONTROLLED, other.credentials);
            stack.startDtls(role, List.of(other.certificate.fingerprint()), false);
            stack.configure(new MediaPlan(
                    List.of(new MediaSectionPlan(
                            "0",
                            new SendStreamParameters(ssrc, "0", codecs, IDS),
                            SendLimits.NONE,
                            List.of(),
                            new ReceiveParameters("0", codecs, Set.of(), IDS),
                            List.of(),
                            sender,
                            receiver)),
                    true,
                    false));
        });
    }

    @Override
    public ChannelEnd onRemoteChannel(int id, ChannelParameters parameters) {
        throw new UnsupportedOperationException("these transports carry media only");
    }

    @Override
    public void onLocalCandidate(Candidate candidate) {
        onCandidate.accept(candidate);
        TransportEnd other = peer;
        if (other != null) {
            other.run(() -> other.stack.addRemoteCandidate(candidate));
        }
    }

    @Override
    public void onDtlsState(DtlsState state) {
        if (state == DtlsState.CONNECTED) {
            connected.complete(null);
        } else if (state == DtlsState.CLOSED) {
            dtlsClosed.complete(null);
        }
    }

    @Override
    public void onIceFailure(String words) {
        connected.completeExceptionally(new AssertionError("ICE: " + words));
    }

    @Override
    public void onDtlsFailure(DtlsFailure reason, String words) {
        connected.completeExceptionally(new AssertionError("DTLS: " + reason + ": " + words));
    }

    @Override
    public void onIceGatheringState(GatheringState state, String ufrag) {}

    @Override
    public void onCandidateError(@Nullable InetSocketAddress local, String url, int errorCode, String errorText) {}

    @Override
    public void onIceState(IceState state) {}

    @Override
    public void onIceRole(IceRole role) {}

    @Override
    public void onSelectedPair(CandidatePair pair) {}

    @Override
    public void onRemoteMedia(String mid) {}

    @Override
    public void onRemoteSilence(String mid) {}

    @Override
    public void onTargetBitrate(String mid, long bps) {}

    @Override
    public void onKeyFrameRequest(String mid, @Nullable String rid) {}
}
