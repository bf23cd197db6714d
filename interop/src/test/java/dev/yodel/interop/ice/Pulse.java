package dev.yodel.interop.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.data.DataEnd;
import dev.yodel.webrtc.DataChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A number every 20 ms on a reliable channel to somebody who sends it back: what an interruption is measured with. */
final class Pulse implements AutoCloseable {
    private final DataEnd.Line line;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Long> backAt = new ArrayList<>();
    private int sent;
    private int back;
    private boolean inOrder = true;

    /** Starts on an open channel whose other end echoes. */
    Pulse(DataEnd.Line line) {
        this.line = line;
        DataChannel channel = line.channel;
        channel.onMessage(message -> came(message.text()));
        timer.scheduleAtFixedRate(this::send, 0, 20, TimeUnit.MILLISECONDS);
    }

    private synchronized void send() {
        line.channel.send(Integer.toString(sent++));
    }

    private synchronized void came(String number) {
        inOrder &= number.equals(Integer.toString(back++));
        backAt.add(System.nanoTime());
    }

    synchronized int back() {
        return back;
    }

    /** When the first number came back after a time. */
    synchronized long firstAfter(long nanos) {
        for (long at : backAt) {
            if (at > nanos) {
                return at;
            }
        }
        throw new AssertionError("nothing came back");
    }

    /** Between two that came back. */
    synchronized long longestGapMillis() {
        long longest = 0;
        for (int i = 1; i < backAt.size(); i++) {
            longest = Math.max(longest, backAt.get(i) - backAt.get(i - 1));
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    private synchronized boolean isWhole() {
        return back == sent;
    }

    /** Stops, and waits until all is back, in order. */
    void stop() throws InterruptedException {
        timer.shutdown();
        assertThat(timer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        dev.yodel.interop.browser.Polling.until("all numbers", 60, () -> isWhole() ? true : null);
        synchronized (this) {
            assertThat(inOrder).as("in order").isTrue();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
