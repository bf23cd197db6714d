package dev.yodel.ice.loop;

import dev.yodel.ice.StreamProxy;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What is said to a proxy before a stream through it is open (RFC 9110 section 9.3.6, RFC 1928, RFC 1929)? Bytes in, bytes
 * out; it holds 8 KiB at most. What the proxy answers beyond that, or otherwise than it must, is a failure in words.
 */
final class ProxyHandshake {
    private static final int MOST_BYTES = 8192;
    private static final byte SOCKS = 5;
    private static final byte PASSWORD_METHOD = 2;
    private static final byte IPV4 = 1;
    private static final byte NAME = 3;
    private static final byte IPV6 = 4;

    private enum Step {
        HTTP_HEAD,
        SOCKS_METHOD,
        SOCKS_PASSWORD,
        SOCKS_REPLY,
        OPEN,
        FAILED
    }

    private final StreamProxy proxy;
    private final InetSocketAddress target;
    private Step step;
    private byte[] held = {};
    private byte @Nullable [] output;
    private String failure = "";

    ProxyHandshake(StreamProxy proxy, InetSocketAddress target) {
        this.proxy = proxy;
        this.target = target;
        this.step = proxy.kind() == StreamProxy.Kind.HTTP ? Step.HTTP_HEAD : Step.SOCKS_METHOD;
    }

    /** The connection to the proxy stands. */
    void start() {
        if (proxy.kind() == StreamProxy.Kind.HTTP) {
            output = connect().getBytes(StandardCharsets.ISO_8859_1);
        } else {
            output = proxy.username() == null ? new byte[] {SOCKS, 1, 0} : new byte[] {SOCKS, 2, 0, PASSWORD_METHOD};
        }
    }

    private String connect() {
        String host = target.getHostString();
        String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + target.getPort();
        StringBuilder text = new StringBuilder("CONNECT ")
                .append(authority)
                .append(" HTTP/1.1\r\nHost: ")
                .append(authority)
                .append("\r\n");
        if (proxy.username() != null) {
            String credentials = proxy.username() + ":" + proxy.password();
            text.append("Proxy-Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                    .append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** What to send to the proxy; null if nothing. */
    byte @Nullable [] pollOutput() {
        byte[] bytes = output;
        output = null;
        return bytes;
    }

    boolean isOpen() {
        return step == Step.OPEN;
    }

    boolean isFailed() {
        return step == Step.FAILED;
    }

    String failure() {
        return failure;
    }

    /** What came behind the proxy's last word, and is for the stream's user. */
    byte[] rest() {
        return held;
    }

    void handleBytes(byte[] data, int offset, int length) {
        if (held.length + length > MOST_BYTES) {
            fail("says too much");
            return;
        }
        byte[] all = Arrays.copyOf(held, held.length + length);
        System.arraycopy(data, offset, all, held.length, length);
        held = all;
        boolean more = true;
        while (more) {
            more = switch (step) {
                case HTTP_HEAD -> httpHead();
                case SOCKS_METHOD -> socksMethod();
                case SOCKS_PASSWORD -> socksPassword();
                case SOCKS_REPLY -> socksReply();
                case OPEN, FAILED -> false;
            };
        }
    }

    private void take(int bytes) {
        held = Arrays.copyOfRange(held, bytes, held.length);
    }

    private boolean httpHead() {
        int end = -1;
        for (int i = 3; i < held.length && end < 0; i++) {
            if (held[i - 3] == '\r' && held[i - 2] == '\n' && held[i - 1] == '\r' && held[i] == '\n') {
                end = i + 1;
            }
        }
        if (end < 0) {
            return false;
        }
        String head = new String(held, 0, end, StandardCharsets.ISO_8859_1);
        String line = head.substring(0, head.indexOf('\r'));
        boolean http = line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' ';
        String code = http ? line.substring(9, 12) : "";
        if (!code.startsWith("2")) {
            fail(code.equals("407") ? "wants other credentials (407)" : "refuses: " + printable(line));
            return false;
        }
        take(end);
        step = Step.OPEN;
        return false;
    }

    private static String printable(String line) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(line.length(), 100); i++) {
            char c = line.charAt(i);
            text.append(c < ' ' || c > '~' ? '?' : c);
        }
        return text.toString();
    }

    private boolean socksMethod() {
        if (held.length < 2) {
            return false;
        }
        if (held[0] != SOCKS) {
            fail("does not speak SOCKS 5");
            return false;
        }
        byte method = held[1];
        take(2);
        if (method == 0) {
            request();
        } else if (method == PASSWORD_METHOD && proxy.username() != null) {
            step = Step.SOCKS_PASSWORD;
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(1);
            text(bytes, proxy.username());
            text(bytes, String.valueOf(proxy.password()));
            output = bytes.toByteArray();
        } else {
            fail(proxy.username() == null ? "wants credentials" : "takes no password");
        }
        return step != Step.FAILED;
    }

    private static void text(ByteArrayOutputStream bytes, String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(encoded.length, 255);
        bytes.write(length);
        bytes.write(encoded, 0, length);
    }

    private boolean socksPassword() {
        if (held.length < 2) {
            return false;
        }
        if (held[1] != 0) {
            fail("wants other credentials");
            return false;
        }
        take(2);
        request();
        return true;
    }

    private void request() {
        step = Step.SOCKS_REPLY;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(SOCKS);
        bytes.write(1);
        bytes.write(0);
        if (target.isUnresolved()) {
            bytes.write(NAME);
            text(bytes, target.getHostString());
        } else {
            byte[] address = target.getAddress().getAddress();
            bytes.write(address.length == 4 ? IPV4 : IPV6);
            bytes.write(address, 0, address.length);
        }
        bytes.write(target.getPort() >> 8);
        bytes.write(target.getPort());
        output = bytes.toByteArray();
    }

    private boolean socksReply() {
        if (held.length < 5) {
            return false;
        }
        if (held[0] != SOCKS || held[1] != 0) {
            fail("refuses: " + reason(held[1]));
            return false;
        }
        int addressLength =
                switch (held[3]) {
                    case IPV4 -> 4;
                    case IPV6 -> 16;
                    case NAME -> 1 + (held[4] & 0xFF);
                    default -> -1;
                };
        if (addressLength < 0) {
            fail("answers with an address of no kind");
            return false;
        }
        int length = 4 + addressLength + 2;
        if (held.length < length) {
            return false;
        }
        take(length);
        step = Step.OPEN;
        return false;
    }

    private static String reason(byte code) {
        return switch (code) {
            case 2 -> "not allowed";
            case 3 -> "network unreachable";
            case 4 -> "host unreachable";
            case 5 -> "connection refused";
            case 6 -> "too far";
            default -> "code " + code;
        };
    }

    private void fail(String why) {
        step = Step.FAILED;
        failure = "the " + proxy + " " + why;
        held = new byte[0];
    }
}
