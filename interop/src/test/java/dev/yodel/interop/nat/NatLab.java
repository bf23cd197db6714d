package dev.yodel.interop.nat;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two hosts, each behind two routers, and an internet between, in network namespaces with nftables; Linux and root only.
 *
 * <pre>
 *  a 198.51.100.2 - ia (second NAT, or a router) - na 203.0.113.1 - inet 203.0.113.253, .254 - nb 203.0.113.2 - ib - b 192.0.2.2
 *                                    c 10.66.0.2 - na
 * </pre>
 *
 * The hosts' addresses are public ones, so that "no NAT" is what it says; without that route nobody outside can reach
 * them. IPv6 is routed, where a cell has it, without NAT.
 */
final class NatLab implements AutoCloseable {
    /** What stands between a host and the internet (RFC 4787 sections 4 and 5). */
    enum Kind {
        NONE,
        FULL_CONE,
        ADDRESS,
        PORT,
        SYMMETRIC,
        UDP_BLOCKED,
        DOUBLE,
        /** Both hosts, a and c, are behind na, and reach each other directly. */
        SHARED,
        /** The same, but they reach each other by its outer address only. */
        SHARED_HAIRPIN,
        /** The same, but they do not reach each other at all. */
        SHARED_ISOLATED;

        boolean isShared() {
            return this == SHARED || this == SHARED_HAIRPIN || this == SHARED_ISOLATED;
        }
    }

    /** Which families the hosts have. */
    enum Families {
        IPV4,
        IPV6,
        BOTH
    }

    static final String COTURN = "203.0.113.254";
    static final String OWN = "203.0.113.253";
    /** Second addresses, for RFC 5780. */
    static final String COTURN_SECOND = "203.0.113.251";

    static final String OWN_SECOND = "203.0.113.252";
    static final String COTURN6 = "2001:db8:ff::254";

    private static final String SECOND_HOST = "10.66.0.2";
    /** Where hosts of one NAT bind: it tells them apart by their ports. */
    static final String PORTS_OF_A = "20000-29999";

    static final String PORTS_OF_C = "30000-39999";

    private static final String[] PLACES = {"a", "b", "c", "ia", "ib", "na", "nb", "inet"};
    private static final String[] SIDES = {"a", "b"};

    private final Path ip;
    private final Path nft;
    private final String prefix = "yl" + ProcessHandle.current().pid();

    private NatLab() {
        ip = Requirements.program("ip");
        nft = Requirements.program("nft");
    }

    /** Builds the lab, or skips the test where that cannot be done. */
    static NatLab create() {
        final NatLab lab = new NatLab();
        Requirements.succeeds("network namespaces", lab.ip.toString(), "netns", "add", lab.name("probe"));
        lab.quietly("netns", "delete", lab.name("probe"));
        try {
            lab.build();
        } catch (IllegalStateException e) {
            lab.close();
            return Requirements.missing("no NAT lab can be built: " + e.getMessage());
        }
        return lab;
    }

    private String name(String place) {
        return prefix + place;
    }

    /** How a command is run at a place: the words that go before it. */
    List<String> at(String place) {
        return List.of(ip.toString(), "netns", "exec", name(place));
    }

    private static String host(String side) {
        return side.equals("a") ? "198.51.100.2" : "192.0.2.2";
    }

    private static String network(String side) {
        return side.equals("a") ? "198.51.100.0/24" : "192.0.2.0/24";
    }

    private static String outer(String side) {
        return side.equals("a") ? "203.0.113.1" : "203.0.113.2";
    }

    private static int number(String side) {
        return side.equals("a") ? 1 : 2;
    }

