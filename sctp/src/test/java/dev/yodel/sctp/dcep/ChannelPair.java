package dev.yodel.sctp.dcep;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** Two ends with data channels and a path of 10 ms between them, in virtual time. */
final class ChannelPair {
    private static final long DELAY_NANOS = 10 * Time.MILLISECOND;

    final End a;
    final End b;
    long now = Time.SECOND;
    /** Packets that are lost, by direction and bytes. */
    Predicate<byte[]> lostToA = packet -> false;

    Predicate<byte[]> lostToB = packet -> false;
    private long order;
    private final PriorityQueue<InFlight> inFlight = new PriorityQueue<>();
    private final byte[] packet = new byte[65_536];

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record InFlight(long at, long order, End to, byte[] bytes) implements Comparable<InFlight> {
        @Override
        public int compareTo(InFlight other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    /** One side. Messages are released at once. */
    static final class End {
        final DataChannels channels;
        final List<DataChannelEvent> events = new ArrayList<>();
        boolean releases = true;

        End(DataChannels channels) {
            this.channels = channels;
        }

        <T extends DataChannelEvent> List<T> all(Class<T> type) {
            return events.stream().filter(type::isInstance).map(type::cast).toList();
        }

        List<String> texts() {
            return all(DataChannelEvent.Message.class).stream()
                    .map(message -> message.id()
                            + (message.text() ? "t" : "b")
                            + new String(message.data(), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .toList();
        }
    }

    ChannelPair(long seed) {
        this(seed, DataChannels.USUAL_REMOTE_CHANNELS, SctpOptions.defaults());
    }

    ChannelPair(long seed, int maxRemoteChannels, SctpOptions options) {
        a = end(seed + 1, true, maxRemoteChannels, options);
        b = end(seed + 2, false, maxRemoteChannels, options);
    }

    static ChannelPair connected(long seed) {
        ChannelPair pair = new ChannelPair(seed);
        pair.connect();
        return pair;
    }

    void connect() {
        a.channels.connect(now);
        b.channels.connect(now);
        run(Time.SECOND);
    }

    private static End end(long seed, boolean client, int maxRemoteChannels, SctpOptions options) {
        return new End(new DataChannels(
                new SctpAssociation(options, random(seed)),
                client,
                maxRemoteChannels,
                options.maxReceiveMessageBytes(),
                options.maxSendMessageBytes()));
    }

    static RandomSource random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new RandomSource() {
            @Override
            public void nextBytes(byte[] target, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    target[offset + i] = (byte) random.nextInt();
                }
            }

            @Override
            public int nextInt() {
                return random.nextInt();
            }

            @Override
            public long nextLong() {
                return random.nextLong();
            }
        };
    }

    void drain() {
        drain(a, b, lostToB);
        drain(b, a, lostToA);
    }

    private void drain(End from, End to, Predicate<byte[]> lost) {
        for (DataChannelEvent event = from.channels.pollEvent(now);
                event != null;
                event = from.channels.pollEvent(now)) {
            from.events.add(event);
            if (from.releases && event instanceof DataChannelEvent.Message message) {
                from.channels.release(message.data().length + DataChannels.MESSAGE_OVERHEAD_BYTES);
            }
        }
        for (int length = from.channels.pollTransmit(packet, 0, now);
                length > 0;
                length = from.channels.pollTransmit(packet, 0, now)) {
            byte[] bytes = Arrays.copyOf(packet, length);
            if (!lost.test(bytes)) {
                inFlight.add(new InFlight(now + DELAY_NANOS, order++, to, bytes));
            }
        }
    }

    void run(long nanos) {
        long until = now + nanos;
        while (step(until)) {
            // The step does the work.
        }
        drain();
    }

    private boolean step(long until) {
        drain();
        InFlight first = inFlight.peek();
        long next = Math.min(a.channels.nextTimeout(), b.channels.nextTimeout());
        if (first != null) {
            next = Math.min(next, first.at);
        }
        if (next > until) {
            now = until;
            return false;
        }
        now = Math.max(now, next);
        for (; first != null && first.at <= now; first = inFlight.peek()) {
            inFlight.remove();
            first.to.channels.handlePacket(first.bytes, 0, first.bytes.length, now);
        }
        a.channels.handleTimeout(now);
        b.channels.handleTimeout(now);
        return true;
    }
}
