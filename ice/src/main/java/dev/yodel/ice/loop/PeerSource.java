package dev.yodel.ice.loop;

import dev.yodel.ice.DataSource;
import dev.yodel.io.loop.UdpMux;

/**
 * What comes to a shared port from an address of a connection's peer: the port hands data to the listener and counts it, as
 * long as it counts. Loop thread only.
 */
final class PeerSource extends DataSource {
    private UdpMux.Claim claim;
    /** What came by claims before this one. */
    private long earlierPackets;

    private long earlierBytes;
    private long earlierLast;
    private boolean diverted;

    PeerSource(UdpMux.Claim claim) {
        this.claim = claim;
    }

    /** Whether datagrams still come by the claim, or somebody else has the address. */
    boolean isHeld() {
        return claim.isHeld();
    }

    /** Data from there counts: it goes to a listener. */
    void handTo(IceConnection.Listener listener) {
        diverted = false;
        claim.handTo(listener);
    }

    /** Gives data to another listener from now on, if it counts. */
    void handOver(IceConnection.Listener next) {
        if (!diverted) {
            claim.handTo(next);
        }
    }

    /** Takes another claim of the address in the place of one that is lost. */
    void goOnWith(UdpMux.Claim next) {
        earlierPackets += claim.packets();
        earlierBytes += claim.bytes();
        earlierLast = Math.max(earlierLast, claim.lastReceivedNanos());
        claim = next;
        diverted = false;
    }

    @Override
    protected void onInvalid() {
        diverted = true;
        claim.divert();
    }

    @Override
    protected long packetsReceived() {
        return super.packetsReceived() + earlierPackets + claim.packets();
    }

    @Override
    protected long bytesReceived() {
        return super.bytesReceived() + earlierBytes + claim.bytes();
    }

    @Override
    protected long lastReceivedNanos() {
        return Math.max(super.lastReceivedNanos(), Math.max(earlierLast, claim.lastReceivedNanos()));
    }
}
