package dev.yodel.examples.transfer;

import dev.yodel.webrtc.DataChannel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sending end of a transfer: what is to be sent, and one attempt at a time to send it over a link. One thread. */
final class Outgoing {
    /** The link broke in the middle; with the next one the transfer goes on. */
    static final class Interrupted extends Exception {
        private static final long serialVersionUID = 1;

        Interrupted(String reason) {
            super(reason);
        }
    }

    private record Item(Path file, String path, long size, long modifiedMillis) {}

    private static final int CHUNK_BYTES = 1 << 16;
    private static final int CHUNKS_UNDER_WAY = 32;
    private static final int TRIES = 3;
    private static final long SILENCE_SECONDS = 60;

    private final String id;
    private final List<Item> items;
    private final long bytes;
    private final Progress progress;
    private final BlockingQueue<TransferMessage> heard = new LinkedBlockingQueue<>();

    /**
     * Looks up what is to be sent.
     *
     * @throws IOException if there is no such file, or it cannot be read
     */
    Outgoing(List<Path> given, String code, Progress progress) throws IOException {
        this.progress = progress;
        items = new ArrayList<>();
        for (final Path each : given) {
            add(each.toAbsolutePath().normalize());
        }
        long sum = 0;
        final MessageDigest digest = Incoming.sha256();
        digest.update(code.getBytes(StandardCharsets.UTF_8));
        for (final Item item : items) {
            sum += item.size();
            digest.update((item.path() + "\0" + item.size() + "\0" + item.modifiedMillis() + "\0")
                    .getBytes(StandardCharsets.UTF_8));
        }
        bytes = sum;
        id = HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private void add(Path given) throws IOException {
        final Path parent = Objects.requireNonNullElse(given.getParent(), given);
        if (!Files.isDirectory(given)) {
            items.add(item(given, parent.relativize(given)));
            return;
        }
        final List<Path> found;
        try (Stream<Path> walk = Files.walk(given)) {
            found = walk.sorted().toList();
        }
        for (final Path each : found) {
            if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
                items.add(item(each, parent.relativize(each)));
            } else if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS) && isEmpty(each)) {
                items.add(new Item(each, slashes(parent.relativize(each)) + "/", 0, 0));
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }

    private static Item item(Path file, Path relative) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("there is no file to read at " + file);
        }
        return new Item(
                file,
                slashes(relative),
                Files.size(file),
                Files.getLastModifiedTime(file).toMillis());
    }

    private static String slashes(Path relative) {
        final StringBuilder path = new StringBuilder();
        for (final Path name : relative) {
            path.append(path.isEmpty() ? "" : "/").append(name);
        }
        return path.toString();
    }

    int files() {
        return items.size();
    }

    long bytes() {
        return bytes;
    }

    /** What the receiver says; on the channel's lane. */
    void onText(String text) {
        final TransferMessage message = TransferMessage.parse(text);
        heard.add(message == null ? new TransferMessage.Refused(-1, "it says what no transfer says") : message);
    }

    /** The link is gone: whoever waits learns of it. */
    void onBroken(String reason) {
        heard.add(new TransferMessage.Refused(-2, reason));
    }

    /**
     * Sends everything that the receiver does not have.
     *
     * @throws Interrupted if the link broke
     * @throws IOException if it cannot go on at all
     */
    void send(DataChannel channel) throws Interrupted, IOException, InterruptedException {
        progress.total(bytes);
        say(channel, new TransferMessage.Hello(id, items.size(), bytes));
        await(TransferMessage.Ready.class);
        for (int index = 0; index < items.size(); index++) {
            int tries = 0;
            while (!sendFile(channel, index, items.get(index))) {
                if (++tries == TRIES) {
                    throw new IOException("the hash of " + items.get(index).path() + " differed " + TRIES + " times");
                }
            }
        }
        say(channel, new TransferMessage.Finished());
        await(TransferMessage.Finished.class);
    }

    /** False if it arrived damaged. */
    private boolean sendFile(DataChannel channel, int index, Item item)
            throws Interrupted, IOException, InterruptedException {
        say(channel, new TransferMessage.FileStart(index, item.path(), item.size(), item.modifiedMillis()));
        final TransferMessage.Have have = await(TransferMessage.Have.class);
        progress.skip(Math.min(have.bytes(), item.size()));
        if (have.stored()) {
            return true;
        }
        say(channel, new TransferMessage.FileEnd(index, stream(channel, item, have.bytes())));
        final TransferMessage answer = answer();
        if (answer instanceof TransferMessage.Refused refused && refused.index() == index) {
            progress.skip(-item.size());
            return false;
        }
        if (!(answer instanceof TransferMessage.Stored stored) || stored.index() != index) {
            throw refusal(answer);
        }
        return true;
    }

    /** Sends a file from an offset on; the hash of all of it. */
    private String stream(DataChannel channel, Item item, long from)
            throws Interrupted, IOException, InterruptedException {
        final MessageDigest digest = Incoming.sha256();
        final ArrayDeque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
        final byte[] buffer = new byte[CHUNK_BYTES];
        long read = 0;
        try (InputStream in = Files.newInputStream(item.file())) {
            while (read < item.size()) {
                final int wanted = (int) Math.min(buffer.length, (read < from ? from : item.size()) - read);
                final int count = in.readNBytes(buffer, 0, wanted);
                if (count == 0) {
                    throw new IOException(item.file() + " became shorter while it was sent");
                }
                digest.update(buffer, 0, count);
                if (read >= from) {
                    underWay.add(channel.sendAsync(java.util.Arrays.copyOf(buffer, count)));
                    progress.add(count, item.path());
                }
                read += count;
                while (underWay.size() > CHUNKS_UNDER_WAY) {
                    settle(underWay.remove());
                }
                if (heard.peek() != null) {
                    // The receiver speaks before its turn: it gave up, or the link is gone.
                    throw refusal(answer());
                }
            }
        }
        while (!underWay.isEmpty()) {
            settle(underWay.remove());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void settle(CompletableFuture<Void> sent) throws Interrupted {
        try {
            sent.join();
        } catch (CompletionException e) {
            throw new Interrupted(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()));
        }
    }

    private static void say(DataChannel channel, TransferMessage message) throws Interrupted {
        settle(channel.sendAsync(message.toJson()));
    }

    private TransferMessage answer() throws Interrupted, InterruptedException {
        final TransferMessage message = heard.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new Interrupted("the other side is silent");
        }
        if (message instanceof TransferMessage.Refused refused && refused.index() == -2) {
            throw new Interrupted(refused.reason());
        }
        return message;
    }

    private <T extends TransferMessage> T await(Class<T> type) throws Interrupted, IOException, InterruptedException {
        final TransferMessage message = answer();
        if (type.isInstance(message)) {
            return type.cast(message);
        }
        throw refusal(message);
    }

    private static IOException refusal(@Nullable TransferMessage message) {
        return message instanceof TransferMessage.Refused refused
                ? new IOException("the other side refuses: " + refused.reason())
                : new IOException("the other side answers what does not fit: " + message);
    }

    /** A new link begins: what was said on the one before is forgotten. */
    void restart() {
        heard.clear();
    }
}
