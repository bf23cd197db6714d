package dev.yodel.io.loop.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls, bound to the C library. A wrong address here would end the JVM: those that are given are of direct
 * buffers that the caller holds, and nothing else is passed on. Not for more than one thread at a time.
 */
final class LibC implements SystemCalls {
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;

    /** MSG_DONTWAIT and MSG_NOSIGNAL. */
    private static final int FLAGS = 0x40 | 0x4000;

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int WORD = 4;

    /** The functions themselves. */
    private static final class Functions {
        private Functions() {}

        static native int sendmmsg(int descriptor, long messages, int count, int flags);

        static native int getsockname(int descriptor, long address, long length);

        static native int getsockopt(int descriptor, int level, int option, long value, long length);

        static native int dup(int descriptor);

        static native int close(int descriptor);
    }

    private final ByteBuffer length = word();
    private final ByteBuffer value = word();

    private LibC() {}

    private static ByteBuffer word() {
        return ByteBuffer.allocateDirect(WORD).order(ByteOrder.nativeOrder());
    }

    /** Binds the functions; a {@link LinkageError} where there is no JNA, or no such library for it. */
    static LibC load() {
        Native.register(Functions.class, NativeLibrary.getInstance("c"));
        return new LibC();
    }

    @Override
    public long address(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }

    @Override
    public int send(int descriptor, long messages, int count) {
        return result(Functions.sendmmsg(descriptor, messages, count, FLAGS));
    }

    @Override
    public int name(int descriptor, ByteBuffer address) {
        length.putInt(0, address.capacity());
        return result(Functions.getsockname(descriptor, address(address), address(length)));
    }

    @Override
    public boolean isDatagram(int descriptor) {
        return option(descriptor, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM;
    }

    @Override
    public boolean takesSegments(int descriptor) {
        return option(descriptor, SOL_UDP, UDP_SEGMENT) >= 0;
    }

    private int option(int descriptor, int level, int option) {
        length.putInt(0, WORD);
        int result = result(Functions.getsockopt(descriptor, level, option, address(value), address(length)));
        return result < 0 ? result : value.getInt(0);
    }

    @Override
    public int duplicate(int descriptor) {
        return result(Functions.dup(descriptor));
    }

    @Override
    public int close(int descriptor) {
        return result(Functions.close(descriptor));
    }

    @Override
    public List<Integer> open() {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path path : names) {
                Path name = path.getFileName();
                found.add(Integer.parseInt(name == null ? "" : name.toString()));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException noSuchFiles) {
            return List.of();
        }
        return found;
    }

    private static int result(int returned) {
        return returned < 0 ? -Native.getLastError() : returned;
    }
}
