package dev.yodel.examples.secrets;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Secrets, and every form in which a text could show one of them or a part of it. */
final class Canaries {
    /** As many bytes as one does not meet by chance. */
    private static final int PART = 8;

    /** What would be found in a text, and which secret that would be. */
    private final Map<String, String> forms = new HashMap<>();

    private final Set<String> names = new TreeSet<>();

    /** A password or the like, as it is. */
    void add(String name, String secret) {
        names.add(name);
        forms.put(secret, name);
        add(name, secret.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes; also their first or last {@link #PART} alone count as shown. */
    void add(String name, byte[] secret) {
        if (secret.length < PART) {
            return;
        }
        names.add(name);
        for (byte[] part :
                List.of(Arrays.copyOf(secret, PART), Arrays.copyOfRange(secret, secret.length - PART, secret.length))) {
            for (HexFormat format : List.of(HexFormat.of(), HexFormat.ofDelimiter(":"), HexFormat.ofDelimiter(" "))) {
                forms.put(format.formatHex(part), name);
                forms.put(format.withUpperCase().formatHex(part), name);
            }
            String decimal = Arrays.toString(part);
            forms.put(decimal.substring(1, decimal.length() - 1), name);
            forms.put(new String(part, StandardCharsets.ISO_8859_1), name);
        }
        // Base64 at its own beginning, and one and two bytes behind that of an array that holds it.
        for (int skip = 0; skip < 3; skip++) {
            byte[] part = Arrays.copyOfRange(secret, skip, skip + 6);
            forms.put(Base64.getEncoder().encodeToString(part), name);
            forms.put(Base64.getUrlEncoder().encodeToString(part), name);
        }
    }

    /**
     * What a DTLS exporter gave (RFC 5764 4.2), its parts, and the session keys that are derived of them (RFC 3711
     * 4.3).
     */
    void addKeyingMaterial(byte[] exported) throws GeneralSecurityException {
        int saltBytes = exported.length == 60 ? 14 : 12;
        int keyBytes = exported.length / 2 - saltBytes;
        add("exporter", exported);
        for (int side = 0; side < 2; side++) {
            byte[] key = Arrays.copyOfRange(exported, side * keyBytes, (side + 1) * keyBytes);
            int saltAt = 2 * keyBytes + side * saltBytes;
            byte[] salt = Arrays.copyOfRange(exported, saltAt, saltAt + saltBytes);
            add("SRTP master key", key);
            add("SRTP master salt", salt);
            for (int label = 0; label <= 5; label++) {
                byte[] iv = Arrays.copyOf(salt, 16);
                iv[7] ^= (byte) label;
                Cipher prf = Cipher.getInstance("AES/CTR/NoPadding");
                prf.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
                byte[] derived = prf.doFinal(new byte[20]);
                add("SRTP session key " + label, Arrays.copyOf(derived, keyBytes));
                add("SRTP session key " + label, Arrays.copyOf(derived, 20));
                add("SRTP session key " + label, Arrays.copyOf(derived, saltBytes));
            }
        }
    }

    /** The kinds of secrets that are known. */
    Set<String> names() {
        return names;
    }

    /** The names of those that a text shows, and where. */
    Set<String> shownBy(Collection<String> texts) {
        String all = String.join("\n", texts);
        Set<String> shown = new TreeSet<>();
        forms.forEach((form, name) -> {
            if (all.contains(form)) {
                String where = texts.stream()
                        .filter(text -> text.contains(form))
                        .findFirst()
                        .orElse("");
                int at = where.indexOf(form);
                shown.add(name + ": " + where.substring(0, Math.min(where.length(), 80)) + " ... "
                        + where.substring(Math.max(0, at - 60), Math.min(where.length(), at + 60)));
            }
        });
        return shown;
    }
}
