package dev.yodel.ice;

import dev.yodel.io.AddressLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One candidate as SDP and W3C RTCIceCandidate know it (RFC 8839 section 5.1). Immutable; it does not resolve names.
 *
 * @param foundation 1 to 32 characters, equal for candidates that share type, base, server and protocol
 * @param component 1 (RTP, or everything under rtcp-mux) to 256
 * @param protocol UDP or TCP
 * @param priority 0 to 2^32-1
 * @param address an IP literal or a host name such as {@code <uuid>.local}
 * @param port 0 to 65535
 * @param type where it comes from
 * @param relatedAddress base or mapped address, null if none is told
 * @param relatedPort its port, 0 if none is told
 * @param tcpType TCP candidates only
 * @param ufrag the user fragment it belongs to, null if not told (RFC 8838 section 4 through {@code ufrag} extension)
 * @param extensions further names and values in turn, as they came
 */
public record Candidate(
        String foundation,
        int component,
        TransportProtocol protocol,
        long priority,
        String address,
        int port,
        CandidateType type,
        @Nullable String relatedAddress,
        int relatedPort,
        @Nullable TcpType tcpType,
        @Nullable String ufrag,
        List<String> extensions) {
    private static final int MAX_LENGTH = 4096;

    /** Copies the list. */
    public Candidate {
        extensions = List.copyOf(extensions);
    }

    /**
     * Parses a candidate.
     *
     * @param line with or without {@code a=} and {@code candidate:}
     * @return the candidate
     * @throws CandidateParseException if it does not follow the grammar; unknown types and protocols too
     */
    public static Candidate parse(String line) throws CandidateParseException {
        if (line.length() > MAX_LENGTH) {
            throw new CandidateParseException("candidate of " + line.length() + " characters, allowed " + MAX_LENGTH);
        }
        String text = line.strip();
        if (text.startsWith("a=")) {
            text = text.substring(2);
        }
        if (text.regionMatches(true, 0, "candidate:", 0, 10)) {
            text = text.substring(10);
        }
        List<String> words = words(text);
        if (words.size() < 8) {
            throw new CandidateParseException("candidate has " + words.size() + " fields, needs 8 or more");
        }
        String foundation = words.get(0);
        if (foundation.length() > 32) {
            throw new CandidateParseException("foundation is longer than 32 characters");
        }
        int component = (int) number("component", words.get(1), 256);
        if (component == 0) {
            throw new CandidateParseException("component is 0");
        }
        TransportProtocol protocol = protocol(words.get(2));
        long priority = number("priority", words.get(3), 0xFFFF_FFFFL);
        String address = words.get(4);
        int port = (int) number("port", words.get(5), 65535);
        if (!words.get(6).equalsIgnoreCase("typ")) {
            throw new CandidateParseException("expected typ after the port");
        }
        CandidateType type = CandidateType.of(words.get(7));
        if (type == null) {
            throw new CandidateParseException("unknown candidate type");
        }
        String relatedAddress = null;
        int relatedPort = 0;
        TcpType tcpType = null;
        String ufrag = null;
        List<String> extensions = new ArrayList<>();
        for (int i = 8; i < words.size(); i += 2) {
            String name = words.get(i);
            if (i + 1 == words.size()) {
                throw new CandidateParseException("the last extension has no value");
            }
            String value = words.get(i + 1);
            switch (name.toLowerCase(Locale.ROOT)) {
                case "raddr" -> relatedAddress = value;
                case "rport" -> relatedPort = (int) number("rport", value, 65535);
                case "tcptype" -> {
                    tcpType = TcpType.of(value);
                    if (tcpType == null) {
                        throw new CandidateParseException("unknown tcptype");
                    }
                }
                case "ufrag" -> ufrag = value;
                default -> {
                    extensions.add(name);
                    extensions.add(value);
                }
            }
        }
        return new Candidate(
                foundation,
                component,
                protocol,
                priority,
                address,
                port,
                type,
                relatedAddress,
                relatedPort,
                tcpType,
                ufrag,
                extensions);
    }

    /**
     * The text for SDP and for W3C's {@code candidate} field.
     *
     * @return {@code candidate:…}, without {@code a=}
     */
    public String toSdp() {
        StringBuilder text = new StringBuilder(96);
        text.append("candidate:")
                .append(foundation)
                .append(' ')
                .append(component)
                .append(' ');
        text.append(protocol).append(' ').append(priority).append(' ');
        text.append(address).append(' ').append(port).append(" typ ").append(type);
        if (relatedAddress != null) {
            text.append(" raddr ").append(relatedAddress).append(" rport ").append(relatedPort);
        }
        if (tcpType != null) {
            text.append(" tcptype ").append(tcpType);
        }
        for (String word : extensions) {
            text.append(' ').append(word);
        }
        if (ufrag != null) {
            text.append(" ufrag ").append(ufrag);
        }
        return text.toString();
    }

    /**
     * The address, if it is an IP literal. IPv4-mapped IPv6 is given as IPv4.
     *
     * @return address and port, or null for a host name
     */
    public @Nullable InetSocketAddress socketAddress() {
        InetAddress literal = AddressLiteral.parse(address);
        return literal == null ? null : new InetSocketAddress(literal, port);
    }

    /**
     * The same candidate of a generation.
     *
     * @param fragment its user fragment, null not to tell it
     * @return another candidate
     */
    public Candidate withUfrag(@Nullable String fragment) {
        return new Candidate(
                foundation,
                component,
                protocol,
                priority,
                address,
                port,
                type,
                relatedAddress,
                relatedPort,
                tcpType,
                fragment,
                extensions);
    }

    /** The same candidate under another address, with another related one. */
    Candidate at(String other, @Nullable String related, int port) {
        return new Candidate(
                foundation,
                component,
                protocol,
                priority,
                other,
                this.port,
                type,
                related,
                port,
                tcpType,
                ufrag,
                extensions);
    }

    /**
     * Whether the address is a name of multicast DNS.
     *
     * @return true for {@code *.local}
     */
    public boolean isMdns() {
        return address.regionMatches(true, address.length() - 6, ".local", 0, 6);
    }

    @Override
    public String toString() {
        return toSdp();
    }

    private static TransportProtocol protocol(String text) throws CandidateParseException {
        if (text.equalsIgnoreCase("udp")) {
            return TransportProtocol.UDP;
        }
        if (text.equalsIgnoreCase("tcp")) {
            return TransportProtocol.TCP;
        }
        throw new CandidateParseException("unknown transport protocol");
    }

    private static long number(String name, String text, long max) throws CandidateParseException {
        long value = 0;
        boolean ok = !text.isEmpty() && text.length() <= 10;
        for (int i = 0; ok && i < text.length(); i++) {
            char c = text.charAt(i);
            ok = c >= '0' && c <= '9';
            value = value * 10 + c - '0';
        }
        if (!ok || value > max) {
            throw new CandidateParseException(name + " is not a number from 0 to " + max);
        }
        return value;
    }

    private static List<String> words(String text) throws CandidateParseException {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            if (c == ' ') {
                if (start >= 0) {
                    words.add(text.substring(start, i));
                }
                start = -1;
            } else if (c < ' ' || c == 0x7f) {
                throw new CandidateParseException("control character in the candidate");
            } else if (start < 0) {
                start = i;
            }
        }
        return words;
    }
}
