package dev.yodel.ice.stun;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What kind of NAT is on the way? Asks a STUN server under its two addresses and ports how one socket of ours is seen, and
 * who may answer it (RFC 5780 sections 4.3 and 4.4). It owns no socket, and tells nothing about other sockets, later
 * times or other servers: NATs may differ in all of them. A protocol core; one thread only.
 */
public final class NatDiscovery {
    /** How a mapping or a filter depends on the other end (RFC 4787 sections 4.1 and 5). */
    public enum Behaviour {
        /** Not found out: no answer, or the server cannot do RFC 5780. */
        UNKNOWN,
        /** There is no translation, or no filter. */
        NONE,
        /** The same for every destination, or anybody may send. */
        ENDPOINT_INDEPENDENT,
        /** Another for every address, or who was sent to may send from any port. */
        ADDRESS_DEPENDENT,
        /** Another for every address and port, or only who was sent to may send. */
        ADDRESS_AND_PORT_DEPENDENT
    }

    /** One datagram to send. */
    public static final class Transmit {
        private final InetSocketAddress remote;
        private final byte[] data;

        Transmit(InetSocketAddress remote, byte[] data) {
            this.remote = remote;
            this.data = data;
        }

        /**
         * Where to.
         *
         * @return the server, under one of its addresses
         */
        public InetSocketAddress remote() {
            return remote;
        }

        /**
         * The datagram.
         *
         * @return owned by the caller
         */
        public byte[] data() {
            return data;
        }
    }

    /** The tests, in an order in which none spoils the next: who is sent to may answer from then on. */
    private enum Step {
        BASIC,
        FILTER_OTHER_ADDRESS,
        FILTER_OTHER_PORT,
        MAPPING_OTHER_ADDRESS,
        MAPPING_OTHER_PORT,
        DONE
    }

    private static final int CHANGE_ADDRESS_AND_PORT = 6;
    private static final int CHANGE_PORT = 2;
    private static final long RTO_NANOS = 300 * Time.MILLISECOND;
    private static final int MAX_SENDS = 4;

    private final InetSocketAddress server;
    private final InetSocketAddress local;
    private final RandomSource random;
    private final ArrayDeque<Transmit> transmits = new ArrayDeque<>();
    private Step step = Step.DONE;
    private TransactionId transaction = new TransactionId(0, 0);
    private int sends;
    private long deadline = Time.NEVER;
    private @Nullable InetSocketAddress mapped;
    private @Nullable InetSocketAddress other;
    private @Nullable InetSocketAddress mappedByOther;
    private Behaviour mapping = Behaviour.UNKNOWN;
    private Behaviour filtering = Behaviour.UNKNOWN;

    /**
     * Nothing is asked yet.
     *
     * @param server the server's first address, resolved
     * @param local our socket's address, to know whether it is translated at all
     * @param random for transaction ids
     */
    public NatDiscovery(InetSocketAddress server, InetSocketAddress local, RandomSource random) {
        this.server = server;
        this.local = local;
        this.random = random;
    }

    /**
     * Asks.
     *
     * @param now time
     */
    public void start(long now) {
        begin(Step.BASIC, now);
    }

    private void begin(Step next, long now) {
        step = next;
        sends = 0;
        transaction = TransactionId.random(random);
        if (next == Step.DONE) {
            deadline = Time.NEVER;
        } else {
            send(now);
        }
    }

    private void send(long now) {
        StunWriter request = StunWriter.request(StunMessage.BINDING, transaction);
        if (step == Step.FILTER_OTHER_ADDRESS) {
            request.u32(StunAttribute.CHANGE_REQUEST, CHANGE_ADDRESS_AND_PORT);
        } else if (step == Step.FILTER_OTHER_PORT) {
            request.u32(StunAttribute.CHANGE_REQUEST, CHANGE_PORT);
        }
        transmits.add(new Transmit(target(), request.fingerprint().toByteArray()));
        sends++;
        deadline = now + RTO_NANOS * sends;
    }

    private InetSocketAddress target() {
        InetSocketAddress second = other;
        if (second == null) {
            return server;
        }
        return switch (step) {
            case MAPPING_OTHER_ADDRESS -> new InetSocketAddress(second.getAddress(), server.getPort());
            case MAPPING_OTHER_PORT -> second;
            default -> server;
        };
    }

