package dev.yodel.examples.turn;

import dev.yodel.ice.loop.TurnServerSocket;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnServerEvent;
import dev.yodel.ice.turn.TurnServerOptions;
import java.io.PrintWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/** Says on the console what a TURN server does. Passwords and secrets are never among it. */
final class TurnConsole implements TurnServerSocket.Listener {
    private static final int LONGEST_NAME = 60;

    private final PrintWriter out;
    private final boolean quiet;

    TurnConsole(PrintWriter out, boolean quiet) {
        this.out = out;
        this.quiet = quiet;
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }

    void listens(String scheme, InetSocketAddress at, String transport) {
        line(scheme + ":" + text(at) + "?transport=" + transport);
    }

    void discovers(List<InetAddress> addresses, int port, int alternate) {
        line("NAT discovery (RFC 5780): "
                + addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(" and "))
                + ", UDP ports "
                + port + " and " + alternate);
    }

    void signedItself(String fingerprint) {
        line("TLS with a certificate of its own, SHA-256 " + fingerprint);
        line("  browsers refuse it; for one that they know: --tls-keystore FILE, from PEM files by"
                + " openssl pkcs12 -export -in cert.pem -inkey key.pem -out turn.p12");
    }

    void started(TurnServerOptions options, TurnAddresses addresses) {
        for (final RelayAddress relay : addresses.relays()) {
            if (!relay.local().equals(relay.advertised())) {
                line("relays on " + relay.local().getHostAddress() + " are known as "
                        + relay.advertised().getHostAddress());
            }
        }
        line("realm " + options.realm() + ", relay ports " + options.firstPort() + " to " + options.lastPort()
                + ", peers: " + options.peerPolicy().describe());
        line("ready; Ctrl-C ends it");
    }

    @Override
    public void onAllocated(TurnServerEvent.Allocated event) {
        if (!quiet) {
            line("+ " + text(event.client()) + (event.stream() ? " tcp " : " udp ") + name(event.username())
                    + " relays on "
                    + event.relayed().stream().map(TurnConsole::text).collect(Collectors.joining(" and ")));
        }
    }

    @Override
    public void onReleased(TurnServerEvent.Released event) {
        if (!quiet) {
            line("- " + text(event.client()) + " " + name(event.username()) + ": " + event.sentBytes() + " bytes out, "
                    + event.receivedBytes() + " bytes in, " + event.reason());
        }
    }

    @Override
    public void onListenerLost(InetSocketAddress local, String reason) {
        line("! no longer listening on " + text(local) + ": " + reason);
    }

    /** A name came from outside: no line ends, no escape sequences, no flood. */
    private static String name(String username) {
        final StringBuilder text = new StringBuilder();
        username.codePoints()
                .limit(LONGEST_NAME)
                .forEach(c -> text.appendCodePoint(Character.isLetterOrDigit(c) || "-_.:@+".indexOf(c) >= 0 ? c : '?'));
        return text.toString();
    }

    static String text(InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        final int zone = host.indexOf('%');
        final String plain = zone < 0 ? host : host.substring(0, zone);
        return (address.getAddress() instanceof Inet6Address ? "[" + plain + "]" : plain) + ":" + address.getPort();
    }
}
