package dev.yodel.dtls;

import dev.yodel.io.Datagram;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An endpoint with a socket and a timer, on a loop of any environment: what a transport does with it. Loop thread only. */
public final class DtlsOverUdp implements UdpPort.Handler {
    final DtlsEndpoint endpoint;
    final List<DtlsEvent> events = new ArrayList<>();
    private final Loop loop;
    private final UdpPort port;
    private final LoopTimer timer;
    private final Runnable onEvent;
    private final byte[] buffer = new byte[2000];
    private @Nullable InetSocketAddress remote;
    private boolean closed;

    public DtlsOverUdp(
            DtlsEndpointFactory factory,
            DtlsOptions options,
            Environment environment,
            Loop loop,
            InetSocketAddress local,
            Runnable onEvent) {
        this.loop = loop;
        this.onEvent = onEvent;
        endpoint = factory.create(options, environment, loop, this::drain);
        timer = loop.newTimer(() -> {
            endpoint.handleTimeout(loop.now());
            drain();
        });
        try {
            port = loop.openUdp(local, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public InetSocketAddress address() {
        return port.localAddress();
    }

    public DtlsEndpoint endpoint() {
        return endpoint;
    }

    public List<DtlsEvent> events() {
        return events;
    }

    public void start(DtlsRole role, DtlsFingerprint expected, InetSocketAddress peer) {
        remote = peer;
        endpoint.start(role, List.of(expected), 0, loop.now());
        drain();
    }

    public void send(byte[] data) {
        endpoint.send(data, 0, data.length, loop.now());
        drain();
    }

    public void close() {
        endpoint.close(loop.now());
        drain();
        closed = true;
        timer.close();
        port.close();
    }

    @Override
    public void onDatagram(Datagram datagram) {
        endpoint.handleDatagram(datagram.data, datagram.offset, datagram.length, datagram.receivedNanos);
        drain();
    }

    private void drain() {
        if (closed) {
            return;
        }
        InetSocketAddress to = remote;
        for (int length = endpoint.pollTransmit(buffer, 0); length > 0; length = endpoint.pollTransmit(buffer, 0)) {
            if (to != null) {
                port.send(buffer, 0, length, to);
            }
        }
        boolean any = false;
        for (DtlsEvent event = endpoint.pollEvent(); event != null; event = endpoint.pollEvent()) {
            events.add(event);
            any = true;
        }
        timer.set(endpoint.nextTimeout());
        if (any) {
            onEvent.run();
        }
    }
}