    /**
     * Something has come.
     *
     * @param data borrowed for this call
     * @param offset first byte
     * @param length count of bytes
     * @param now time
     */
    public void handleDatagram(byte[] data, int offset, int length, long now) {
        StunMessage message = StunMessage.parse(data, offset, length);
        if (message == null || step == Step.DONE || !message.transactionId().equals(transaction)) {
            return;
        }
        if (message.messageClass() == StunClass.ERROR) {
            // 420: the server does not know CHANGE-REQUEST.
            filtering = step == Step.FILTER_OTHER_ADDRESS ? Behaviour.UNKNOWN : filtering;
            begin(step == Step.FILTER_OTHER_ADDRESS ? Step.MAPPING_OTHER_ADDRESS : Step.DONE, now);
            return;
        }
        InetSocketAddress seen = message.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS);
        if (message.messageClass() == StunClass.SUCCESS && seen != null) {
            answered(message, seen, now);
        }
    }

    private void answered(StunMessage message, InetSocketAddress seen, long now) {
        switch (step) {
            case BASIC -> {
                mapped = seen;
                if (seen.equals(local)) {
                    mapping = Behaviour.NONE;
                }
                InetSocketAddress second = message.address(StunAttribute.OTHER_ADDRESS);
                boolean usable = second != null
                        && second.getPort() != 0
                        && second.getAddress().getAddress().length
                                == server.getAddress().getAddress().length
                        && !second.getAddress().equals(server.getAddress())
                        && second.getPort() != server.getPort();
                other = usable ? second : null;
                begin(usable ? Step.FILTER_OTHER_ADDRESS : Step.DONE, now);
            }
            case FILTER_OTHER_ADDRESS -> {
                filtering = mapping == Behaviour.NONE ? Behaviour.NONE : Behaviour.ENDPOINT_INDEPENDENT;
                begin(afterFilter(), now);
            }
            case FILTER_OTHER_PORT -> {
                filtering = Behaviour.ADDRESS_DEPENDENT;
                begin(afterFilter(), now);
            }
            case MAPPING_OTHER_ADDRESS -> {
                mappedByOther = seen;
                if (seen.equals(mapped)) {
                    mapping = Behaviour.ENDPOINT_INDEPENDENT;
                }
                begin(mapping == Behaviour.UNKNOWN ? Step.MAPPING_OTHER_PORT : Step.DONE, now);
            }
            default -> {
                mapping =
                        seen.equals(mappedByOther) ? Behaviour.ADDRESS_DEPENDENT : Behaviour.ADDRESS_AND_PORT_DEPENDENT;
                begin(Step.DONE, now);
            }
        }
    }

    private Step afterFilter() {
        return mapping == Behaviour.NONE ? Step.DONE : Step.MAPPING_OTHER_ADDRESS;
    }

    /**
     * Time has passed. Calling it early or twice is harmless.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        if (now < deadline) {
            return;
        }
        if (sends < MAX_SENDS) {
            send(now);
            return;
        }
        switch (step) {
            case FILTER_OTHER_ADDRESS -> begin(Step.FILTER_OTHER_PORT, now);
            case FILTER_OTHER_PORT -> {
                filtering = Behaviour.ADDRESS_AND_PORT_DEPENDENT;
                begin(afterFilter(), now);
            }
            // Silence to a plain question: the server's other address is not reached.
            default -> begin(Step.DONE, now);
        }
    }

    /**
     * When {@link #handleTimeout} is wanted.
     *
     * @return a deadline or {@link Time#NEVER}
     */
    public long nextTimeout() {
        return deadline;
    }

    /**
     * What is to be sent next.
     *
     * @return null if there is nothing
     */
    public @Nullable Transmit pollTransmit() {
        return transmits.poll();
    }

    /**
     * Whether all is found out that can be.
     *
     * @return true before the start, too
     */
    public boolean isDone() {
        return step == Step.DONE;
    }

    /**
     * How the server sees us.
     *
     * @return null if it never answered: UDP is blocked, or there is no server
     */
    public @Nullable InetSocketAddress mapped() {
        return mapped;
    }

    /**
     * Whether the server has the second address that the rest needs.
     *
     * @return false if mapping and filtering stay unknown
     */
    public boolean isSupported() {
        return other != null;
    }

    /**
     * How the mapping depends on the destination.
     *
     * @return the behaviour
     */
    public Behaviour mapping() {
        return mapping;
    }

    /**
     * Who may send to the mapping.
     *
     * @return the behaviour
     */
    public Behaviour filtering() {
        return filtering;
    }

    @Override
    public String toString() {
        return "NatDiscovery[" + step + ", mapped " + mapped + ", mapping " + mapping + ", filtering " + filtering
                + "]";
    }
}
