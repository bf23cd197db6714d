package dev.yodel.ice;

import dev.yodel.ice.mdns.MdnsCore;
import dev.yodel.io.AddressLiteral;
import dev.yodel.io.RandomSource;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Under which names of multicast DNS are our addresses told (draft-ietf-mmusic-mdns-ice-candidates section 3.1)? One fresh
 * name per address. It answers no query.
 */
final class HostNames {
    private final Outbox out;
    private final RandomSource random;
    private final Map<InetAddress, String> names = new HashMap<>();

    HostNames(Outbox out, RandomSource random) {
        this.out = out;
        this.random = random;
    }

    /** The candidate as the peer may see it. */
    Candidate hidden(Candidate candidate) {
        String related = candidate.relatedAddress();
        // Section 3.1.2.3: a related address would tell what the name hides.
        String nowhere = related == null ? null : related.indexOf(':') < 0 ? "0.0.0.0" : "::";
        InetAddress address = AddressLiteral.parse(candidate.address());
        return candidate.type() == CandidateType.HOST && address != null
                ? candidate.at(nameOf(address), null, 0)
                : candidate.at(candidate.address(), nowhere, 0);
    }

    private String nameOf(InetAddress address) {
        String name = names.get(address);
        if (name == null) {
            name = MdnsCore.newName(random);
            names.put(address, name);
            out.tell(new IceEvent.PublishName(name, address));
        }
        return name;
    }

    /** An address of ours is gone. */
    void forget(InetAddress address) {
        String name = names.remove(address);
        if (name != null) {
            out.tell(new IceEvent.WithdrawName(name));
        }
    }

    void clear() {
        names.values().forEach(name -> out.tell(new IceEvent.WithdrawName(name)));
        names.clear();
    }
}
