package dev.yodel.ice;

import dev.yodel.io.RandomSource;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where generations and sockets meet: what do sessions ask of candidates, sockets and relays, and what do bases that come
 * and go tell sessions? It decides nothing.
 */
final class Junction implements IceSession.Owner, Gatherer.Owner {
    private final Outbox out;
    private final RandomSource random;
    private final IceCounters counters = new IceCounters();
    private final Generations generations = new Generations(this);
    private final Gatherer gatherer;
    /** Of the current generation. */
    private IceOptions options;

    Junction(IceOptions options, Outbox out, RandomSource random) {
        this.options = options;
        this.out = out;
        this.random = random;
        this.gatherer = new Gatherer(options, out, random, this);
    }

    Generations generations() {
        return generations;
    }

    Gatherer gatherer() {
        return gatherer;
    }

    /** A generation begins, with these options. */
    void configure(IceOptions next) {
        options = next;
    }

    @Override
    public void baseOpened(Base base, long now) {
        generations.baseOpened(base, now);
    }

    @Override
    public void baseLost(Base base, long now) {
        generations.baseLost(base, now);
    }

    @Override
    public IceOptions options() {
        return options;
    }

    @Override
    public RandomSource random() {
        return random;
    }

    @Override
    public IceCounters counters() {
        return counters;
    }

    @Override
    public List<Base> bases() {
        return gatherer.bases();
    }

    @Override
    public void probe(Base base, long now) {
        RelaySocket relay = base.relay;
        if (relay != null) {
            gatherer.relays().probe(relay, now);
        }
    }

    @Override
    public void transmit(Base base, InetSocketAddress to, byte[] data, long now) {
        RelaySocket relay = base.relay;
        if (relay != null) {
            gatherer.relays().send(relay, to, data, now);
        } else {
            byte[] sent = base.stream == null ? data : StreamFrames.framed(data);
            out.send(new IceTransmit(base.id, sent, to));
        }
    }

    @Override
    public int resolve(String name) {
        return out.resolve(name);
    }

    @Override
    public void connect(InetSocketAddress remote, TcpType remoteType, long now) {
        gatherer.streams().connect(remote, remoteType, now);
    }

    @Override
    public void roleChanged(IceRole role) {
        out.tell(new IceEvent.RoleChanged(role));
    }

    @Override
    public Candidate mapped(Base base, InetSocketAddress mapped) {
        return gatherer.candidates().seenAs(base, mapped);
    }
}
