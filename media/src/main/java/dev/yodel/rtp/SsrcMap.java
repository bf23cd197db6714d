package dev.yodel.rtp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A map from 32-bit sources to objects without boxing: open addressing, linear probing, backward-shift deletion. It keeps
 * no order and has no bound of its own.
 */
final class SsrcMap<T> {
    private int[] keys = new int[16];
    private @Nullable Object[] values = new @Nullable Object[16];
    private int size;

    int size() {
        return size;
    }

    private static int spread(int key, int mask) {
        int mixed = key * 0x9e3779b9;
        return (mixed ^ mixed >>> 15) & mask;
    }

    @SuppressWarnings("unchecked")
    @Nullable
    T get(int key) {
        int mask = keys.length - 1;
        for (int i = spread(key, mask); ; i = (i + 1) & mask) {
            Object value = values[i];
            if (value == null) {
                return null;
            }
            if (keys[i] == key) {
                return (T) value;
            }
        }
    }

    void put(int key, T value) {
        if ((size + 1) * 4 > keys.length * 3) {
            grow();
        }
        int mask = keys.length - 1;
        int i = spread(key, mask);
        while (values[i] != null) {
            if (keys[i] == key) {
                values[i] = value;
                return;
            }
            i = (i + 1) & mask;
        }
        keys[i] = key;
        values[i] = value;
        size++;
    }

    void remove(int key) {
        int mask = keys.length - 1;
        int i = spread(key, mask);
        while (values[i] != null && keys[i] != key) {
            i = (i + 1) & mask;
        }
        if (values[i] == null) {
            return;
        }
        size--;
        int hole = i;
        values[hole] = null;
        for (int j = (hole + 1) & mask; values[j] != null; j = (j + 1) & mask) {
            int home = spread(keys[j], mask);
            if (((j - home) & mask) >= ((j - hole) & mask)) {
                keys[hole] = keys[j];
                values[hole] = values[j];
                values[j] = null;
                hole = j;
            }
        }
    }

    void clear() {
        Arrays.fill(values, null);
        size = 0;
    }

    @SuppressWarnings("unchecked")
    private void grow() {
        int[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new int[oldKeys.length * 2];
        values = new @Nullable Object[oldKeys.length * 2];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            Object value = oldValues[i];
            if (value != null) {
                put(oldKeys[i], (T) value);
            }
        }
    }
}
