package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.io.FilteredEnvironment;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.loop.MediaClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * ICE and the real handshake over real sockets, with at most two of the first 20 + 20 datagrams lost: every such set, in
 * both DTLS roles, many at a time.
 */
final class LostDatagramsTest {
    private static final int PER_SIDE = 20;
    private static final int AT_A_TIME = 32;

    private final NioEnvironment environment = NioEnvironment.builder().loops(2).start();
    private final MediaServices services =
            new MediaServices(environment, new MediaClock(environment, environment.nextLoop()));
    private final DtlsCertificate certificate =
            DtlsCertificate.generate(environment.random(), environment.wallClockMillis());

    @AfterEach
    void close() {
        environment.close();
    }

    /** Which datagrams are lost, 0 to 19 of the offerer and 20 to 39 of the answerer, and who is the DTLS client. */
    private record Loss(int first, int second, boolean offererIsClient) {
        BitSet of(boolean offerer) {
            BitSet lost = new BitSet();
            for (int index : new int[] {first, second}) {
                if (index >= 0 && index < PER_SIDE == offerer) {
                    lost.set(offerer ? index : index - PER_SIDE);
                }
            }
            return lost;
        }
    }

    private static List<Loss> all() {
        List<Loss> all = new ArrayList<>();
        for (boolean offererIsClient : new boolean[] {false, true}) {
            all.add(new Loss(-1, -1, offererIsClient));
            for (int first = 0; first < 2 * PER_SIDE; first++) {
                all.add(new Loss(first, -1, offererIsClient));
                for (int second = first + 1; second < 2 * PER_SIDE; second++) {
                    all.add(new Loss(first, second, offererIsClient));
                }
            }
        }
        return all;
    }

    private final class Attempt {
        final Loss loss;
        final TransportEnd offerer;
        final TransportEnd answerer;
        final CompletableFuture<Void> connected;

        Attempt(Loss loss) throws Exception {
            this.loss = loss;
            offerer = end(loss, true);
            answerer = end(loss, false);
            connected = CompletableFuture.allOf(offerer.connected, answerer.connected);
            offerer.start(answerer, true, loss.offererIsClient() ? DtlsRole.CLIENT : DtlsRole.SERVER, 1);
            answerer.start(offerer, false, loss.offererIsClient() ? DtlsRole.SERVER : DtlsRole.CLIENT, 2);
        }

        private TransportEnd end(Loss which, boolean isOfferer) throws Exception {
            // The n-th that this end sends, all sockets counted together; they are on one loop.
            BitSet lost = which.of(isOfferer);
            int[] sent = {0};
            FilteredEnvironment lossy =
                    new FilteredEnvironment(environment, (data, offset, length, remote) -> !lost.get(sent[0]++));
            return new TransportEnd(lossy, lossy.loops().get(isOfferer ? 0 : 1), services, certificate);
        }

        void finish() throws InterruptedException {
            try {
                connected.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError("did not connect with " + loss, e);
            } finally {
                offerer.run(offerer.stack::close);
                answerer.run(answerer.stack::close);
            }
        }
    }

    private void connectWith(List<Loss> losses) throws Exception {
        Deque<Attempt> running = new ArrayDeque<>();
        for (Loss loss : losses) {
            running.add(new Attempt(loss));
            if (running.size() == AT_A_TIME) {
                running.remove().finish();
            }
        }
        while (!running.isEmpty()) {
            running.remove().finish();
        }
    }

    @Test
    void F01_D10_aSampleOfTheSetsOfAtMostTwoLostDatagrams() throws Exception {
        List<Loss> sample = all();
        long seed = 20_261_122;
        java.util.Collections.shuffle(sample, new Random(seed));
        connectWith(sample.subList(0, 64));
    }

    @Test
    @Tag("long")
    void F01_D10_everySetOfAtMostTwoLostDatagrams() throws Exception {
        connectWith(all());
    }
}