    private void build() {
        for (final String place : PLACES) {
            ip("netns", "add", name(place));
            in(place, "link", "set", "lo", "up");
        }
        in("inet", "link", "add", "br0", "type", "bridge");
        for (final String address : new String[] {COTURN, OWN, COTURN_SECOND, OWN_SECOND}) {
            in("inet", "addr", "add", address + "/24", "dev", "br0");
        }
        in("inet", "addr", "add", COTURN6 + "/64", "dev", "br0", "nodad");
        in("inet", "link", "set", "br0", "up");
        // What leads nowhere vanishes, as on the real one; coturn ends an allocation that meets "network unreachable".
        in("inet", "link", "add", "void", "type", "veth", "peer", "name", "nobody");
        in("inet", "link", "set", "nobody", "up");
        in("inet", "link", "set", "void", "arp", "off", "up");
        in("inet", "route", "add", "default", "dev", "void");
        in("inet", "-6", "route", "add", "default", "dev", "void");
        for (final String side : SIDES) {
            side(side);
        }
        link("c", "eth0", "na", "lan2");
        in("c", "addr", "add", SECOND_HOST + "/24", "dev", "eth0");
        in("na", "addr", "add", "10.66.0.1/24", "dev", "lan2");
        in("c", "link", "set", "eth0", "up");
        in("na", "link", "set", "lan2", "up");
        in("c", "route", "add", "default", "via", "10.66.0.1");
        for (final String place : new String[] {"ia", "ib", "na", "nb", "inet"}) {
            run(words(at(place), "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"), null);
        }
    }

    private void side(String side) {
        final int number = number(side);
        final String inner = "i" + side;
        final String outer = "n" + side;
        link(side, "eth0", inner, "lan");
        link(inner, "up0", outer, "lan");
        in(outer, "link", "add", "wan", "type", "veth", "peer", "name", "w" + side, "netns", name("inet"));
        in("inet", "link", "set", "w" + side, "master", "br0", "up");
        in(side, "addr", "add", host(side) + "/24", "dev", "eth0");
        in(inner, "addr", "add", network(side).replace(".0/24", ".1/24"), "dev", "lan");
        in(inner, "addr", "add", "10.1" + number + ".0.2/24", "dev", "up0");
        in(outer, "addr", "add", "10.1" + number + ".0.1/24", "dev", "lan");
        in(outer, "addr", "add", outer(side) + "/24", "dev", "wan");
        final String six = "2001:db8:" + number + ":";
        in(inner, "addr", "add", six + ":1/64", "dev", "lan", "nodad");
        in(inner, "addr", "add", six + "1::2/64", "dev", "up0", "nodad");
        in(outer, "addr", "add", six + "1::1/64", "dev", "lan", "nodad");
        in(outer, "addr", "add", "2001:db8:ff::" + number + "/64", "dev", "wan", "nodad");
        for (final String[] end :
                new String[][] {{side, "eth0"}, {inner, "lan"}, {inner, "up0"}, {outer, "lan"}, {outer, "wan"}}) {
            in(end[0], "link", "set", end[1], "up");
        }
        in(side, "route", "add", "default", "via", network(side).replace(".0/24", ".1"));
        in(inner, "route", "add", "default", "via", "10.1" + number + ".0.1");
        in(outer, "route", "add", network(side), "via", "10.1" + number + ".0.2");
        in(outer, "route", "add", "default", "via", COTURN);
        in(inner, "-6", "route", "add", "default", "via", six + "1::1");
        in(outer, "-6", "route", "add", six + ":/64", "via", six + "1::2");
        in("inet", "-6", "route", "add", six + ":/64", "via", "2001:db8:ff::" + number);
        in(outer, "-6", "route", "add", "default", "via", COTURN6);
    }

    private void link(String one, String oneName, String other, String otherName) {
        in(one, "link", "add", oneName, "type", "veth", "peer", "name", otherName, "netns", name(other));
    }

