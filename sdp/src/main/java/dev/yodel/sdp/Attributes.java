package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of a session or of a media section, in order and by type. Immutable; usable from any thread. */
public final class Attributes {
    private final List<SdpLine> lines;
    /** Made when it is first asked for, so that reading a description that is then refused costs none; never changed. */
    private volatile @Nullable Map<Class<?>, List<Attribute>> byType;

    Attributes(List<SdpLine> lines) {
        this.lines = lines;
    }

    private List<Attribute> ofType(Class<?> type) {
        Map<Class<?>, List<Attribute>> index = byType;
        if (index == null) {
            index = new HashMap<>();
            for (SdpLine line : lines) {
                Attribute attribute = line.attribute();
                if (attribute != null) {
                    index.computeIfAbsent(attribute.getClass(), unused -> new ArrayList<>(2))
                            .add(attribute);
                }
            }
            byType = index;
        }
        return index.getOrDefault(type, List.of());
    }

    /**
     * All attributes.
     *
     * @return them in the order written, unmodifiable
     */
    public List<Attribute> list() {
        List<Attribute> all = new ArrayList<>(lines.size());
        for (SdpLine line : lines) {
            Attribute attribute = line.attribute();
            if (attribute != null) {
                all.add(attribute);
            }
        }
        return Collections.unmodifiableList(all);
    }

    /**
     * The attributes of one type.
     *
     * @param <T> the type
     * @param type a permitted type of {@link Attribute}
     * @return them in the order written, unmodifiable; empty if there is none
     */
    @SuppressWarnings("unchecked") // The index holds under each class only that class's instances.
    public <T extends Attribute> List<T> all(Class<T> type) {
        return (List<T>) Collections.unmodifiableList(ofType(type));
    }

    /**
     * The first attribute of one type.
     *
     * @param <T> the type
     * @param type a permitted type of {@link Attribute}
     * @return it, or null if there is none
     */
    public <T extends Attribute> @Nullable T first(Class<T> type) {
        List<Attribute> found = ofType(type);
        return found.isEmpty() ? null : type.cast(found.get(0));
    }

    /**
     * Whether a property attribute is present.
     *
     * @param flag the attribute
     * @return true if it is there
     */
    public boolean has(Flag flag) {
        return ofType(Flag.class).contains(flag);
    }

    /**
     * An attribute that this module has no type for.
     *
     * @param name its name
     * @return the first one of that name, or null
     */
    public @Nullable UnknownAttribute unknown(String name) {
        for (UnknownAttribute attribute : all(UnknownAttribute.class)) {
            if (attribute.name().equals(name)) {
                return attribute;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return list().toString();
    }
}
