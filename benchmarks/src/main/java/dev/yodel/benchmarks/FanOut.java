package dev.yodel.benchmarks;

import dev.yodel.io.Loop;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.IncomingLayers;
import dev.yodel.rtp.LayerSwitch;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpSession;
import dev.yodel.rtp.RtpSessionOptions;
import dev.yodel.rtp.RtpTransmit;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.rtp.TransmitBuffers;
import dev.yodel.srtp.SrtpProfile;
import dev.yodel.srtp.SrtpScratch;
import dev.yodel.srtp.SrtpSession;
import dev.yodel.webrtc.internal.transport.LoopCrossing;
import dev.yodel.webrtc.internal.transport.PacketArrival;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * One loop's subscribers of a picture stream, and what forwarding to them takes: the choice of the layer, the header,
 * numbers and picture identifiers of its own for each, the packets kept for retransmission, SRTP with each
 * subscriber's keys, and the socket. Everything but {@link #onLoop} is for the loop's thread.
 */
final class FanOut {
    static final int PAYLOAD = 1_100;
    /** With headers and tag. */
    private static final int BARE = PAYLOAD + 34;

    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of("nack"));

    /**
     * What is measured.
     *
     * @param profile the cipher
     * @param repairs whether packets are kept for retransmission
     * @param onePort whether all go over one socket, as with {@code udpMux}; else each has its own, as connections have
     * @param bare whether only the sockets work: no layers, no header, no cipher
     */
    record Kind(SrtpProfile profile, boolean repairs, boolean onePort, boolean bare) {}

    private final class Subscriber implements LoopCrossing.Destination {
        final LayerSwitch layers;
        final RtpSession session;
        final SendStream stream;
        final SrtpSession keys;
        final InetSocketAddress address;
        final UdpPort socket;

        Subscriber(
                NioEnvironment environment,
                Kind kind,
                int number,
                InetSocketAddress to,
                TransmitBuffers buffers,
                SrtpScratch scratch,
                IncomingLayers incoming,
                UdpPort socket) {
            this.socket = socket;
            layers = new LayerSwitch(incoming);
            session = new RtpSession(RtpSessionOptions.of("fan-out"), environment.random(), 0, 0, buffers);
            List<RtpCodec> codecs = new ArrayList<>(List.of(VP8));
            long ssrc = 0x1000L + number;
            if (kind.repairs) {
                codecs.add(new RtpCodec(97, "rtx", 90_000, 1, Map.of("apt", "96"), Set.of()));
            }
            stream = session.addSendStream(new SendStreamParameters(
                    ssrc,
                    kind.repairs ? 0x2000L + number : SendStreamParameters.NO_SSRC,
                    "0",
                    null,
                    codecs,
                    HeaderExtensionIds.of(Map.of(HeaderExtensionIds.MID, 1, HeaderExtensionIds.ABS_SEND_TIME, 2))));
            byte[] material = new byte[kind.profile.keyingMaterialLength()];
            new Random(number).nextBytes(material);
            keys = new SrtpSession(kind.profile, material, true, scratch);
            address = to;
        }

        @Override
        public void relay(ReceivedPacket arrived) {
            stream.relay(arrived, arrived.arrivalNanos);
            drain(this, arrived.arrivalNanos);
        }
    }

    final Loop loop;
    long sent;
    long full;
    long refused;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final ReceivedPacket packet = new ReceivedPacket();
    private final PacketArrival arrival = new PacketArrival();
    /** From the first loop to this one. */
    private final LoopCrossing crossing;

    private final RtpTransmit out = new RtpTransmit();
    private final boolean bare;
    private final byte[] alone = new byte[2_048];
    /** Those of one publisher's stream, which all of its subscribers here choose among. */
    private final IncomingLayers incoming = new IncomingLayers();

    private long number = 1_000;
    private int aloneNumber;

    private FanOut(NioEnvironment environment, Loop loop, Kind kind, List<InetSocketAddress> to) throws IOException {
        this.loop = loop;
        bare = kind.bare;
        crossing = new LoopCrossing(loop);
        UdpPort shared = open(loop);
        // Those of the loop, as a factory's transports have them.
        TransmitBuffers buffers = new TransmitBuffers();
        SrtpScratch scratch = new SrtpScratch();
        for (int i = 0; i < to.size(); i++) {
            UdpPort socket = kind.onePort ? shared : open(loop);
            if (!kind.onePort) {
                // As a connection does it once media flows.
                socket.prefer(to.get(i));
            }
            subscribers.add(new Subscriber(environment, kind, i, to.get(i), buffers, scratch, incoming, socket));
        }
        byte[] data = new byte[12 + PAYLOAD];
        data[0] = (byte) 0x80;
        packet.data = data;
        packet.packetLength = data.length;
        packet.headerLength = 12;
        packet.payloadOffset = 12;
        packet.payloadLength = PAYLOAD;
        packet.ssrc = 77;
        packet.codec = VP8;
        packet.marker = true;
        // RFC 7741 4.2: the first packet of a picture with an identifier of 15 bits; the frame's first byte is that of
        // a key frame.
        data[12] = (byte) 0x90;
        data[13] = (byte) 0x80;
    }

    private static UdpPort open(Loop loop) throws IOException {
        return loop.openUdp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), datagram -> {});
    }

    /** Makes the subscribers on a loop; from another thread. */
    static FanOut on(NioEnvironment environment, Loop loop, Kind kind, List<InetSocketAddress> to) {
        return onLoop(loop, () -> new FanOut(environment, loop, kind, to));
    }

    /** Runs a task on a loop and waits for it. */
    static <T> T onLoop(Loop loop, Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                done.complete(task.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        return done.join();
    }

    /** Forwards as many packets as come in one turn of the loop, and hands them on to another loop's subscribers. */
    void turn(int packets, List<FanOut> others, long now) {
        for (int i = 0; i < packets; i++) {
            next(now);
            for (int k = 0; k < others.size(); k++) {
                handOver(others.get(k), now);
            }
            for (int k = 0; k < subscribers.size(); k++) {
                Subscriber to = subscribers.get(k);
                if (bare) {
                    send(to, alone, 0, BARE);
                    continue;
                }
                incoming.take(number, packet, now);
                ReceivedPacket chosen = to.layers.accept(packet, now);
                if (chosen != null) {
                    to.stream.relay(chosen, now);
                    drain(to, now);
                }
            }
        }
    }

    private void next(long now) {
        number++;
        arrival.next(loop);
        packet.sequence = number;
        packet.rtpTimestamp = (number * 3_000) & 0xffff_ffffL;
        packet.arrivalNanos = now;
        packet.data[14] = (byte) (0x80 | ((number >> 8) & 0x7f));
        packet.data[15] = (byte) number;
        packet.data[16] = (byte) (number % 30 == 0 ? 0x10 : 0x11);
    }

    /**
     * As a connection does it: the layers are chosen on the source's loop, and a copy of the packet goes to the other
     * loop.
     */
    private void handOver(FanOut other, long now) {
        for (int k = 0; k < other.subscribers.size(); k++) {
            Subscriber to = other.subscribers.get(k);
            other.incoming.take(number, packet, now);
            ReceivedPacket chosen = to.layers.accept(packet, now);
            if (chosen != null && !other.crossing.offer(arrival, to, chosen)) {
                refused++;
            }
        }
    }

    /** As a connection does it: what was relayed leaves at once. */
    private void drain(Subscriber to, long now) {
        while (to.session.pollTransmit(out, now)) {
            int length = to.keys.protectRtp(out.data, out.offset, out.length);
            send(to, out.data, out.offset, length);
        }
    }

    private void send(Subscriber to, byte[] data, int offset, int length) {
        if (length > 0 && to.socket.send(data, offset, length, to.address) == SendResult.SENT) {
            sent++;
        } else {
            full++;
        }
    }

    /** What the JDK's ciphers allocate, for packets of the same size. */
    void protectAlone() {
        aloneNumber = (aloneNumber + 1) & 0xffff;
        for (int i = 0; i < subscribers.size(); i++) {
            // A header extension of two words, as those packets have.
            alone[0] = (byte) 0x90;
            alone[12] = (byte) 0xbe;
            alone[13] = (byte) 0xde;
            alone[15] = 2;
            alone[2] = (byte) (aloneNumber >> 8);
            alone[3] = (byte) aloneNumber;
            alone[8] = 1;
            subscribers.get(i).keys.protectRtp(alone, 0, 24 + PAYLOAD);
        }
    }
}