    /** Puts NATs in front of both hosts. What an earlier cell opened is forgotten. */
    void set(Kind natA, Kind natB, Families families) {
        for (final String side : SIDES) {
            final Kind kind = side.equals("a") ? natA : natB;
            final String other = side.equals("a") ? "nb" : "na";
            rules("n" + side, outerRules(kind, host(side), outer(side)));
            rules("i" + side, kind == Kind.DOUBLE ? MASQUERADE.formatted("up0", "") : "");
            for (final String place : new String[] {"inet", other}) {
                if (kind == Kind.NONE) {
                    in(place, "route", "replace", network(side), "via", outer(side));
                } else {
                    quietly("-n", name(place), "route", "delete", network(side));
                }
            }
            families(side, families);
        }
    }

    /** The host's interface gets another address, and loses the one it had, as when a machine changes its network. */
    void replaceAddress(String side, String from, String to) {
        in(side, "addr", "delete", from + "/24", "dev", "eth0");
        in(side, "addr", "add", to + "/24", "dev", "eth0");
        in(side, "route", "replace", "default", "via", network(side).replace(".0/24", ".1"));
    }

    /**
     * The NAT in front of a host answers streams that it does not let in, instead of silence, until the next {@link
     * #set}.
     */
    void refuseStreams(String side) {
        run(
                words(at("n" + side), nft.toString(), "-f", "-"),
                """
                table ip refuse {
                  chain in { type filter hook input priority -5; iifname "wan" meta l4proto tcp reject with tcp reset; }
                }
                """);
    }

    /**
     * Puts a wire into the way between b's NAT and the internet, whose ends are two interfaces of a program's: without it
     * the lab has no delay, and nothing crosses.
     *
     * @param near the one towards b
     * @param far the other one
     */
    void insertWire(String near, String far) {
        in("inet", "link", "add", "br1", "type", "bridge");
        in("inet", "link", "set", "wb", "master", "br1");
        in("inet", "link", "set", near, "master", "br1", "up");
        in("inet", "link", "set", far, "master", "br0", "up");
        in("inet", "link", "set", "br1", "up");
    }

    /**
     * A port of the outer address leads to one of the host, as with a container's {@code -p}, until the next {@link
     * #set}.
     */
    void mapPort(String side, int outerPort, int port) {
        run(
                words(at("n" + side), nft.toString(), "-f", "-"),
                """
                table ip mapped {
                  chain pre { type nat hook prerouting priority -110; iifname "wan" udp dport %d dnat to %s:%d; }
                }
                """
                        .formatted(outerPort, host(side), port));
    }

    /** What a command at a place says. */
    String say(String place, String... command) {
        return run(words(at(place), command), null);
    }

    private void families(String side, Families families) {
        quietly("-n", name(side), "addr", "flush", "dev", "eth0", "scope", "global");
        if (families != Families.IPV6) {
            in(side, "addr", "add", host(side) + "/24", "dev", "eth0");
            in(side, "route", "replace", "default", "via", network(side).replace(".0/24", ".1"));
        }
        if (families != Families.IPV4) {
            final String six = "2001:db8:" + number(side) + ":";
            in(side, "addr", "add", six + ":2/64", "dev", "eth0", "nodad");
            in(side, "-6", "route", "replace", "default", "via", six + ":1");
        }
    }

    /** Linux keeps the port where it can, for every destination the same, and lets in what it was sent to. */
    private static final String MASQUERADE =
            """
            table ip nat {
              chain post { type nat hook postrouting priority srcnat; oifname "%s" masquerade %s; }
            }
            """;

    /** An unsolicited datagram must not take the port of a mapping that is yet to come. */
    private static final String CLOSED =
            """
            table ip filter {
              chain in { type filter hook input priority 0; iifname "wan" meta l4proto { tcp, udp } drop; }
            }
            """;

