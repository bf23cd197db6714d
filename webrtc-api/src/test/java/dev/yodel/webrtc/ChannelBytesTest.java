package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Channels as bytes and streams, for threads that wait: over real sockets on this machine. */
final class ChannelBytesTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final int MANY_BYTES = Boolean.getBoolean("yodel.long") ? 200_000_000 : 12_000_000;

    private final PeerConnectionFactory factory = PeerConnectionFactory.builder()
            .settings(Settings.builder()
                    .unlimitedMessages()
                    .maxBufferedBytes(64L << 20)
                    .build())
            .build();
    private final PeerConnection a = factory.newPeerConnection();
    private final PeerConnection b = factory.newPeerConnection();
    private final DataChannel ours = a.createDataChannel("bytes");
    private final CompletableFuture<DataChannel> announced = new CompletableFuture<>();

    @AfterEach
    void close() {
        factory.close();
    }

    private DataChannel connect() throws Exception {
        b.onDataChannel(event -> announced.complete(event.channel()));
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
        a.setLocalDescription()
                .thenCompose(b::setRemoteDescription)
                .thenCompose(done -> b.setLocalDescription())
                .thenCompose(a::setRemoteDescription)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        CompletableFuture<Void> open = new CompletableFuture<>();
        ours.onOpen(() -> open.complete(null));
        open.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return announced.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** A thread of the user's own. */
    private interface Task<T> {
        T run() throws Exception;
    }

    private static <T> CompletableFuture<T> inThread(Task<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(task.run());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static String copyAll(InputStream from, OutputStream to) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(from, digest);
                OutputStream out = to) {
            in.transferTo(out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A file's worth of bytes, the same for the same seed. */
    private static final class Noise extends InputStream {
        private final Random random = new Random(7);
        private long left;

        Noise(long length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- <= 0 ? -1 : random.nextInt() & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(left, Math.min(length, 10_000));
            byte[] part = new byte[count];
            random.nextBytes(part);
            System.arraycopy(part, 0, into, offset, count);
            left -= count;
            return count;
        }
    }

    @Test
    void aFileIsPipedAndComesBack() throws Exception {
        // Writing begins before there is a connection: it waits.
        CompletableFuture<String> sent = inThread(() -> copyAll(new Noise(MANY_BYTES), ours.outputStream()));
        // Taken in the listener, before anything is read: bytes wait for a reader, messages for nobody.
        CompletableFuture<InputStream> input = new CompletableFuture<>();
        b.onDataChannel(event -> input.complete(event.channel().inputStream()));
        connect();
        AtomicLong most = new AtomicLong();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        CompletableFuture<String> received = inThread(() -> {
            try (InputStream in = input.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                byte[] buffer = new byte[8_192];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    out.write(buffer, 0, n);
                    most.accumulateAndGet(ours.bufferedAmount(), Math::max);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        });
        String expected = sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(received.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(expected);
        // A writer waits at 1 MiB.
        assertThat(most.get()).isLessThanOrEqualTo((1 << 20) + (32 << 10));
    }

    @Test
    void readingWaitsAndMessagesHaveNoBorders() throws Exception {
        DataChannel theirs = connect();
        ByteChannel in = theirs.asByteChannel();
        assertThat(theirs.asByteChannel()).isSameAs(in);
        CompletableFuture<Integer> first = inThread(() -> in.read(ByteBuffer.allocate(10)));
        ByteChannel out = ours.asByteChannel();
        assertThat(out.write(ByteBuffer.wrap(new byte[] {1, 2, 3}))).isEqualTo(3);
        assertThat(first.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(3);
        ours.send("\u20ac");
        ours.send("");
        out.write(ByteBuffer.wrap(new byte[] {4, 5}));
        ByteBuffer five = ByteBuffer.allocate(5);
        while (five.hasRemaining()) {
            assertThat(in.read(five)).isPositive();
        }
        assertThat(five.array()).containsExactly(0xe2, 0x82, 0xac, 4, 5);
        assertThat(in.read(ByteBuffer.allocate(0))).isZero();
        out.close();
        assertThat(out.isOpen()).isFalse();
        assertThat(in.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(in.isOpen()).isTrue();
        assertThatThrownBy(() -> in.write(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> out.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> out.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void neitherLaneMayWaitForItself() throws Exception {
        CompletableFuture<Throwable> onConnectionLane = new CompletableFuture<>();
        b.onDataChannel(event -> onConnectionLane.complete(
                thrownBy(() -> event.channel().asByteChannel().read(ByteBuffer.allocate(1)))));
        DataChannel theirs = connect();
        CompletableFuture<Throwable> onChannelLane = new CompletableFuture<>();
        ours.onMessage(message -> onChannelLane.complete(thrownBy(() -> {
            ours.outputStream().write(new byte[100_000]);
            return "written";
        })));
        theirs.send("now");
        assertThat(onConnectionLane.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("would wait for itself");
        assertThat(onChannelLane.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
    }

    private static Throwable thrownBy(Task<?> task) {
        try {
            task.run();
        } catch (Exception e) {
            return e;
        }
        return new AssertionError("nothing was thrown");
    }

    private Object sendInto(CompletableFuture<Object> result, Task<Object> task) {
        try {
            Object value = task.run();
            result.complete(value);
            return value;
        } catch (Exception e) {
            result.completeExceptionally(e);
            return e;
        }
    }

    @Test
    void whoeverWaitsIsFreedByCloseInterruptAndTheEndOfTheConnection() throws Exception {
        DataChannel theirs = connect();
        ByteChannel in = theirs.asByteChannel();
        CompletableFuture<Object> closed = new CompletableFuture<>();
        inThread(() -> sendInto(closed, () -> in.read(ByteBuffer.allocate(1))));
        in.close();
        assertThatThrownBy(() -> closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);

        DataChannel second = a.createDataChannel("second");
        CompletableFuture<Object> interrupted = new CompletableFuture<>();
        Thread waiting = new Thread(
                () -> sendInto(interrupted, () -> second.asByteChannel().read(ByteBuffer.allocate(1))));
        waiting.start();
        waiting.interrupt();
        assertThatThrownBy(() -> interrupted.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ClosedByInterruptException.class);
        assertThat(second.readyState()).isIn(DataChannelState.CLOSING, DataChannelState.CLOSED);

        DataChannel third = a.createDataChannel("third");
        CompletableFuture<Object> ended = new CompletableFuture<>();
        inThread(() -> sendInto(ended, () -> third.inputStream().read()));
        // Nobody reads it there, so that writing waits in the end.
        CompletableFuture<Object> stuck = new CompletableFuture<>();
        b.onDataChannel(event -> event.channel().asByteChannel());
        DataChannel fourth = a.createDataChannel("fourth");
        Thread writer = new Thread(() -> sendInto(stuck, () -> {
            fourth.asByteChannel().write(ByteBuffer.allocate(30 << 20));
            return "all written";
        }));
        writer.start();
        awaitWaiting(writer);
        assertThat(stuck).isNotDone();
        a.close();
        assertThatThrownBy(() -> ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> stuck.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void closingWhileAnotherThreadWritesIsTold() throws Exception {
        ByteChannel out = ours.asByteChannel();
        // The channel never opens.
        CompletableFuture<Object> written = new CompletableFuture<>();
        Thread writer = new Thread(() -> sendInto(written, () -> out.write(ByteBuffer.allocate(1))));
        writer.start();
        awaitWaiting(writer);
        out.close();
        assertThatThrownBy(() -> written.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void C10_aMessageOfAnySizeIsStreamedWhileItArrives() throws Exception {
        DataChannel theirs = connect();
        BlockingQueue<MessageStream> streams = new LinkedBlockingQueue<>();
        theirs.onMessageStream(streams::add);
        assertThat(Objects.requireNonNull(a.sctp()).maxMessageSize()).isEqualTo(64 << 20);
        assertThat(Objects.requireNonNull(b.localDescription()).sdp()).contains("a=max-message-size:0\r\n");
        byte[] large = new byte[20 << 20];
        new Random(8).nextBytes(large);
        ours.send(large);
        ours.send("small");
        MessageStream first = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(first.isText()).isFalse();
        // It is there before it can be whole: nobody has read it, so the window is closed at a twentieth of it.
        assertThat(streams).isEmpty();
        try (InputStream in = first.inputStream()) {
            assertThatThrownBy(() -> first.forEach(piece -> {})).isInstanceOf(IllegalStateException.class);
            assertThat(in.readNBytes(large.length)).isEqualTo(large);
            assertThat(in.read()).isEqualTo(-1);
        }
        MessageStream small = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(small.isText()).isTrue();
        StringBuilder text = new StringBuilder();
        long count = small.forEach(piece -> text.append(new String(piece, StandardCharsets.UTF_8)))
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(count).isEqualTo(5);
        assertThat(text.toString()).isEqualTo("small");
        // One that is closed is thrown away, and the channel goes on.
        ours.send(large);
        ours.send(new byte[] {9});
        streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
        assertThat(streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .inputStream()
                        .readAllBytes())
                .containsExactly(9);
    }

    @Test
    void C10_aMessageOfAnySizeWithoutAReceiverBreaksItsChannelOnly() throws Exception {
        DataChannel theirs = connect();
        CompletableFuture<RtcError> failure = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        theirs.onMessage(message -> {});
        theirs.onError(event -> failure.complete(event.error()));
        ours.onClose(() -> closed.complete(null));
        ours.send(new byte[1 << 20]);
        assertThat(failure.get(PATIENCE_SECONDS, TimeUnit.SECONDS).errorDetail())
                .isEqualTo(RtcErrorDetail.DATA_CHANNEL_FAILURE);
        assertThat(failure.get().message()).contains("onMessageStream");
        closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(Objects.requireNonNull(a.sctp()).state()).isEqualTo(SctpTransportState.CONNECTED);
        DataChannel next = a.createDataChannel("next");
        CompletableFuture<Void> open = new CompletableFuture<>();
        next.onOpen(() -> open.complete(null));
        open.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aStreamWhoseChannelClosesFails() throws Exception {
        DataChannel theirs = connect();
        CompletableFuture<CompletableFuture<Long>> counted = new CompletableFuture<>();
        theirs.onMessageStream(stream -> counted.complete(stream.forEach(piece -> {
            if (!stream.isText()) {
                theirs.close();
            }
        })));
        ours.send(new byte[8 << 20]);
        CompletableFuture<Long> count = counted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThatThrownBy(() -> count.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OperationException.class)
                .hasMessageContaining("closed before the message was whole");
    }
}
