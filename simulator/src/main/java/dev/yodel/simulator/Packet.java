package dev.yodel.simulator;

import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * One datagram, or one segment of a stream, somewhere in the simulated network. It does not change; translation by a
 * {@link Nat} makes a new one with the same {@link #number()}.
 */
public final class Packet {
    /** What it is part of. */
    public enum Protocol {
        /** A datagram. */
        UDP,
        /** A segment of a stream, or the opening of one (empty). */
        TCP,
        /**
         * An ICMP "destination unreachable" about a datagram from {@link #destination()} to {@link #source()}, without a
         * payload (RFC 792).
         */
        ICMP
    }

    private final Protocol protocol;
    private final long number;
    private final String sender;
    private final InetSocketAddress source;
    private final InetSocketAddress destination;
    private final byte[] data;

    Packet(
            Protocol protocol,
            long number,
            String sender,
            InetSocketAddress source,
            InetSocketAddress destination,
            byte[] data) {
        this.protocol = protocol;
        this.number = number;
        this.sender = sender;
        this.source = source;
        this.destination = destination;
        this.data = data;
    }

    Packet translated(InetSocketAddress newSource, InetSocketAddress newDestination) {
        return new Packet(protocol, number, sender, newSource, newDestination, data);
    }

    Packet withData(byte[] newData) {
        return new Packet(protocol, number, sender, source, destination, newData);
    }

    /**
     * Datagram or stream.
     *
     * @return the protocol
     */
    public Protocol protocol() {
        return protocol;
    }

    /**
     * Its number among all packets of the simulation, in the order they were sent.
     *
     * @return 0 for the first
     */
    public long number() {
        return number;
    }

    /**
     * The name of the host that sent it.
     *
     * @return a name; {@code injected} for {@link Simulator#inject}
     */
    public String sender() {
        return sender;
    }

    /**
     * Where it says it comes from, as translated so far.
     *
     * @return address and port
     */
    public InetSocketAddress source() {
        return source;
    }

    /**
     * Where it goes, as translated so far.
     *
     * @return address and port
     */
    public InetSocketAddress destination() {
        return destination;
    }

    /**
     * The payload.
     *
     * @return a copy
     */
    public byte[] data() {
        return data.clone();
    }

    /**
     * Length of the payload.
     *
     * @return bytes
     */
    public int length() {
        return data.length;
    }

    /**
     * One byte of the payload.
     *
     * @param index 0 to {@code length() - 1}
     * @return 0 to 255; -1 behind the end
     */
    public int byteAt(int index) {
        return index < data.length ? data[index] & 0xff : -1;
    }

    /** The payload itself, for the simulator only. */
    byte[] bytes() {
        return data;
    }

    /** Bytes on the wire with IP and UDP headers, or IP and TCP headers; an ICMP error quotes the former. */
    int wireLength() {
        int ip = source.getAddress().getAddress().length == 4 ? 20 : 40;
        return switch (protocol) {
            case UDP -> ip + 8 + data.length;
            case TCP -> ip + 20 + data.length;
            case ICMP -> ip + 8 + ip + 8;
        };
    }

    @Override
    public String toString() {
        String head = Arrays.toString(Arrays.copyOf(data, Math.min(4, data.length)));
        return "#" + number + " " + protocol + " " + sender + " " + text(source) + " -> " + text(destination) + " "
                + data.length + " bytes " + head;
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
