package dev.yodel.interop.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.yodel.benchmarks.libwebrtc.LibwebrtcConnection;
import dev.yodel.interop.browser.Requirements;
import dev.yodel.io.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** The data bot on libwebrtc by webrtc-java, as a program; see data_bot.js for what a channel's label means. */
public final class LibwebrtcBot {
    private static final int ROOM = 1 << 20;

    private final LibwebrtcConnection connection = new LibwebrtcConnection(LibwebrtcConnection.headless());
    private final Map<String, RTCDataChannel> channels = new ConcurrentHashMap<>();

    private LibwebrtcBot() {
        connection.onChannel(this::serve);
    }

    /** Starts the bot in a process of its own, or skips the test where the library is not for this system. */
    public static ProcessPeer start(Path folder) throws IOException {
        return start(folder, LibwebrtcBot.class);
    }

    /** Starts another program with the library. */
    static ProcessPeer start(Path folder, Class<?> program) throws IOException {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.toLowerCase(Locale.ROOT).equals("linux amd64")) {
            Requirements.missing("webrtc-java's library is here for Linux on x86-64 only, not for " + system);
        }
        return ProcessPeer.start(
                folder,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName()));
    }

    public static void main(String[] arguments) throws Exception {
        LibwebrtcBot bot = new LibwebrtcBot();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject message = JsonParser.parseString(line).getAsJsonObject();
            if (message.has("offer")) {
                bot.open("control", new JsonObject());
                bot.describe(bot.connection.createOffer());
                continue;
            }
            if (message.has("restart")) {
                bot.connection.connection().restartIce();
                bot.describe(bot.connection.createOffer());
                continue;
            }
            RTCSdpType type =
                    RTCSdpType.valueOf(message.get("type").getAsString().toUpperCase(Locale.ROOT));
            bot.connection.setRemote(
                    new RTCSessionDescription(type, message.get("sdp").getAsString()));
            if (type == RTCSdpType.OFFER) {
                bot.describe(bot.connection.createAnswer());
            }
        }
        System.exit(0);
    }

    private void describe(RTCSessionDescription description) throws Exception {
        describe(connection, description);
    }

    /** Says a description with all candidates. */
    static void describe(LibwebrtcConnection connection, RTCSessionDescription description) throws Exception {
        connection.setLocal(description);
        RTCSessionDescription whole = connection.gathered();
        JsonObject json = new JsonObject();
        json.addProperty("type", whole.sdpType.name().toLowerCase(Locale.ROOT));
        json.addProperty("sdp", whole.sdp);
        System.out.println(json);
    }

    private void open(String label, JsonObject wanted) {
        RTCDataChannelInit init = new RTCDataChannelInit();
        JsonElement ordered = wanted.get("ordered");
        init.ordered = ordered == null || ordered.getAsBoolean();
        init.maxRetransmits = number(wanted, "maxRetransmits");
        init.maxPacketLifeTime = number(wanted, "maxPacketLifeTime");
        if (wanted.has("protocol")) {
            init.protocol = wanted.get("protocol").getAsString();
        }
        serve(connection.connection().createDataChannel(label, init));
    }

    private static int number(JsonObject wanted, String name) {
        return wanted.has(name) ? wanted.get(name).getAsInt() : -1;
    }

    private void serve(RTCDataChannel channel) {
        channels.put(channel.getLabel(), channel);
        Served served = new Served(channel);
        channel.registerObserver(served);
        served.onStateChange();
    }

    /** What a channel does. */
    private final class Served implements RTCDataChannelObserver {
        private final RTCDataChannel channel;
        private final List<String> words;
        private final MessageDigest digest = sha256();
        private long bytes;
        private long messages;
        private boolean opened;

        Served(RTCDataChannel channel) {
            this.channel = channel;
            words = List.of(channel.getLabel().split(" ", -1));
        }

        @Override
        public void onBufferedAmountChange(long before) {
            // The sender looks by itself.
        }

        @Override
        public synchronized void onStateChange() {
            if (opened || channel.getState() != RTCDataChannelState.OPEN) {
                return;
            }
            opened = true;
            if (words.get(0).equals("attributes")) {
                say(attributes());
            } else if (words.get(0).equals("source")) {
                Thread thread = new Thread(
                        () -> source(Integer.parseInt(words.get(1)), Integer.parseInt(words.get(2))), "source");
                thread.setDaemon(true);
                thread.start();
            }
        }

        private String attributes() {
            JsonObject json = new JsonObject();
            json.addProperty("ordered", channel.isOrdered());
            json.addProperty("maxRetransmits", channel.getMaxRetransmits());
            json.addProperty("maxPacketLifeTime", channel.getMaxPacketLifeTime());
            json.addProperty("protocol", channel.getProtocol());
            json.addProperty("id", channel.getId());
            return json.toString();
        }

        @Override
        public void onMessage(RTCDataChannelBuffer message) {
            byte[] data = new byte[message.data.remaining()];
            message.data.get(data);
            String text = message.binary ? "" : new String(data, StandardCharsets.UTF_8);
            switch (words.get(0)) {
                case "control" -> command(text);
                case "echo" -> send(data, message.binary);
                case "close" -> channel.close();
                case "sink" -> {
                    if (text.equals("end")) {
                        say("sha256 " + hex(digest) + " " + bytes + " " + messages);
                    } else if (message.binary) {
                        digest.update(data);
                        bytes += data.length;
                        messages++;
                    }
                }
                default -> {
                    // It only sends.
                }
            }
        }

        private void command(String line) {
            if (line.startsWith("open ")) {
                JsonObject wanted = JsonParser.parseString(line.substring(5)).getAsJsonObject();
                open(wanted.get("label").getAsString(), wanted.getAsJsonObject("init"));
            } else if (line.startsWith("close ")) {
                Objects.requireNonNull(channels.get(line.substring(6)), line).close();
            }
        }

        private void say(String text) {
            send(text.getBytes(StandardCharsets.UTF_8), false);
        }

        private void send(byte[] data, boolean binary) {
            try {
                ByteBuffer direct = ByteBuffer.allocateDirect(data.length);
                direct.put(data).flip();
                channel.send(new RTCDataChannelBuffer(direct, binary));
            } catch (Exception e) {
                System.out.println("cannot send on " + words + ": " + e);
            }
        }

        private void source(int total, int size) {
            MessageDigest sent = sha256();
            int count = 0;
            for (int done = 0; done < total; count++) {
                byte[] piece = new byte[Math.min(size, total - done)];
                for (int i = 0; i < piece.length; i++) {
                    piece[i] = (byte) ((done + i) * 131 + count * 7);
                }
                sent.update(piece);
                while (channel.getBufferedAmount() > ROOM) {
                    LockSupport.parkNanos(1_000_000);
                }
                send(piece, true);
                done += piece.length;
            }
            say("sha256 " + hex(sent) + " " + total + " " + count);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(MessageDigest digest) {
        byte[] value = digest.digest();
        return Bytes.hex(value, 0, value.length);
    }
}
