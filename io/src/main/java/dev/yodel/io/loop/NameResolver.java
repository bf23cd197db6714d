package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Host names to addresses by the system's resolver, on a few threads of its own, each look-up with a deadline. It caches
 * nothing beyond what the JDK does. Any thread.
 */
final class NameResolver {
    static final long DEADLINE_NANOS = 5 * Time.SECOND;
    private static final int THREADS = 8;
    private static final int STACK_BYTES = 256 * 1024;

    /** The blocking call; a test has its own. */
    interface Source {
        InetAddress[] lookUp(String hostName) throws UnknownHostException;
    }

    private final Source source;
    private final ElasticPool pool;

    NameResolver(String name, Source source, Diagnostics diagnostics) {
        this.source = source;
        this.pool = new ElasticPool(name, THREADS, STACK_BYTES, diagnostics);
    }

    void resolve(String hostName, Loop loop, Environment.ResolutionHandler handler) {
        LookUp lookUp = new LookUp(loop, handler);
        InetAddress literal = literal(hostName);
        if (literal != null) {
            loop.execute(() -> lookUp.answer(List.of(literal)));
            return;
        }
        loop.execute(lookUp::start);
        pool.execute(() -> {
            List<InetAddress> addresses;
            try {
                addresses = List.of(source.lookUp(hostName));
            } catch (UnknownHostException | SecurityException e) {
                addresses = List.of();
            }
            List<InetAddress> found = addresses;
            try {
                loop.execute(() -> lookUp.answer(found));
            } catch (RejectedExecutionException closed) {
                // The loop has ended, and its owners with it.
                return;
            }
        });
    }

    /** One look-up; loop thread only. */
    private static final class LookUp {
        private final Loop loop;
        private final Environment.ResolutionHandler handler;
        private @Nullable LoopTimer deadline;
        private boolean answered;

        LookUp(Loop loop, Environment.ResolutionHandler handler) {
            this.loop = loop;
            this.handler = handler;
        }

        void start() {
            LoopTimer timer = loop.newTimer(() -> answer(List.of()));
            deadline = timer;
            timer.set(loop.now() + DEADLINE_NANOS);
        }

        void answer(List<InetAddress> addresses) {
            if (answered) {
                return;
            }
            answered = true;
            if (deadline != null) {
                deadline.close();
            }
            handler.onResolved(addresses);
        }
    }

    /** An address literal needs no look-up: it must not wait behind names that hang. */
    static @Nullable InetAddress literal(String text) {
        try {
            String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
            if (bare.indexOf(':') >= 0) {
                return InetAddress.getByName(bare);
            }
            byte[] octets = new byte[4];
            int count = 0;
            int value = -1;
            for (int i = 0; i <= bare.length(); i++) {
                char c = i < bare.length() ? bare.charAt(i) : '.';
                if (c == '.') {
                    if (value < 0 || count == 4) {
                        return null;
                    }
                    octets[count++] = (byte) value;
                    value = -1;
                } else if (c >= '0' && c <= '9') {
                    value = Math.max(value, 0) * 10 + (c - '0');
                    if (value > 255) {
                        return null;
                    }
                } else {
                    return null;
                }
            }
            return count == 4 ? InetAddress.getByAddress(octets) : null;
        } catch (UnknownHostException noLiteral) {
            return null;
        }
    }

    void interrupt() {
        pool.interrupt();
    }

    boolean awaitEnd(long deadlineNanos) throws InterruptedException {
        return pool.awaitEnd(deadlineNanos);
    }
}
