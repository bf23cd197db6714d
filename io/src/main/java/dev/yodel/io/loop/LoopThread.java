package dev.yodel.io.loop;

/** A loop's thread, by which what runs on it finds what belongs to it. */
final class LoopThread extends Thread {
    private final Linger linger;

    LoopThread(Runnable loop, String name, Linger linger) {
        super(loop, name);
        this.linger = linger;
        setDaemon(true);
    }

    /** A lane was given work; by any thread, and of use on a loop's. */
    static void gaveWork() {
        if (Thread.currentThread() instanceof LoopThread loop) {
            loop.linger.gaveWork();
        }
    }
}
