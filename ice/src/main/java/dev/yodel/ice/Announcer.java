package dev.yodel.ice;

import org.jspecify.annotations.Nullable;

/** What has changed since the owner was last told: the state and the selected pair? It decides about neither. */
final class Announcer {
    private final Generations generations;
    private final Gatherer gatherer;
    private final IceDataPath dataPath;
    private final Outbox out;

    private IceState state = IceState.NEW;
    private @Nullable Pair pair;
    private @Nullable CandidatePair view;
    private int pairChanges;

    Announcer(Generations generations, Gatherer gatherer, IceDataPath dataPath, Outbox out) {
        this.generations = generations;
        this.gatherer = gatherer;
        this.dataPath = dataPath;
        this.out = out;
    }

    IceState state() {
        return state;
    }

    @Nullable
    Pair pair() {
        return pair;
    }

    @Nullable
    CandidatePair view() {
        return view;
    }

    int pairChanges() {
        return pairChanges;
    }

    /** Something was done: settles generations, and tells what changed. */
    void update(boolean closed, long now) {
        if (generations.settle(now) && !closed) {
            gatherer.dropUnwanted(now);
        }
        gatherer.keepAlive(!generations.isConcluded(), now);
        IceSession deciding = generations.deciding();
        announce(deciding == null ? null : deciding.selected(), now);
        boolean gathered = gatherer.state() == GatheringState.COMPLETE;
        IceState next = closed ? IceState.CLOSED : generations.state(gathered);
        if (next != state) {
            state = next;
            out.tell(new IceEvent.StateChanged(next));
        }
    }

    private void announce(@Nullable Pair selected, long now) {
        dataPath.select(selected);
        if (selected == null) {
            pair = null;
            view = null;
            return;
        }
        CandidatePair seen = selected.view();
        if (selected != pair || !seen.equals(view)) {
            pairChanges += selected == pair ? 0 : 1;
            pair = selected;
            view = seen;
            RelaySocket relay = selected.base.relay;
            if (relay != null) {
                gatherer.relays().bindChannel(relay, selected.remote.address, now);
            }
            out.tell(new IceEvent.SelectedPairChanged(seen));
        }
    }
}
