package dev.yodel.io.loop.linux;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/**
 * A system of a few descriptors that reads the messages as the kernel would; addresses are offsets into the one
 * buffer it knows.
 */
final class FakeCalls implements SystemCalls {
    /** The number that every duplicate gets. */
    static final int COPY = 99;

    /** A message that was sent. */
    record Message(int descriptor, int port, int length, int segment) {}

    final List<Message> sent = new ArrayList<>();
    /** What the messages held, put together. */
    final List<byte[]> contents = new ArrayList<>();

    final List<Integer> duplicated = new ArrayList<>();
    final List<Integer> closed = new ArrayList<>();

    /** What the next calls give; afterwards everything is sent. */
    final Queue<Integer> results = new ArrayDeque<>();

    boolean segments = true;
    int calls;
    private final Map<Integer, InetSocketAddress> sockets = new TreeMap<>();
    private ByteBuffer memory = ByteBuffer.allocate(0);

    FakeCalls() {
        // A stream socket of the same name, a file, and the socket.
        addSocket(5, new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_000));
        addSocket(7, new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_000));
    }

    void addSocket(int descriptor, InetSocketAddress name) {
        sockets.put(descriptor, name);
    }

    @Override
    public long address(ByteBuffer buffer) {
        memory = buffer;
        return 0;
    }

    @Override
    public int send(int descriptor, long messages, int count) {
        calls++;
        Integer scripted = results.poll();
        int result = scripted == null ? count : scripted;
        for (int i = 0; i < result; i++) {
            read(descriptor, (int) messages + i * 64);
        }
        return result;
    }

    private void read(int descriptor, int header) {
        int name = (int) memory.getLong(header);
        int port = memory.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(name + 2) & 0xffff;
        int vector = (int) memory.getLong(header + 16);
        int pieces = (int) memory.getLong(header + 24);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; i < pieces; i++) {
            int data = (int) memory.getLong(vector + i * 16);
            byte[] piece = new byte[(int) memory.getLong(vector + i * 16 + 8)];
            memory.get(data, piece);
            content.writeBytes(piece);
        }
        int control = (int) memory.getLong(header + 32);
        int segment = memory.getLong(header + 40) == 0 ? 0 : memory.getShort(control + 16);
        sent.add(new Message(descriptor, port, content.size(), segment));
        contents.add(content.toByteArray());
    }

    @Override
    public int name(int descriptor, ByteBuffer address) {
        InetSocketAddress name = sockets.get(descriptor);
        if (name == null) {
            return -88;
        }
        SocketNames.write(address, 0, name.getAddress(), name.getPort());
        return 0;
    }

    @Override
    public boolean isDatagram(int descriptor) {
        return descriptor != 5;
    }

    @Override
    public boolean takesSegments(int descriptor) {
        return segments;
    }

    @Override
    public int duplicate(int descriptor) {
        duplicated.add(descriptor);
        return COPY;
    }

    @Override
    public int close(int descriptor) {
        closed.add(descriptor);
        return 0;
    }

    @Override
    public List<Integer> open() {
        List<Integer> all = new ArrayList<>(List.of(0, 1, 2, 6));
        all.addAll(sockets.keySet());
        return all;
    }
}