    /** Ports stay as they are; what was sent to the outer address from inside comes from there too (RFC 4787 REQ-9 a). */
    private static final String SHARED_MAPPINGS =
            """
            table ip nat {
              chain pre {
                type nat hook prerouting priority dstnat;
                %s udp dport 20000-29999 dnat to %s;
                %s udp dport 30000-39999 dnat to %s;
              }
              chain post {
                type nat hook postrouting priority srcnat;
                oifname "wan" snat to 203.0.113.1;
                oifname { "lan", "lan2" } ct status dnat ip saddr { 198.51.100.0/24, 10.66.0.0/24 } snat to 203.0.113.1;
              }
            }
            """;

    /** Hosts do not see each other, as guests of a hotel do not; what has no mapping vanishes at the outer address. */
    private static final String ISOLATED =
            """
            table ip filter {
              chain fw {
                type filter hook forward priority 0;
                iifname "lan" oifname "lan2" ct status dnat accept;
                iifname "lan2" oifname "lan" ct status dnat accept;
                iifname "lan" oifname "lan2" drop;
                iifname "lan2" oifname "lan" drop;
              }
              chain in { type filter hook input priority 0; iifname { "lan", "lan2", "wan" } meta l4proto udp drop; }
            }
            """;

    private static String outerRules(Kind kind, String host, String outer) {
        return switch (kind) {
            case NONE -> "";
            case FULL_CONE ->
                """
                table ip nat {
                  chain pre { type nat hook prerouting priority dstnat; iifname "wan" udp dport 1024-65535 dnat to %s; }
                  chain post { type nat hook postrouting priority srcnat; oifname "wan" snat to %s; }
                }
                """
                        .formatted(host, outer);
            case ADDRESS ->
                """
                table ip nat {
                  set peers { type ipv4_addr; flags dynamic,timeout; timeout 60s; }
                  chain fw { type filter hook forward priority -10; iifname "lan" oifname "wan" update @peers { ip daddr }; }
                  chain pre { type nat hook prerouting priority dstnat; iifname "wan" ip saddr @peers udp dport 1024-65535 dnat to %s; }
                  chain post { type nat hook postrouting priority srcnat; oifname "wan" snat to %s; }
                }
                """
                                .formatted(host, outer)
                        + CLOSED;
            case PORT, DOUBLE -> MASQUERADE.formatted("wan", "") + CLOSED;
            case SYMMETRIC -> MASQUERADE.formatted("wan", "fully-random") + CLOSED;
            case SHARED -> SHARED_MAPPINGS.formatted("iifname \"wan\"", host, "iifname \"wan\"", SECOND_HOST);
            case SHARED_HAIRPIN ->
                SHARED_MAPPINGS.formatted("ip daddr " + outer, host, "ip daddr " + outer, SECOND_HOST) + ISOLATED;
            case SHARED_ISOLATED ->
                SHARED_MAPPINGS.formatted("iifname \"wan\"", host, "iifname \"wan\"", SECOND_HOST) + ISOLATED;
            case UDP_BLOCKED ->
                MASQUERADE.formatted("wan", "")
                        + CLOSED
                        + """
                        table ip block {
                          chain fw { type filter hook forward priority 0; meta l4proto udp drop; }
                        }
                        """;
        };
    }

    private void rules(String place, String rules) {
        run(words(at(place), nft.toString(), "-f", "-"), "flush ruleset\n" + rules);
    }

    private void in(String place, String... arguments) {
        ip(words(List.of("-n", name(place)), arguments).toArray(new String[0]));
    }

    private void ip(String... arguments) {
        run(words(List.of(ip.toString()), arguments), null);
    }

    private static List<String> words(List<String> first, String... more) {
        final List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    private void quietly(String... arguments) {
        try {
            ip(arguments);
        } catch (IllegalStateException e) {
            // It was not there.
        }
    }

    private static String run(List<String> command, @org.jspecify.annotations.Nullable String input) {
        try {
            final Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var out = process.getOutputStream()) {
                if (input != null) {
                    out.write(input.getBytes(StandardCharsets.UTF_8));
                }
            }
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said.trim());
            }
            return said;
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        for (final String place : PLACES) {
            quietly("netns", "delete", name(place));
        }
    }
}
