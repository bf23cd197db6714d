package dev.yodel.ice.turn;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.io.Bytes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** User names and passwords of a table. Prints neither. One thread only. */
final class FixedCredentials implements TurnCredentials {
    private final Map<String, String> passwords;
    private final Map<String, String> byUserhash = new HashMap<>();
    private String hashedRealm = "";

    FixedCredentials(Map<String, String> passwords) {
        this.passwords = Map.copyOf(passwords);
    }

    @Override
    public @Nullable String password(String username, long wallClockMillis) {
        return passwords.get(username);
    }

    @Override
    public @Nullable String usernameOf(byte[] userhash, String realm) {
        if (byUserhash.isEmpty() || !realm.equals(hashedRealm)) {
            byUserhash.clear();
            hashedRealm = realm;
            for (String username : passwords.keySet()) {
                byUserhash.put(hex(MessageIntegrity.userhash(username, realm)), username);
            }
        }
        return byUserhash.get(hex(userhash));
    }

    private static String hex(byte[] hash) {
        return Bytes.hex(hash, 0, hash.length);
    }

    @Override
    public boolean knowsUserhashes() {
        return !passwords.isEmpty();
    }

    @Override
    public String toString() {
        return "FixedCredentials[" + passwords.size() + " users]";
    }
}
