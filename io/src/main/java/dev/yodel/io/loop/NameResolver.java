package dev.yodel.io.loop;

import dev.yodel.io.AddressLiteral;
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
        // An address needs no look-up: it must not wait behind names that hang.
        InetAddress literal = AddressLiteral.parse(hostName);
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

    void interrupt() {
        pool.interrupt();
    }

    boolean awaitEnd(long deadlineNanos) throws InterruptedException {
        return pool.awaitEnd(deadlineNanos);
    }
}
