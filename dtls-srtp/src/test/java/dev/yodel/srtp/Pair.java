package dev.yodel.srtp;

import java.util.Random;

/** Both ends of one DTLS connection. */
record Pair(SrtpSession client, SrtpSession server) {
    static Pair of(SrtpProfile profile, long seed) {
        byte[] material = new byte[profile.keyingMaterialLength()];
        new Random(seed).nextBytes(material);
        return new Pair(new SrtpSession(profile, material, true), new SrtpSession(profile, material, false));
    }
}
