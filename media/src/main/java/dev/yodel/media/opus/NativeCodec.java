package dev.yodel.media.opus;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.ref.Cleaner;
import java.util.function.Consumer;

/**
 * Owns one native codec state and the two native buffers beside it, frees them on {@link #close()}, and at the latest
 * when its owner is garbage. Every access happens under its owner's lock.
 */
final class NativeCodec implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    /** Must not reach the owner, or that would never become garbage. */
    private record Destruction(Pointer state, Consumer<Pointer> destroy) implements Runnable {
        @Override
        public void run() {
            destroy.accept(state);
        }
    }

    private final Pointer state;
    private final Memory packet;
    private final Memory pcm;
    private final Cleaner.Cleanable destruction;
    private boolean closed;

    NativeCodec(Object owner, Pointer state, Consumer<Pointer> destroy, int packetBytes, int pcmSamples) {
        this.state = state;
        packet = new Memory(packetBytes);
        pcm = new Memory(2L * pcmSamples);
        destruction = CLEANER.register(owner, new Destruction(state, destroy));
    }

    /** The native state; throws once it is freed. */
    // The users of this class see only Pointer, so that the verifier need not load JNA to tell them that there is none.
    Pointer state() {
        if (closed) {
            throw new IllegalStateException("the codec is closed; make a new one");
        }
        return state;
    }

    Pointer packet() {
        return packet;
    }

    Pointer pcm() {
        return pcm;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            destruction.clean();
            packet.close();
            pcm.close();
        }
    }
}
