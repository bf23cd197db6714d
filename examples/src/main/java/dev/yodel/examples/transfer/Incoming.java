package dev.yodel.examples.transfer;

import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.MessageEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of a transfer over one link. Files are written on the channel's lane, so a slow disk slows the sender
 * and fills no memory.
 */
final class Incoming {
    private static final int COPY_BYTES = 1 << 16;
    private static final int MAX_FILES = 1_000_000;

    private final DataChannel channel;
    private final Path root;
    private final Progress progress;
    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private @Nullable TransferFolder folder;
    private int files;
    private boolean stopped;

    // The file under way.
    private TransferMessage.@Nullable FileStart file;
    private @Nullable Path target;
    private @Nullable OutputStream out;
    private final MessageDigest digest;
    private long received;

    Incoming(DataChannel channel, Path root, Progress progress) {
        this.channel = channel;
        this.root = root;
        this.progress = progress;
        this.digest = sha256();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Completes with the count of files when all are stored, or fails with an IOException for good. */
    CompletableFuture<Integer> done() {
        return done;
    }

    synchronized void onMessage(MessageEvent message) {
        if (done.isDone() || stopped) {
            return;
        }
        try {
            if (message.isText()) {
                final TransferMessage said = TransferMessage.parse(message.text());
                if (said == null) {
                    throw new IOException("the other side says what no transfer says");
                }
                handle(said);
            } else {
                write(message.bytes());
            }
        } catch (IOException e) {
            closeFile();
            say(new TransferMessage.Refused(-1, String.valueOf(e.getMessage())));
            done.completeExceptionally(e);
        }
    }

    /** The link is broken: what is there stays for the next one. On any thread. */
    synchronized void stop() {
        stopped = true;
        closeFile();
    }

    private void say(TransferMessage message) {
        channel.sendAsync(message.toJson()).exceptionally(error -> null);
    }

    private void handle(TransferMessage said) throws IOException {
        if (said instanceof TransferMessage.Hello hello) {
            begin(hello);
        } else if (said instanceof TransferMessage.FileStart start) {
            beginFile(start);
        } else if (said instanceof TransferMessage.FileEnd end) {
            endFile(end);
        } else if (said instanceof TransferMessage.Refused refused) {
            throw new IOException("the other side gave up: " + refused.reason());
        } else if (said instanceof TransferMessage.Finished) {
            open().finish();
            // First the result, then the last word: the sender leaves when it hears that.
            done.complete(files);
            say(new TransferMessage.Finished());
        } else {
            throw new IOException("the other side says what a receiver says");
        }
    }

    private TransferFolder open() throws IOException {
        final TransferFolder opened = folder;
        if (opened == null) {
            throw new IOException("the other side began without a greeting");
        }
        return opened;
    }

    private void begin(TransferMessage.Hello hello) throws IOException {
        final boolean plain = hello.id().length() == 16
                && hello.id().chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        if (!plain || hello.files() < 0 || hello.files() > MAX_FILES || hello.bytes() < 0) {
            throw new IOException("the other side greets with what cannot be");
        }
        folder = new TransferFolder(root, hello.id());
        final long room = Files.getFileStore(root).getUsableSpace();
        if (hello.bytes() > room) {
            throw new IOException("no room for " + Progress.size(hello.bytes()) + " in " + root + ": "
                    + Progress.size(room) + " are free");
        }
        files = hello.files();
        progress.total(hello.bytes());
        say(new TransferMessage.Ready());
    }

    private void beginFile(TransferMessage.FileStart start) throws IOException {
        closeFile();
        if (start.size() < 0 || start.index() < 0 || start.index() >= files) {
            throw new IOException("the other side names a file that cannot be");
        }
        final Path to = open().target(start.path());
        if (open().isStored(start.index())) {
            progress.skip(start.size());
            say(new TransferMessage.Have(start.index(), start.size(), true));
            return;
        }
        if (start.path().endsWith("/")) {
            open().storeFolder(start.index(), to);
            say(new TransferMessage.Have(start.index(), 0, true));
            return;
        }
        file = start;
        target = to;
        digest.reset();
        received = takeUp(open().part(start.index()), start.size());
        progress.skip(received);
        out = Files.newOutputStream(open().part(start.index()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        say(new TransferMessage.Have(start.index(), received, false));
    }

    /** Hashes what an earlier link left of a file. */
    private long takeUp(Path part, long size) throws IOException {
        if (!Files.exists(part)) {
            return 0;
        }
        if (Files.size(part) > size) {
            Files.delete(part);
            return 0;
        }
        final byte[] buffer = new byte[COPY_BYTES];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(part)) {
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                bytes += count;
            }
        }
        return bytes;
    }

    private void write(byte[] bytes) throws IOException {
        final TransferMessage.FileStart current = file;
        final OutputStream to = out;
        if (current == null || to == null || received + bytes.length > current.size()) {
            throw new IOException("the other side sent more than it announced");
        }
        to.write(bytes);
        digest.update(bytes);
        received += bytes.length;
        progress.add(bytes.length, current.path());
    }

    private void endFile(TransferMessage.FileEnd end) throws IOException {
        final TransferMessage.FileStart current = file;
        final Path to = target;
        if (current == null || to == null || end.index() != current.index()) {
            throw new IOException("the other side ended a file that it did not begin");
        }
        closeFile();
        final String ours = HexFormat.of().formatHex(digest.digest());
        if (received != current.size() || !ours.equals(end.sha256())) {
            Files.delete(open().part(current.index()));
            progress.skip(-received);
            say(new TransferMessage.Refused(current.index(), "the hash differs"));
            return;
        }
        final Path stored = open().store(current.index(), to, current.modifiedMillis());
        progress.say("stored " + root.toRealPath().relativize(stored) + "  sha256 " + ours);
        say(new TransferMessage.Stored(current.index()));
    }

    private void closeFile() {
        final OutputStream open = out;
        out = null;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                progress.say("a file could not be closed: " + e.getMessage());
            }
        }
    }
}
