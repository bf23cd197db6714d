package dev.yodel.examples.doctor;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.stun.NatDiscovery;
import dev.yodel.ice.stun.NatDiscovery.Behaviour;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says what a NAT's behaviour means for calls, in words that need no RFC. */
final class NatWords {
    private NatWords() {}

    /** Lines of topic and finding. */
    static List<String[]> lines(String server, NatCheck.Findings findings) {
        final List<String[]> lines = new ArrayList<>();
        for (final Candidate candidate : findings.candidates()) {
            lines.add(new String[] {
                "candidate",
                candidate.type().name().toLowerCase(Locale.ROOT) + " " + candidate.address() + " port "
                        + candidate.port()
            });
        }
        final NatDiscovery nat = findings.discovery();
        final InetSocketAddress mapped = nat.mapped();
        if (mapped == null) {
            lines.add(new String[] {
                "udp",
                findings.tcp()
                        ? "blocked: " + server + " answers by TCP, but not by UDP. Calls need a TURN server over TCP or"
                                + " TLS: --turn 'turn:USER:PASS@HOST:PORT?transport=tcp'"
                        : server + " answers neither by UDP nor by TCP: no such server, or this machine is offline"
            });
            return lines;
        }
        lines.add(new String[] {
            "udp",
            "works: " + server + " sees this machine as " + mapped.getAddress().getHostAddress() + ":"
                    + mapped.getPort()
        });
        lines.add(new String[] {"nat", mapping(nat.mapping(), nat.isSupported())});
        if (nat.isSupported()) {
            lines.add(new String[] {"filter", filtering(nat.filtering())});
        }
        lines.add(new String[] {"calls", verdict(nat.mapping(), nat.filtering())});
        return lines;
    }

    private static String mapping(Behaviour mapping, boolean supported) {
        return switch (mapping) {
            case NONE -> "none: this machine has a public address, or the server stands on the same network";
            case ENDPOINT_INDEPENDENT -> "the same outer port for every destination (endpoint-independent mapping)";
            case ADDRESS_DEPENDENT ->
                "another outer port for every address that is sent to (address-dependent mapping)";
            case ADDRESS_AND_PORT_DEPENDENT ->
                "another outer port for every destination (\"symmetric\": address- and port-dependent mapping)";
            case UNKNOWN ->
                supported
                        ? "there is one; how it maps could not be found out"
                        : "there is one; what kind, this server cannot tell (it has no second address, RFC 5780)";
        };
    }

    private static String filtering(Behaviour filtering) {
        return switch (filtering) {
            case NONE -> "none: anybody may send to this machine";
            case ENDPOINT_INDEPENDENT -> "anybody may send to an open port (endpoint-independent filtering)";
            case ADDRESS_DEPENDENT ->
                "only addresses that were sent to may send, from any port (address-dependent filtering)";
            case ADDRESS_AND_PORT_DEPENDENT ->
                "only who was sent to may send (address- and port-dependent filtering, as most routers)";
            case UNKNOWN -> "unknown";
        };
    }

    private static String verdict(Behaviour mapping, Behaviour filtering) {
        return switch (mapping) {
            case NONE -> "connect directly with everybody whose UDP is not blocked";
            case ENDPOINT_INDEPENDENT ->
                filtering == Behaviour.ADDRESS_AND_PORT_DEPENDENT
                        ? "connect directly with most peers; those behind a symmetric NAT need a TURN server"
                        : "connect directly with everybody whose UDP is not blocked";
            case ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT ->
                "connect directly with peers that have no NAT or a lenient one; the others need a TURN server";
            case UNKNOWN -> "connect directly if this NAT or the peer's is lenient; else they need a TURN server";
        };
    }
}
