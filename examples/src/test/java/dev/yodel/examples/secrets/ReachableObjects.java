package dev.yodel.examples.secrets;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.Key;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Every object that hangs on some others by fields of this project's and Bouncy Castle's classes, and by the JDK's
 * collections. It does not look inside other classes of the JDK, such as a Cipher.
 */
final class ReachableObjects {
    private static final int MOST = 500_000;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final List<byte[]> secrets = new ArrayList<>();

    private ReachableObjects() {}

    static ReachableObjects from(Object... roots) throws IllegalAccessException {
        ReachableObjects found = new ReachableObjects();
        for (Object root : roots) {
            found.add(root);
        }
        for (Object next = found.waiting.poll(); next != null; next = found.waiting.poll()) {
            found.lookInto(next);
        }
        return found;
    }

    /** Of this project's objects the class, and what they say of themselves. */
    Set<String> texts() {
        Set<String> texts = new HashSet<>();
        for (Object each : seen) {
            if (each.getClass().getName().startsWith("dev.yodel.")) {
                try {
                    texts.add(each.getClass().getName() + ": " + each);
                } catch (ConcurrentModificationException e) {
                    // A loop's own object was asked from another thread, which only this test does.
                    texts.add("");
                }
            }
        }
        return texts;
    }

    /** Keys, and the arrays that are called key, secret, salt or cookie. */
    List<byte[]> secrets() {
        return secrets;
    }

    /** The bytes of a key that nobody may know; those of an elliptic curve's without the public key beside it. */
    static byte[] secretOf(Key key) {
        byte[] bytes = key instanceof ECPrivateKey curve ? curve.getS().toByteArray() : key.getEncoded();
        return bytes == null ? new byte[0] : bytes;
    }

    private void add(@Nullable Object object) {
        if (object != null
                && seen.size() < MOST
                && !(object instanceof Class)
                && !(object instanceof Thread)
                && !(object instanceof ClassLoader)
                && seen.add(object)) {
            waiting.add(object);
        }
    }

    private void lookInto(Object object) throws IllegalAccessException {
        if (object instanceof SecretKey || object instanceof PrivateKey) {
            secrets.add(secretOf((Key) object));
        }
        try {
            if (object instanceof Object[] array) {
                for (Object each : array) {
                    add(each);
                }
            } else if (object instanceof Map<?, ?> map) {
                map.forEach((key, value) -> {
                    add(key);
                    add(value);
                });
            } else if (object instanceof Collection<?> collection) {
                collection.forEach(this::add);
            } else if (object instanceof AtomicReference<?> reference) {
                add(reference.get());
            }
        } catch (ConcurrentModificationException e) {
            // Its loop has changed it meanwhile; what it holds is reached by other ways or by another walk.
            return;
        }
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().startsWith("dev.yodel.") || type.getName().startsWith("org.bouncycastle.")) {
                lookIntoFields(object, type);
            }
        }
    }

    private void lookIntoFields(Object object, Class<?> type) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                field.setAccessible(true);
                Object value = field.get(object);
                add(value);
                if (value instanceof byte[] bytes && isSecret(type, field) && isRandom(bytes)) {
                    secrets.add(bytes.clone());
                }
            }
        }
    }

    private static boolean isSecret(Class<?> type, Field field) {
        String name = field.getName().toLowerCase(Locale.ROOT);
        return name.contains("key")
                || name.contains("secret")
                || name.contains("salt")
                || name.contains("cookie")
                || (type.getSimpleName().endsWith("TlsSecret") && name.equals("data"));
    }

    /** Not a scratch array that is empty or large. */
    private static boolean isRandom(byte[] bytes) {
        int distinct = 0;
        boolean[] known = new boolean[256];
        for (byte each : bytes) {
            distinct += known[each & 0xFF] ? 0 : 1;
            known[each & 0xFF] = true;
        }
        return bytes.length >= 8 && bytes.length <= 256 && distinct >= 6;
    }
}
