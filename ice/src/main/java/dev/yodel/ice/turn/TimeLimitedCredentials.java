package dev.yodel.ice.turn;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** User names that carry their end, and passwords that follow from them. Prints no secret. One thread only. */
final class TimeLimitedCredentials implements TurnCredentials {
    private static final int MOST_DIGITS = 15;

    private final Mac mac;

    TimeLimitedCredentials(String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("an empty secret protects nothing; give the one of your web service");
        }
        try {
            mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks HmacSHA1, which every JDK must have", e);
        }
    }

    @Override
    public @Nullable String password(String username, long wallClockMillis) {
        long expirySeconds = expiry(username);
        if (expirySeconds < 0 || expirySeconds * 1000 <= wallClockMillis) {
            return null;
        }
        return Base64.getEncoder().encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
    }

    /** Seconds since 1970, -1 if the user name does not begin with a number. */
    private static long expiry(String username) {
        int end = username.indexOf(':');
        String digits = end < 0 ? username : username.substring(0, end);
        if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
            return -1;
        }
        long seconds = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            seconds = seconds * 10 + (c - '0');
        }
        return seconds;
    }

    @Override
    public String account(String username) {
        int colon = username.indexOf(':');
        return colon < 0 ? username : username.substring(colon + 1);
    }

    @Override
    public String toString() {
        return "TimeLimitedCredentials";
    }
}
