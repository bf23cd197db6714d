package dev.yodel.ice.loop;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.io.Datagram;
import dev.yodel.io.SendResult;
import dev.yodel.simulator.SimulatedHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One end of a simulated call: a connection and all that it told. */
final class IcePeer implements IceConnection.Listener {
    /** Something that was told, and when. */
    record At<T>(long now, T what) {}

    final SimulatedHost host;
    final IceConnection connection;
    final List<At<IceState>> states = new ArrayList<>();
    final List<At<CandidatePair>> selected = new ArrayList<>();
    final List<At<GatheringState>> gathering = new ArrayList<>();
    final List<IceEvent.CandidateError> errors = new ArrayList<>();
    final List<Candidate> candidates = new ArrayList<>();
    final List<At<String>> received = new ArrayList<>();
    final List<IceRole> roleChanges = new ArrayList<>();
    IceCredentials credentials;
    private final SimulatedCall call;

    IcePeer(SimulatedCall call, SimulatedHost host, IceConnectionOptions options) {
        this.call = call;
        this.host = host;
        credentials = IceCredentials.generate(host.random());
        connection = call.simulator.onLoop(host.loop(), () -> new IceConnection(host, host.loop(), options, this));
    }

    void onLoop(Runnable action) {
        call.simulator.onLoop(host.loop(), () -> {
            action.run();
            return 0;
        });
    }

    /** Begins another generation with fresh credentials; the candidates of the old one are forgotten. */
    void restart() {
        credentials = IceCredentials.generate(host.random());
        candidates.clear();
        onLoop(() -> connection.restart(credentials));
    }

    /** Begins the checks of another generation with all that its peer has told. */
    void startWith(IcePeer peer, IceRole role) {
        onLoop(() -> {
            connection.start(role, peer.credentials);
            peer.candidates.forEach(connection::addRemoteCandidate);
            connection.endOfRemoteCandidates();
        });
    }

    SendResult send(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        return call.simulator.onLoop(host.loop(), () -> connection.send(data, 0, data.length));
    }

    IceState state() {
        return connection.state();
    }

    boolean works() {
        return state() == IceState.CONNECTED || state() == IceState.COMPLETED;
    }

    /** When a state was first reached at or after a time; -1 if never. */
    long when(IceState state, long from) {
        for (At<IceState> at : states) {
            if (at.what == state && at.now >= from) {
                return at.now;
            }
        }
        return -1;
    }

    @Override
    public void onGatheringState(GatheringState state, String ufrag) {
        gathering.add(new At<>(call.simulator.now(), state));
        if (state == GatheringState.COMPLETE) {
            call.ended(this);
        }
    }

    @Override
    public void onLocalCandidate(Candidate candidate) {
        candidates.add(candidate);
        call.trickle(this, candidate);
    }

    @Override
    public void onCandidateError(IceEvent.CandidateError error) {
        errors.add(error);
    }

    @Override
    public void onState(IceState state) {
        states.add(new At<>(call.simulator.now(), state));
    }

    @Override
    public void onSelectedPair(CandidatePair pair) {
        selected.add(new At<>(call.simulator.now(), pair));
    }

    @Override
    public void onDatagram(Datagram datagram) {
        String text = new String(datagram.data, datagram.offset, datagram.length, StandardCharsets.UTF_8);
        received.add(new At<>(call.simulator.now(), text));
    }

    @Override
    public void onRoleChange(IceRole role) {
        roleChanges.add(role);
    }
}
